import FileFormats
import Foundation
import Testing
import TrainingEvents

@testable import Runs

@Suite struct ExportTests {
  private let temporary: TemporaryDirectory
  private let record: String

  init() throws {
    temporary = try TemporaryDirectory()
    record = temporary.path + "/events.jsonl"
    try ExampleRecord.write(ExampleRecord.bytes, to: record)
  }

  private func export(_ format: ExportFormat) throws -> [String] {
    let files = try RunExporter.export(record, format: format, to: temporary.path + "/a/b")
    // Nothing half-written stays beside what was asked for.
    #expect(temporary.names("/a/b").map { temporary.path + "/a/b/" + $0 } == files.sorted())
    return files
  }

  @Test func csvHasARowForEveryStep() throws {
    let text = try String(contentsOfFile: export(.csv)[0], encoding: .utf8)
    let rows = text.components(separatedBy: "\r\n")
    #expect(rows.count == 1002 && rows[1000].hasPrefix("1000,10,0.103,"))
    #expect(rows[1000].hasSuffix(",1000,1.5,60"))
  }

  /// A point of a curve stands in the middle of the steps that it is the mean of.
  @Test func pointsStandInTheMiddleOfTheirSteps() throws {
    let history = try RecordedRun(record).history
    let x = RunCharts.sampled(history.loss, history).x
    #expect(history.count == 1000 && x.count == 600)
    #expect(x.prefix(3) == [1, 2.5, 4.5] && x.suffix(2) == [997.5, 999.5])
    var short = RunHistory()
    for step in [10, 20, 30] {
      short.append(StepBatch([StepRecord(step: step, loss: 1)]))
    }
    #expect(RunCharts.sampled(short.loss, short).x == [10, 20, 30])
  }

  /// Numbers of 32 bits have the digits of 32, and others all of theirs.
  @Test func numbersHaveTheDigitsThatTheyWereToldWith() throws {
    for (loss, text) in [(1.0 / 3, "0.3333333333333333"), (Double(Float(0.1)), "0.1")] {
      let events: [TrainingEvent] = [
        .started(Example.run), .steps(StepBatch([Example.step(1)])),
        .validation(ValidationRecord(step: 1, loss: loss, isBest: true)),
      ]
      let path = temporary.path + "/digits.jsonl"
      try ExampleRecord.write(events.flatMap { EventLine.encode($0, for: .record) }, to: path)
      let file = try RunExporter.export(path, format: .csv, to: temporary.path + "/digits")[0]
      let rows = try String(contentsOfFile: file, encoding: .utf8)
        .split(whereSeparator: \.isNewline).map { $0.components(separatedBy: ",") }
      let column = try #require(rows[0].firstIndex(of: "validation_loss"))
      #expect(rows[1][column] == text)
    }
  }

  /// A page of prose, a picture, an empty file: no table is written that looks like a run's.
  @Test(arguments: [
    "Dear reader, there are no numbers here.\n", "", "\u{1}\u{2}\u{3}", "{\"name\": \"a\"}\n",
  ])
  func whatHoldsNoRunIsNotExported(_ text: String) throws {
    let path = temporary.path + "/notes.txt"
    try ExampleRecord.write(Array(text.utf8), to: path)
    for format in ExportFormat.allCases {
      #expect(throws: RunError.self) {
        try RunExporter.export(path, format: format, to: temporary.path + "/a/b")
      }
    }
    #expect(temporary.names("/a/b").isEmpty)
  }

  @Test func linesAreObjectsWithTheSameNames() throws {
    let text = try String(contentsOfFile: export(.jsonl)[0], encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 1000)
    let last = try JSONValue(decoding: String(lines[999]))
    #expect(last["step"] == 1000 && last["validation_loss"]?.double == 1.5)
    #expect(try JSONValue(decoding: String(lines[0]))["validation_loss"] == nil)
  }

  @Test func eventFilesHoldScalarsAndHistograms() throws {
    let file = try export(.tensorboard)[0]
    #expect(file.hasSuffix("/events.out.tfevents.1700000000.unfold"))
    var parser = TFEventsParser()
    let events = try parser.append(Data(contentsOf: URL(fileURLWithPath: file)))
    #expect(parser.isAtBoundary && events.first?.fileVersion == TFEvent.version)
    let losses = events.flatMap { event in
      event.values.filter { $0.tag == "train/loss" }.map { (event.step, $0.value) }
    }
    #expect(losses.map(\.0) == Array(1...1000) && losses[1].1 == .scalar(1.6))
    let tags = Set(events.flatMap { $0.values.map(\.tag) })
    #expect(tags.isSuperset(of: ["validation/loss", "validation/accuracy", "states/layer 1"]))
    #expect(events.dropFirst().first?.wallTime == 1_700_000_001)
  }

  @Test func picturesAreDrawn() throws {
    let names = try export(.svg).map { URL(fileURLWithPath: $0).lastPathComponent }
    #expect(names == ["loss.svg", "gradients.svg", "hidden-state.svg"])
  }

  @Test func snapshotsSupplyWhatNobodyWatched() throws {
    let run = try RunDirectory.create(at: temporary.path + "/run", preset: "")
    let recorder = RunRecorder(run) { _ in }
    recorder.record(.started(Example.run))
    recorder.record(ExampleRecord.step(1, elapsed: 1))
    recorder.record(.snapshot(try SnapshotWriter(directory: run).write(Example.contents(step: 1))))
    recorder.record(ExampleRecord.step(2, elapsed: 2))
    recorder.close()
    let files = try RunExporter.export(run.path, format: .svg, to: temporary.path + "/pictures")
    #expect(files.last?.hasSuffix("hidden-state.svg") == true)
    var replay = try Replay(run.path)
    let jump = try replay.jump(toStep: 2)
    #expect(jump.events.contains { if case .frame(.hiddenStates) = $0 { true } else { false } })
  }

  @Test func saysWhyItCannot() throws {
    #expect(throws: RunError.self) {
      try RunExporter.export(temporary.path + "/none", format: .csv, to: temporary.path + "/x")
    }
    #expect(throws: RunError.self) {
      try RunExporter.export(record, format: .csv, to: record + "/below-a-file")
    }
  }
}
