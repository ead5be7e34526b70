import FileFormats
import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// The loss landscape over training and the curve of a range test, as tables and figures.
@Suite struct LandscapeExportTests {
  private let temporary: TemporaryDirectory

  init() throws { temporary = try TemporaryDirectory() }

  private func frame(_ step: Int, sharpness: Double, tested: Bool = false) -> LandscapeFrame {
    var frame = LandscapeFrame(step: step)
    (frame.sharpness, frame.sharpnessResidual, frame.sharpnessSequences) = (sharpness, 0.005, 8)
    (frame.slope, frame.noiseScale, frame.batch, frame.parts) = (-0.5, 40, 32, 8)
    // The last update had a minimum ahead at some steps.
    if step != 20 { frame.relativeStep = -0.25 }
    if tested { frame.rateTest = test }
    return frame
  }

  private var test: LandscapeFrame.RateTest {
    var test = LandscapeFrame.RateTest(step: 10, ownRate: 0.25)
    (test.rates, test.losses) = ([0.125, 0.25, 0.5], [3, 2.5, 2])
    (test.suggestedRate, test.divergesAt) = (0.25, 8)
    return test
  }

  private func write(_ events: [TrainingEvent], to path: String) throws {
    var bytes: [UInt8] = []
    for event in events { EventLine.append(event, for: .record, to: &bytes) }
    try ExampleRecord.write(bytes, to: path)
  }

  private func rows(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\r\n")
      .filter { !$0.isEmpty }
  }

  private let head = "step,sharpness,sharpness residual,alpha,slope,noise scale,batch"

  /// What was measured up to its step, and nothing where nobody looked.
  @Test func aSnapshotHoldsWhatWasMeasured() throws {
    let run = try RunDirectory.create(at: temporary.path + "/run", preset: "")
    let unseen = try SnapshotWriter(directory: run).write(Example.contents(step: 5)).path
    #expect(!temporary.names("/run/snapshots/step-00000005").contains { $0.contains("landscape") })
    #expect(!FileManager.default.fileExists(atPath: unseen + "/rate-test.csv"))
    var contents = Example.contents(step: 25)
    // A range test alone is no measure of the landscape.
    contents.frames.keep(.landscape(LandscapeFrame(step: 5)))
    for (step, sharpness) in [(10, 12.5), (20, 6), (30, 3)] {
      contents.frames.keep(.landscape(frame(step, sharpness: sharpness, tested: step > 10)))
    }
    let path = try SnapshotWriter(directory: run).write(contents).path
    #expect(
      try rows(path + "/landscape.csv") == [
        head, "10,12.5,0.005,-0.25,-0.5,40,32", "20,6,0.005,,-0.5,40,32",
      ])
    #expect(
      try rows(path + "/rate-test.csv") == ["rate,smoothed loss", "0.125,3", "0.25,2.5", "0.5,2"])
    let landscape = try String(contentsOfFile: path + "/landscape.svg", encoding: .utf8)
    for words in ["sharpness (largest eigenvalue", "α + 1", "noise scale (sequences)", "tanh 128"] {
      #expect(landscape.contains(words), "\(words)")
    }
    let rates = try String(contentsOfFile: path + "/rate-test.svg", encoding: .utf8)
    for words in ["falls fastest at 0.25", "diverges at 8", "a copy of step 10", "own rate"] {
      #expect(rates.contains(words), "\(words)")
    }
  }

  @Test func aRangeTestWithoutAFallSaysSo() throws {
    let run = try RunDirectory.create(at: temporary.path + "/run", preset: "")
    var (contents, seen) = (Example.contents(step: 25), frame(20, sharpness: 1, tested: true))
    seen.rateTest?.suggestedRate = nil
    seen.rateTest?.divergesAt = nil
    contents.frames.keep(.landscape(seen))
    let path = try SnapshotWriter(directory: run).write(contents).path
    let rates = try String(contentsOfFile: path + "/rate-test.svg", encoding: .utf8)
    #expect(rates.contains("no rate tried made the loss fall clearly"))
    #expect(!rates.contains("falls fastest") && !rates.contains("diverges"))
  }

  /// A run's record has all of it, which a replay shows over training, too.
  @Test func aRunIsExported() throws {
    let path = temporary.path + "/events.jsonl"
    var events: [TrainingEvent] = [.started(Example.run)]
    for step in 1...40 {
      events.append(ExampleRecord.step(step, elapsed: Double(step)))
      if step % 10 == 0 {
        events.append(
          .frame(.landscape(frame(step, sharpness: Double(step), tested: step > 10))))
      }
    }
    try write(events, to: path)
    let tables = try RunExporter.export(path, format: .csv, to: temporary.path + "/out")
    #expect(
      tables.map { FileTree.name(of: $0) } == ["metrics.csv", "landscape.csv", "rate-test.csv"])
    #expect(
      try rows(tables[1]).map { $0.prefix(5) } == ["step,", "10,10", "20,20", "30,30", "40,40"])
    #expect(try rows(tables[2]).count == 4)
    let pictures = try RunExporter.export(path, format: .svg, to: temporary.path + "/out")
    #expect(
      Set(pictures.map { FileTree.name(of: $0) }).isSuperset(of: ["landscape.svg", "rate-test.svg"])
    )
    var replay = try Replay(path)
    let shown = try replay.jump(toStep: 35).events.compactMap { event in
      if case .frame(.landscape(let frame)) = event { frame.step } else { nil }
    }
    #expect(Array(Set(shown)).sorted() == [10, 20, 30])
  }

  /// A snapshot's run went back since, and what it measured then is of other weights; a snapshot that
  /// was copied elsewhere tells what it keeps itself.
  @Test func aSnapshotTellsOfItsOwnPast() throws {
    let run = try RunDirectory.create(at: temporary.path + "/run", preset: "")
    var contents = Example.contents(step: 20)
    contents.frames.keep(.landscape(frame(20, sharpness: 6, tested: true)))
    let record = try SnapshotWriter(directory: run).write(contents)
    let events: [TrainingEvent] = [
      .started(Example.run), .frame(.landscape(frame(10, sharpness: 12.5))),
      .frame(.landscape(frame(20, sharpness: 6))), .snapshot(record),
      .frame(.landscape(frame(30, sharpness: 3))),
      .command(CommandRecord(step: 5, elapsed: 5, name: "undo", text: "went back", marker: "undo")),
      .frame(.landscape(frame(15, sharpness: 99))),
    ]
    try write(events, to: run.path + "/events.jsonl")
    func table(_ path: String) throws -> [String] {
      let figures = LandscapeFigures(try SnapshotReader.read(path))
      #expect(figures.tables.map(\.name) == ["landscape.csv", "rate-test.csv"])
      #expect(figures.figures.map(\.name) == ["landscape.svg", "rate-test.svg"])
      return figures.tables[0].text.components(separatedBy: "\r\n").filter { !$0.isEmpty }
    }
    let (first, second) = ("10,12.5,0.005,-0.25,-0.5,40,32", "20,6,0.005,,-0.5,40,32")
    #expect(try table(record.path) == [head, first, second])
    let alone = temporary.path + "/alone"
    try FileManager.default.copyItem(atPath: record.path, toPath: alone)
    #expect(try table(alone) == [head, second])
  }
}
