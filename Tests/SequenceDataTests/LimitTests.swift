import Glibc
import Testing
import TrainingEvents

@testable import SequenceData

/// One slip of the pen in a file must not make a network of a million classes or columns.
struct LimitTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func aLabelFarBeyondTheOthersIsRefused() throws {
    func lines(_ largest: Int) -> String {
      "{\"inputs\":[[1],[2]],\"target\":0}\n{\"inputs\":[[1],[2]],\"target\":\(largest)}\n"
    }
    let path = try scratch.write(lines(999_999))
    var configuration = configuration(.sequenceClassification, .jsonl, path)
    configuration.validationShare = 0
    configuration.testShare = 0
    let error = #expect(throws: DataError.self) { try load(configuration) }
    #expect(error?.description.contains("found 999999, expected at most 999 for 2 labels") == true)
    // Whoever means it says so.
    configuration.classes = 1_000_000
    #expect(try load(configuration).outputWidth == 1_000_000)
    configuration.classes = nil
    configuration.data.location = try scratch.write(lines(999))
    #expect(try load(configuration).outputWidth == 1_000)
  }

  /// What a call before left behind in `errno` says nothing of a file that ends.
  @Test func aFileIsReadWhateverCallsBeforeFailedWith() throws {
    let path = try scratch.write("abc")
    errno = EINTR
    #expect(try FileBytes.read(path, limit: 10) == Array("abc".utf8))
  }

  @Test func aTokenFarBeyondTheOthersIsRefused() throws {
    let path = try scratch.write("{\"tokens\":[1,2,3]}\n{\"tokens\":[1,999999]}\n")
    let error = #expect(throws: DataError.self) {
      try load(configuration(.languageModel, .jsonl, path))
    }
    #expect(error?.description.contains("found 999999, expected at most 65535") == true)
  }

  @Test func rowsAreNotEndlesslyWide() throws {
    let row = "[" + Array(repeating: "1", count: DataLimits.width + 1).joined(separator: ",") + "]"
    let path = try scratch.write(
      (0..<3).map { "{\"inputs\":[\(row)],\"target\":\($0 % 2)}\n" }.joined())
    let error = #expect(throws: DataError.self) {
      try load(configuration(.sequenceClassification, .jsonl, path))
    }
    #expect(error?.description.contains("rows too wide: found 65537 numbers") == true)
  }
}
