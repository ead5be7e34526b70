import Testing
import TrainingEvents

@testable import SequenceData

struct TimeSeriesReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private let header =
    "#remark\r\n@problemName x\r\n@dimensions 2\r\n@classLabel true 2 10\r\n@data\r\n"

  private func failure(_ content: String, test: String? = nil) throws -> String {
    let testPath = try test.map { try scratch.write($0, to: "test") }
    return message(
      configuration(.sequenceClassification, .ts, try scratch.write(content)) {
        $0.data.test = testPath
      }, in: scratch)
  }

  @Test func channelsBecomeSteps() throws {
    let path = try scratch.write("\u{FEFF}" + header + "1,3:10,30:10\r\n5:50:2")
    let recordings = try TimeSeriesReader.read(path).recordings
    #expect(recordings.map(\.values) == [[1, 10, 3, 30], [5, 50]])
    #expect(recordings.map(\.label) == ["10", "2"])
    let task = try load(configuration(.sequenceClassification, .ts, path))
    #expect(task.classNames == ["2", "10"])
    #expect(task.train.examples.map(\.target) == [.label(1), .label(0)])
    #expect(task.train.examples.map(\.input.steps) == [2, 1])
    #expect(task.normalisation?.mean == [3, 30])
    #expect(task.inputWidth == 2)
  }

  @Test func mistakesAreNamed() throws {
    #expect(
      try failure(header + "1,2:3:a")
        == "file:6: channel 2 has another length: found 1 steps, "
        + "expected 2, or task.data.missing=hold or drop for the steps it lacks")
    #expect(
      try failure(header + "1,x:3,4:a")
        == "file:6:3: not a number: found “x”, expected a finite number")
    #expect(
      try failure(header + "1,?:3,4:a")
        == "file:6:3: not a number: found “?”, expected a finite number, "
        + "or task.data.missing=hold, interpolate or drop")
    #expect(
      try failure(header + "1,NaN:3,4:a")
        == "file:6:3: not a number: found “NaN”, expected a finite number, "
        + "or task.data.missing=hold, interpolate or drop")
    #expect(
      try failure(header + ":3:a")
        == "file:6:1: not a number: found nothing, expected a finite number")
    #expect(
      try failure(header + "1:2:3:a")
        == "file:6: another number of channels: found 3, expected 2")
    #expect(
      try failure(header + "1,2")
        == "file:6: not a labelled recording: found “1,2”, "
        + "expected channels and a label, separated by colons")
    #expect(
      try failure("1,2:a")
        == "file:1: data before its header ends: found “1,2:a”, expected a line @data first")
    #expect(
      try failure(header)
        == "file: there is no recording in the file: expected one a line after @data")
    #expect(
      try failure("") == "file: there is no recording in the file: expected one a line after @data")
    #expect(
      try failure(header + "1:2:a\n1:2:a")
        == "file: every recording has the same label: found “a”, expected at least two labels")
    #expect(
      try failure("@timeStamps true\n@data\n")
        == "file: there is no recording in the file: expected one a line after @data")
    #expect(
      try failure("@data\n" + String(repeating: "1,", count: 100_000) + "1:a")
        == "file:2: the recording is too long: found 100001 steps, expected at most 100000")
  }

  @Test func theTestSetMustFit() throws {
    let train = header + "1:2:left\n3:4:right"
    #expect(
      try failure(train, test: "@data\n1:2:lefd\n")
        == "test:2: a label that no training recording has: found “lefd”, "
        + "expected one of left right; did you mean left?")
    #expect(
      try failure(train, test: "@data\n1:left\n")
        == "test:2: another number of channels: found 1, expected 2 as in file")
  }

  @Test func speakersHaveTheirOwnTestSet() throws {
    let task = try load(
      configuration(.sequenceClassification, .ts, "japanese-vowels", validation: 0.1) {
        $0.data.test = "japanese-vowels-test"
      })
    #expect(task.train.count == 243)
    #expect(task.validation.count == 27)
    #expect(task.test.count == 370)
    #expect(task.inputWidth == 12)
    #expect(task.classNames == (1...9).map(String.init))
    #expect(task.baselines.map(\.name) == ["most frequent label"])
    checkSane(task)
  }
}
