import FileFormats
import Foundation
import Testing
import TrainingEvents

@testable import Runs

/// A record with everything that makes reading hard: an undo, a resume, frames, and a torn end.
enum ExampleRecord {
  static func step(_ number: Int, elapsed: Double) -> TrainingEvent {
    var record = Example.step(number)
    record.elapsed = elapsed
    return .steps(StepBatch([record]))
  }

  static var events: [TrainingEvent] {
    var events: [TrainingEvent] = [.started(Example.run), .state(.training)]
    events += (1...500).map { step($0, elapsed: Double($0)) }
    events.append(
      .validation(
        ValidationRecord(step: 500, epoch: 1, loss: 2, metric: 40, elapsed: 500, isBest: true)))
    events.append(.frame(.hiddenStates(Example.hiddenStates)))
    events += (501...800).map { step($0, elapsed: Double($0)) }
    events.append(
      .command(
        CommandRecord(step: 400, elapsed: 400, name: "undo", text: "went back", marker: "undo")))
    events += (401...600).map { step($0, elapsed: Double($0)) }
    events.append(.finished(FinishRecord(reason: .stopped, step: 600, elapsed: 600)))
    var again = Example.run
    again.firstStep = 600
    events.append(.started(again))
    events += (601...1000).map { step($0, elapsed: Double($0)) }
    events.append(
      .validation(
        ValidationRecord(step: 1000, epoch: 2, loss: 1.5, metric: 60, elapsed: 1000, isBest: true)))
    return events
  }

