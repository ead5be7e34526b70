import Foundation
import FuzzedReaders
import Testing
import TrainingEvents

@testable import SequenceData

struct NumPyReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func failure(
    _ bytes: [UInt8], _ format: DataSource.Format = .npz, test: [UInt8]? = nil
  ) throws -> String {
    let testPath = try test.map { try scratch.write($0, to: "test") }
    return message(
      configuration(
        format == .npy ? .forecasting : .sequenceClassification, format, try scratch.write(bytes)
      ) { $0.data.test = testPath }, in: scratch)
  }

  private func array(_ bytes: [UInt8]) throws -> NumPyArray {
    try NumPyArray(bytes, file: "file", name: "a")
  }

  /// What Python's zipfile wrote, deflated: X is 0…9 as 5 × 2, lengths 2 and 3, labels 1 and 0.
  private let deflated = """
    UEsDBBQAAAAIAAAAIQAbMPgCYQAAAKgAAAAFAAAAWC5ucHmb7BfqGxDJyFDGUK2eklqcXKRupaBuk2airqOgnpZfVFKU\
    mBefX5SSChJ3S8wpTgWKF2ckFqQC+RqmOgpGmjoKtQpkAy4GMGiwBxIOQATEDUC8AIgPAPEDIGZwZGAQcAQAUEsDBBQA\
    AAAIAAAAIQBx+zmrSAAAAJAAAAAFAAAAeS5ucHmb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SS\
    ChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAuRgZUAABQSwMEFAAAAAgAAAAhAI2ZmRtLAAAAiAAAAAsAAABsZW5ndGhz\
    Lm5weZvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoU\
    AC4mBgYGZiAGAFBLAQIUAxQAAAAIAAAAIQAbMPgCYQAAAKgAAAAFAAAAAAAAAAAAAACAAQAAAABYLm5weVBLAQIUAxQA\
    AAAIAAAAIQBx+zmrSAAAAJAAAAAFAAAAAAAAAAAAAACAAYQAAAB5Lm5weVBLAQIUAxQAAAAIAAAAIQCNmZkbSwAAAIgA\
    AAALAAAAAAAAAAAAAACAAe8AAABsZW5ndGhzLm5weVBLBQYAAAAAAwADAJ8AAABjAQAAAAA=
    """

  @Test func recordingsAreCutFromTheirSteps() throws {
    let bytes = Array(try #require(Data(base64Encoded: deflated)))
    let task = try load(
      configuration(.sequenceClassification, .npz, try scratch.write(bytes)))
    #expect(task.train.examples.map(\.target) == [.label(1), .label(0)])
    #expect(task.train.examples.map(\.input.steps) == [2, 3])
    let scale = try #require(task.normalisation)
    #expect(scale.mean == [4, 5])
    guard case .vectors(let values, 2) = task.train.examples[1].input else { return }
    let own = values.enumerated().map { scale.restore($1, channel: $0 % 2).rounded() }
    #expect(own == [4, 5, 6, 7, 8, 9])
  }

  @Test func recordingsOfOneLengthNeedNoLengths() throws {
    let bytes = NumPyFile.archive([
      "X": NumPyFile.floats([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]),
      "y": NumPyFile.integers([0, 1], [2]),
    ])
    let task = try load(configuration(.sequenceClassification, .npz, try scratch.write(bytes)))
    #expect(task.train.examples.map(\.input.steps) == [2, 2])
    #expect(task.classNames == ["0", "1"])
  }

  @Test func joinedRecordingsAreLabelledFrameByFrame() throws {
    let bytes = NumPyFile.archive([
      "X": NumPyFile.floats([0, 0, 10, 10, 10], [5, 1]), "y": NumPyFile.integers([3, 7], [2]),
      "lengths": NumPyFile.integers([2, 3], [2]),
    ])
    let path = try scratch.write(bytes)
    let task = try load(
      configuration(.sequenceLabelling, .npz, path) { $0.data.joined = 2...4 })
    #expect(task.train.count == 2)
    #expect(task.outputWidth == 8)
    for example in task.train.examples {
      guard case .vectors(let values, 1) = example.input, case .labels(let labels) = example.target
      else { continue }
      // The sign of a normalised step tells which recording it came from.
      #expect(zip(values, labels).allSatisfy { ($0 < 0) == ($1 == 3) })
      #expect(labels.count == values.count)
      #expect((4...12).contains(labels.count))
    }
    let again = try load(
      configuration(.sequenceLabelling, .npz, path) { $0.data.joined = 2...4 })
    #expect(again.train == task.train)
    let apart = try load(configuration(.sequenceLabelling, .npz, path))
    #expect(apart.train.examples.map(\.target) == [.labels([3, 3]), .labels([7, 7, 7])])
  }

  @Test func elementsOfAllKinds() throws {
    let signed = NumPyFile.array("<i2", [3], [0xFF, 0xFF, 2, 0, 0, 0x80])
    #expect(try array(signed).integers == [-1, 2, -32768])
    #expect(try array(NumPyFile.array("|u1", [2], [255, 1])).integers == [255, 1])
    #expect(try array(NumPyFile.array("|i1", [2], [255, 1])).floats == [-1, 1])
    #expect(try array(NumPyFile.array("<f8", [1], [0, 0, 0, 0, 0, 0, 0xF8, 0x3F])).floats == [1.5])
    let largest = try array(NumPyFile.array("<u8", [1], [UInt8](repeating: 255, count: 8)))
    #expect(largest.integers == nil && largest.floats == [0x1p64])
    #expect(try array(NumPyFile.array(">i2", [2], [0xFF, 0xFE, 1, 0])).integers == [-2, 256])
    #expect(try array(NumPyFile.array("|b1", [2], [0, 1])).integers == [0, 1])
    let half: [UInt8] = [0, 0x3C, 0, 0xC0, 1, 0, 0, 0x7C]
    #expect(try array(NumPyFile.array("<f2", [4], half)).floats == [1, -2, 0x1p-24, .infinity])
    #expect(try array(NumPyFile.array(">f4", [1], [0x3F, 0xC0, 0, 0])).floats == [1.5])
    #expect(
      try array(NumPyFile.array("<U2", [1], [0x61, 0, 0, 0, 0, 0, 0, 0])).texts == ["a"])
    #expect(try array(NumPyFile.array("|S3", [1], [0x61, 0x62, 0])).texts == ["ab"])
    #expect(try array(NumPyFile.array("<i4", [], [7, 0, 0, 0])).shape == [])
  }

  @Test func anArrayIsASeries() throws {
    let path = try scratch.write(NumPyFile.floats([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]))
    let task = try load(configuration(.forecasting, .npy, path))
    #expect(task.series?.values == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(task.inputWidth == 2)
    #expect(
      try failure(NumPyFile.floats([1, .nan, 3], [3]), .npy)
        == "file: a number that is not finite: found nan in row 2, "
        + "expected finite numbers, or task.data.missing=hold, interpolate or drop")
    #expect(
      try failure(NumPyFile.floats([1], [1, 1, 1]), .npy)
        == "file: the array is not a series: found [1, 1, 1], expected steps × numbers; "
        + "one series, or reshape(-1, 1)")
  }

  @Test func damagedArraysAreRefused() throws {
    func failure(_ bytes: [UInt8]) -> String {
      do {
        _ = try array(bytes)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(failure([1, 2, 3]) == "file: the array “a” is not in NumPy's format")
    #expect(
      failure(NumPyFile.array("<q4", [1], [0, 0, 0, 0]))
        == "file: the array “a” has elements that cannot be read: found “<q4”, "
        + "expected numbers such as <f4 or <i8")
    #expect(
      failure(NumPyFile.array("<f4", [2], [0, 0, 0, 0]))
        == "file: the array “a” does not have the size its shape says: found 4 bytes, expected 8")
    #expect(failure(NumPyFile.array("<f4", [1 << 40, 1 << 40], [])).contains("shorter"))
    #expect(failure(NumPyFile.array("<f4", [-1], [])).contains("damaged shape"))
    var header = NumPyFile.array("<f4", [1], [0, 0, 0, 0])
    header[9] = 0xFF
    #expect(failure(header) == "file: the array “a” has a damaged header")
    let fortran = NumPyFile.array("|u1", [2, 3], [1, 2, 3, 4, 5, 6], fortran: true)
    #expect(try array(fortran).integers == [1, 3, 5, 2, 4, 6])
  }

  @Test func mistakesAreNamed() throws {
    func archive(
      _ steps: [Float] = [1, 2, 3], _ labels: [Int] = [0, 1], _ lengths: [Int] = [1, 2]
    ) -> [UInt8] {
      NumPyFile.archive([
        "X": NumPyFile.floats(steps, [steps.count, 1]),
        "y": NumPyFile.integers(labels, [labels.count]),
        "lengths": NumPyFile.integers(lengths, [lengths.count]),
      ])
    }
    #expect(
      try failure([]) == "file: is not a zip archive: expected an npz file as NumPy saves it")
    #expect(
      try failure(NumPyFile.archive(["a": []]))
        == "file: there are no arrays “X” and “y”: found “a.npy”, "
        + "expected X and y, or x_train and y_train, or data and labels, and perhaps lengths")
    #expect(
      try failure(archive([1, .infinity, 3]))
        == "file: the array “X” has a number that is not finite: found inf in step 1 of recording 2"
    )
    #expect(
      try failure(archive([1, 2, 3], [0, 1, 1]))
        == "file: there is not one label for each recording: found 3 labels, expected 2")
    #expect(
      try failure(archive([1, 2, 3], [0, 1_000_000]))
        == "file: recording 2 has no class as its label: found 1000000, "
        + "expected an integer from 0 to 999999")
    #expect(
      try failure(archive([1, 2, 3], [0, 1], [1, 3]))
        == "file: recording 2 has an impossible length: found 3, expected 1 to 2 steps")
    #expect(
      try failure(archive([1, 2, 3], [0, 1], [1, 1]))
        == "file: “lengths” does not add up to the steps of “X”: found 2, expected 3")
    #expect(
      try failure(archive(), test: archive([1, 2, 3], [0, 2]))
        == "test: item 2 has a label that no training item has: found 2, expected 0 to 1")
    var torn = archive()
    torn[60] ^= 1
    #expect(try failure(torn).contains("does not unpack"))
  }

  @Test func textsOfAnyLengthThatIsReasonableAreRead() throws {
    func bytes(_ letter: Character, _ width: Int) -> [UInt8] {
      NumPyFile.array(
        "\(letter)\(width)", [1],
        [UInt8](repeating: 65, count: 1)
          + [UInt8](repeating: 0, count: width * (letter == "U" ? 4 : 1) - 1))
    }
    for letter in ["U", "S"] as [Character] {
      _ = try array(bytes(letter, 4096))
      #expect(throws: (any Error).self) { try array(bytes(letter, 4097)) }
    }
  }
}