  static var bytes: [UInt8] {
    events.reduce(into: EventLine.session(time: 1_700_000_000, process: 1)) { bytes, event in
      EventLine.append(event, for: .record, to: &bytes)
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}

@Suite struct ReadingTests {
  private let temporary: TemporaryDirectory
  private let path: String

  init() throws {
    temporary = try TemporaryDirectory()
    path = temporary.path + "/events.jsonl"
    try ExampleRecord.write(ExampleRecord.bytes, to: path)
  }

  /// A picture over training shows all of the past after a jump, and nothing of the future.
  @Test func aJumpTellsWhatIsDrawnOverTraining() throws {
    var events: [TrainingEvent] = [.started(Example.run)]
    for step in 1...50 {
      events.append(ExampleRecord.step(step, elapsed: Double(step)))
      guard step.isMultiple(of: 10) else { continue }
      let curve = LagCurve(name: "layer 1", norms: [1, Float(step)], factorPerStep: 0.5)
      events.append(.frame(.gradientByLag(GradientByLag(step: step, curves: [curve]))))
    }
    var bytes: [UInt8] = []
    for event in events { EventLine.append(event, for: .record, to: &bytes) }
    try ExampleRecord.write(bytes, to: path)
    var replay = try Replay(path)
    _ = try replay.jump(to: 50)
    let shown = try replay.jump(toStep: 35).events.compactMap { event in
      if case .frame(.gradientByLag(let frame)) = event { frame.step } else { nil }
    }
    #expect(Array(Set(shown)).sorted() == [10, 20, 30])
  }

  private func losses(_ history: RunHistory) -> [Float] {
    (0..<history.count).map { history.loss[$0] }
  }

  private func steps(_ history: RunHistory) -> [Int] {
    (0..<history.count).compactMap { history.steps.step(at: $0) }
  }

  @Test func takesInTheCurvesAsTheyEndedUp() throws {
    let run = try RecordedRun(path)
    #expect(steps(run.history) == Array(1...1000))
    #expect(run.history.validations.map(\.loss) == [1.5])
    #expect(run.commands.map(\.name) == ["undo", "resume"])
    #expect(run.finish == nil && run.malformedCount == 0)
    // 400 abandoned seconds were lived through as well.
    #expect(run.duration == 1400)
    #expect(run.description?.firstStep == 0)
  }

  @Test func aTornLastLineWaitsAndIsReadWhenItIsWhole() throws {
    let whole = ExampleRecord.bytes
    try ExampleRecord.write(Array(whole.dropLast(30)), to: path)
    var reader = try RecordReader(path)
    var events: [TrainingEvent] = []
    try reader.read { event, _ in events.append(event) }
    #expect(reader.malformedCount == 0)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(whole.suffix(30)))
    var late: [TrainingEvent] = []
    try reader.read { event, _ in late.append(event) }
    #expect(late.count == 1)
    guard case .validation(let record)? = late.first else {
      return #expect(Bool(false), "\(late)")
    }
    #expect(record.step == 1000)
  }

  @Test func linesThatMakeNoSenseArePassedOver() throws {
    var bytes = ExampleRecord.bytes
    bytes += Array("nonsense\n\u{1B}[2J\n\n{\"event\":\"step\"}\n{\"event\":\"new\"}\n".utf8)
    bytes += EventLine.encode(ExampleRecord.step(1001, elapsed: 1001), for: .record)
    try ExampleRecord.write(bytes, to: path)
    let run = try RecordedRun(path)
    #expect(run.malformedCount == 3)
    #expect(run.history.steps.last == 1001)
    #expect(run.firstMalformed?.description.contains("line 1410: column 1") == true)
  }

  @Test func playsEveryEventOnceInOrder() throws {
    var replay = try Replay(path)
    var seen: [Int] = []
    var others = 0
    while !replay.isFinished {
      for event in try replay.advance(by: 7.3) {
        if case .steps(let batch) = event {
          seen += batch.records.map(\.step)
        } else {
          others += 1
        }
      }
    }
    #expect(seen == Array(1...800) + Array(401...1000))
    #expect(others == 8)
    #expect(replay.position == replay.duration)
  }

  @Test func speedAndPauseGovernWhatAMomentBrings() throws {
    var replay = try Replay(path)
    replay.setSpeed(10)
    _ = try replay.advance(by: 1)
    #expect(replay.step == 10 && replay.position == 10)
    replay.pause()
    #expect(try replay.advance(by: 100).isEmpty)
    let events = try replay.advance(steps: 5)
    #expect(replay.step == 15 && events.count >= 1)
    replay.play()
    replay.changeSpeed(faster: true)
    #expect(replay.speed == 30)
    _ = try replay.advance(by: 1)
    #expect(replay.step == 45)
  }

  @Test(arguments: [0, 0.5, 1, 250, 499.5, 500, 799, 800, 801, 999.5, 1000, 1001, 1234, 1400, 9e9])
  func aJumpShowsWhatPlayingWouldShow(time: Double) throws {
    var played = RunHistory()
    var playing = try Replay(path)
    playing.setSpeed(1)
    for event in try playing.advance(by: min(time, 1400)) {
      switch event {
      case .steps(let batch): played.append(batch)
      case .validation(let record): played.append(record)
      default: break
      }
    }
    var replay = try Replay(path)
    // From another place, so that a jump goes back as well as forward.
    _ = try replay.jump(to: 1100)
    let jump = try replay.jump(to: time)
    #expect(steps(jump.history) == steps(played))
    #expect(losses(jump.history) == losses(played))
    #expect(jump.history.validations == played.validations)
    #expect(jump.history.last == played.last)
    #expect(replay.position == min(time, 1400))
    let hasFrame = jump.events.contains {
      if case .frame(.hiddenStates) = $0 { true } else { false }
    }
    #expect(hasFrame == (time >= 500))
    // What follows is what would have followed.
    let next = try replay.advance(steps: 1)
    #expect(next.isEmpty == (time >= 1400))
  }

  /// A record that goes on being written is played to where it stood when it was opened.
  @Test func aRecordThatGrowsIsPlayedToItsEnd() throws {
    var replay = try Replay(path)
    _ = try replay.jump(to: 1390)
    let more: [TrainingEvent] = [
      ExampleRecord.step(1001, elapsed: 1001), ExampleRecord.step(1002, elapsed: 1002),
      .finished(FinishRecord(reason: .completed, step: 1002, elapsed: 1002)),
    ]
    let added = more.reduce(into: ExampleRecord.bytes) {
      EventLine.append($1, for: .record, to: &$0)
    }
    try ExampleRecord.write(added, to: path)
    let events = try replay.advance(by: 100)
    #expect(replay.isFinished && replay.step == 1000 && replay.position == 1400)
    #expect(!events.contains { if case .finished = $0 { true } else { false } })
    #expect(try replay.advance(by: 100).isEmpty)
  }

  @Test func aJumpToAStepLandsOnIt() throws {
    var replay = try Replay(path)
    for step in [1, 399, 401, 600, 601, 1000] {
      let jump = try replay.jump(toStep: step)
      #expect(jump.history.steps.last == step)
      #expect(replay.step == step)
    }
  }

  @Test func overlongLinesCostNoMemory() throws {
    let pipe = Pipe()
    var reader = LineReader(
      FileDescriptor(adopting: dup(pipe.fileHandleForReading.fileDescriptor), path: "pipe"))
    try pipe.fileHandleForWriting.write(contentsOf: Data("one\ntwo".utf8))
    var lines: [String] = []
    func read() throws {
      _ = try reader.read(limit: 1) { line, _ in lines.append(String(decoding: line, as: UTF8.self))
      }
    }
    try read()
    #expect(lines == ["one"] && Array(reader.rest) == Array("two".utf8) && reader.offset == 4)
    try pipe.fileHandleForWriting.write(contentsOf: Data("!\n\nthree\n".utf8))
    try read()
    #expect(lines == ["one", "two!", "", "three"] && reader.rest.isEmpty)
  }
}

@Suite struct SummaryTests {
  private let temporary: TemporaryDirectory

  init() throws { temporary = try TemporaryDirectory() }

  private func record(_ name: String, _ events: [TrainingEvent], preset: String = "") throws {
    let run = try RunDirectory.create(at: temporary.path + "/" + name, preset: preset)
    let recorder = RunRecorder(run) { _ in }
    for event in events { recorder.record(event) }
    recorder.close()
  }

  @Test func tellsHowARunStands() throws {
    let steps = [ExampleRecord.step(1, elapsed: 1), ExampleRecord.step(2, elapsed: 2)]
    func end(_ reason: FinishRecord.Reason) -> [TrainingEvent] {
      [.started(Example.run)] + steps
        + [.finished(FinishRecord(reason: reason, step: 2, elapsed: 2))]
    }
    try record("a", end(.completed))
    try record("b", end(.diverged))
    try record("c", [.started(Example.run)] + steps)
    try record("d", end(.stopped))
    let open = try RunDirectory.create(at: temporary.path + "/e", preset: "")
    try FileManager.default.createDirectory(
      atPath: temporary.path + "/no-run", withIntermediateDirectories: true)
    let (runs, problems) = try RunSummary.list(in: temporary.path)
    #expect(problems.isEmpty)
    #expect(runs.map(\.name).sorted() == ["a", "b", "c", "d", "e"])
    let states = Dictionary(uniqueKeysWithValues: runs.map { ($0.name, $0.state) })
    #expect(
      states == ["a": .completed, "b": .diverged, "c": .crashed, "d": .stopped, "e": .running])
    let first = try RunSummary(temporary.path + "/a")
    #expect(first.step == 2 && first.elapsed == 2 && first.size > 0 && first.started != nil)
    #expect(RunSummary.table(runs).contains("crashed"))
    // Date, preset, data, state and best stand in a row; what nobody told is "–" or null.
    let rows = RunSummary.table(runs).split(separator: "\n").map(String.init)
    for word in ["date", "preset", "data", "state", "best validation"] {
      #expect(rows.first?.contains(word) == true, "\(word)")
    }
    let json = try JSONValue(decoding: RunSummary.json(runs))
    let listed = try #require(json.array)
    #expect(listed.count == 5)
    let a = try #require(listed.first { $0["run"]?.string == "a" })
    #expect(a["state"]?.string == "completed" && a["step"]?.int == 2 && a["best"] == .null)
    #expect(a["date"]?.string?.hasSuffix("Z") == true && a["preset"]?.string == Example.run.name)
    #expect(open.path.hasSuffix("/e"))
  }

  /// A time far beyond any calendar's use, as a damaged record may say, is none.
  @Test(arguments: [
    (1.7e9, true), (0, true), (0.99e11, true), (1.01e11, false), (-1.01e11, false), (1e300, false),
  ])
  func aDateThatNoRunHasIsNotShown(seconds: Double, isShown: Bool) throws {
    try record("a", [.started(Example.run)])
    var run = try RunSummary(temporary.path + "/a")
    run.started = seconds
    let listed = try #require(try JSONValue(decoding: RunSummary.json([run])).array?.first)
    #expect((listed["date"] != .null) == isShown)
  }

  @Test func aRunSaysWhatItTrainedOn() throws {
    func data(_ name: String, _ preset: String) throws -> String? {
      try record(name, [.started(Example.run)], preset: preset)
      return try RunSummary(temporary.path + "/" + name).data
    }
    #expect(try data("own", "task:\n  data: { text: some/where/mine.txt }\n") == "mine.txt")
    let known = try data("known", "task:\n  kind: forecasting\n  data: { csv: sunspots }\n")
    #expect(known?.contains("sunspot") == true)
    #expect(try data("broken", "nonsense: [") == nil)
    #expect(try data("empty", "") == nil)
    let table = RunSummary.table(try RunSummary.list(in: temporary.path).runs)
    #expect(table.contains("mine.txt") && table.contains("–"))
  }

  @Test func aRunTakenUpAgainIsNotOverUntilItSaysSo() throws {
    let path = temporary.path + "/run.jsonl"
    try ExampleRecord.write(ExampleRecord.bytes, to: path)
    let summary = try RunSummary(path)
    #expect(summary.state == .crashed && summary.step == 1000)
    #expect(summary.best?.loss == 1.5 && summary.newest?.step == 1000)
    #expect(summary.started == 1_700_000_000)
  }

  @Test func comparesPresetsAndResults() throws {
    try record(
      "a", [.started(Example.run), ExampleRecord.step(3, elapsed: 9)],
      preset: "network:\n  cell: tanh\n  hidden: 64\n")
    try record(
      "b", [.started(Example.run), ExampleRecord.step(5, elapsed: 3700)],
      preset: "network:\n  cell: lstm\n  hidden: 64\n")
    try record("c", [], preset: "nonsense: [")
    let paths = ["a", "b", "c"].map { temporary.path + "/" + $0 }
    let comparison = try RunComparison(paths)
    #expect(comparison.differences == [.init(key: "network.cell", values: ["tanh", "lstm", "?"])])
    #expect(comparison.problems.count == 1)
    let lines = comparison.table.split(separator: "\n").map(String.init)
    #expect(lines.first?.split(separator: " ") == ["a", "b", "c"])
    #expect(lines.contains { $0.hasPrefix("training time") && $0.contains("1:01:40") })
    #expect(lines.contains { $0.hasPrefix("network.cell") && $0.hasSuffix("?") })
  }

  /// What a run was at its best counts when it goes on, and no more when it begins anew.
  @Test(arguments: [(0, nil), (10, 0.5)] as [(Int, Double?)])
  func theBestOutlivesAResumption(firstStep: Int, best: Double?) throws {
    var again = Example.run
    again.firstStep = firstStep
    try record(
      "a",
      [
        .started(Example.run), ExampleRecord.step(10, elapsed: 1),
        .validation(ValidationRecord(step: 10, loss: 0.5, isBest: true)), .started(again),
      ])
    let summary = try RunSummary(temporary.path + "/a")
    #expect(summary.best?.loss == best && summary.newest?.loss == best)
  }
}
