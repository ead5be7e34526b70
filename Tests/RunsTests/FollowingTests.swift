import FileFormats
import Foundation
import TerminalGraphics
import Testing
import TrainingEvents

@testable import Runs

/// Gathers what a follower tells, as a dashboard would.
struct Gathered {
  var history = RunHistory()
  var events: [TrainingEvent] = []

  mutating func take(_ events: [TrainingEvent]) {
    for event in events {
      switch event {
      case .steps(let batch): history.append(batch)
      case .validation(let record): history.append(record)
      case .values(let records): history.append(records)
      default: break
      }
    }
    self.events += events
  }

  var records: [StepRecord] {
    events.flatMap { (event: TrainingEvent) -> [StepRecord] in
      if case .steps(let batch) = event { batch.records } else { [] }
    }
  }

  var seams: [CommandRecord] {
    events.compactMap { event in
      if case .command(let record) = event, record.marker != nil { record } else { nil }
    }
  }

  var warnings: [String] {
    events.compactMap { if case .warning(let record) = $0 { record.text } else { nil } }
  }

  var steps: [Int] { (0..<history.count).compactMap { history.steps.step(at: $0) } }
}

@Suite struct FollowingLinesTests {
  private let temporary: TemporaryDirectory
  private let path: String

  init() throws {
    temporary = try TemporaryDirectory()
    path = temporary.path + "/train.jsonl"
  }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  private func add(_ text: String) throws {
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  @Test func understandsTheNamesThatProgramsUse() throws {
    try write(
      #"{"step": 1, "train/loss": 2.5, "grad_norm": 1.5, "lr": 0.01, "epoch": 0.5, "time": 100}"#
        + "\n"
        + #"{"global_step": 2.0, "train/loss": 2.25, "tokens": 50, "time": 101.5, "acc": 0.5}"#
        + "\n"
        + #"{"step": 2, "val_loss": 2.75, "time": 102}"# + "\n"
        + #"{"step": 3, "train": {"loss": NaN, "extra": {"deep": 7}}, "name": "x"}"# + "\n")
    var follower = try RunFollower(path)
    var got = Gathered()
    got.take(try follower.poll())
    #expect(got.steps == [1, 2, 3])
    let records = got.records
    #expect(records[0].loss == 2.5 && records[0].gradientNorm == 1.5)
    #expect(records[0].learningRate == 0.01 && records[0].epoch == 0.5)
    #expect(records[1].tokens == 50 && records[1].elapsed == 1.5 && records[1].duration == 1.5)
    // What a step did not log it has not.
    #expect(records[0].tokens == nil && records[0].duration == nil && records[0].clipped == nil)
    #expect(records[1].learningRate == nil && records[1].gradientNorm == nil)
    #expect(records[2].elapsed == nil && records[2].epoch == nil)
    #expect(got.history.validations.map(\.step) == [2])
    #expect(got.history.validations[0].loss == 2.75 && got.history.validations[0].isBest)
    #expect(got.history.loss[2].isNaN)
    #expect(
      got.history.extra.map(\.name) == [
        "train/loss", "grad_norm", "lr", "epoch", "time", "tokens", "acc", "val_loss",
        "train/extra/deep",
      ])
    // However many steps there are, they come in few events.
    #expect(got.events.count < 10)
    guard case .started(let run)? = got.events.first else {
      return #expect(Bool(false), "\(got.events)")
    }
    #expect(run.name == "train.jsonl")
  }

  /// A log without gradient norms raises no alarm about them, and a loss that is no number is told
  /// at its step, once, however the log comes in.
  @Test(arguments: ["", #", "grad_norm": 1.5"#]) func aLossThatIsNoNumberIsToldOnce(
    norm: String
  ) throws {
    let lines = (1...99).map { step in
      #"{"step": \#(step), "loss": \#(step < 50 ? "2.5" : "NaN")\#(norm)}"# + "\n"
    }
    try write(lines[..<60].joined())
    var follower = try RunFollower(path)
    var got = Gathered()
    got.take(try follower.poll())
    try add(lines[60...].joined())
    got.take(try follower.poll())
    let warnings = got.events.compactMap { if case .warning(let it) = $0 { it } else { nil } }
    #expect(warnings.map(\.kind) == ["not-finite"] && warnings.map(\.step) == [50])
  }

  @Test func waitsForTheEndOfATornLine() throws {
    try write(#"{"step": 1, "loss": 3}"# + "\n" + #"{"step": 2, "lo"#)
    var follower = try RunFollower(path)
    var got = Gathered()
    got.take(try follower.poll())
    #expect(got.steps == [1])
    #expect(try follower.poll().isEmpty)
    try add(#"ss": 2.5}"# + "\n")
    got.take(try follower.poll())
    #expect(got.steps == [1, 2] && got.records.last?.loss == 2.5)
    #expect(got.warnings.isEmpty)
  }

  @Test func aFileThatIsNotThereYetIsWaitedFor() throws {
    var follower = try RunFollower(path)
    #expect(try follower.poll().isEmpty)
    try write(#"{"step": 1, "loss": 3}"# + "\n")
    #expect(try !follower.poll().isEmpty)
    #expect(throws: RunError.self) { try RunFollower(temporary.path + "/no/such.jsonl") }
    let empty = temporary.path + "/empty"
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
    #expect(throws: RunError.self) { try RunFollower(empty) }
  }

  @Test(arguments: [false, true]) func startingOverIsASeam(replaced: Bool) throws {
    let lines = (1...5).map { #"{"step": \#($0), "loss": 3}"# + "\n" }.joined()
    try write(lines)
    var follower = try RunFollower(path)
    var got = Gathered()
    got.take(try follower.poll())
    if replaced { try FileManager.default.moveItem(atPath: path, toPath: path + ".old") }
    try write(#"{"step": 1, "loss": 9}"# + "\n")
    got.take(try follower.poll())
    #expect(got.seams.map(\.marker) == ["restart"] && got.seams.map(\.step) == [5])
    #expect(got.steps == [1] && got.records.last?.loss == 9)
  }

  @Test func validationsUnderStepsOfTheirOwnAreNoSeam() throws {
    let lines = (1...6).map { #"{"step": \#($0), "loss": 3}"# + "\n" }
    try write(
      (lines + [#"{"step": 2, "val_loss": 2.9}"# + "\n", #"{"step": 7, "loss": 2}"# + "\n"])
        .joined())
    var follower = try RunFollower(path)
    var got = Gathered()
    got.take(try follower.poll())
    #expect(got.seams.isEmpty)
    #expect(got.steps == Array(1...7))
    #expect(got.records.last?.step == 7)
  }

  @Test func goingBackInOneFileIsASeamToo() throws {
    try write(
      [1, 2, 3, 2, 3, 4].map { #"{"step": \#($0), "loss": 3}"# + "\n" }.joined())
    var follower = try RunFollower(path)
    var got = Gathered()
    got.take(try follower.poll())
    #expect(got.steps == [1, 2, 3, 4] && got.records.map(\.step) == [1, 2, 3, 2, 3, 4])
    #expect(got.seams.map(\.step) == [2])
  }

  @Test func aStepThatGetsMoreIsToldAgainInFull() throws {
    try write(#"{"step": 1, "loss": 3}"# + "\n")
    var follower = try RunFollower(path)
    var got = Gathered()
    got.take(try follower.poll())
    try add(#"{"step": 1, "grad_norm": 7}"# + "\n")
    got.take(try follower.poll())
    #expect(got.steps == [1])
    #expect(got.history.last?.loss == 3 && got.history.last?.gradientNorm == 7)
  }

  @Test func nonsenseIsPassedOverAndToldOnce() throws {
    try write("Epoch 1: 5%\u{1B}[2J\n[1]\n\n" + #"{"step": 1, "loss": 3}"# + "\n")
    var follower = try RunFollower(path)
    var got = Gathered()
    got.take(try follower.poll())
    try add("more\n")
    got.take(try follower.poll())
    #expect(got.steps == [1] && got.warnings.count == 1)
    #expect(got.warnings[0].contains("line 1") && !got.warnings[0].contains("\u{1B}"))
  }

  @Test func framesFillThePanels() throws {
    try write(
      #"{"step": 4, "loss": 1, "states": [[0.1, -0.2], [0.3, 0.4]], "symbols": ["a", "b"], "#
        + #""gradientByLag": [1, 0.5, 0.25], "samples": ["hello"]}"# + "\n"
        + #"{"step": 5, "loss": 1, "states": [[0.5, 0.5]]}"# + "\n"
        + #"{"step": 6, "loss": 1, "states": [[1], [1, 2]]}"# + "\n")
    var follower = try RunFollower(path)
    let events = try follower.poll()
    let states = events.compactMap {
      if case .frame(.hiddenStates(let frame)) = $0 { frame } else { nil }
    }
    // Of several only the newest is worth drawing; a ragged one is none.
    #expect(states.map(\.step) == [5] && states[0].maps[0].values == [0.5, 0.5])
    let lag = events.compactMap {
      if case .frame(.gradientByLag(let frame)) = $0 { frame } else { nil }
    }
    #expect(lag.first?.curves.first?.factorPerStep == 0.5)
    #expect(
      events.contains(.frame(.samples(SampleFrame(step: 4, temperature: 1, lines: ["hello"])))))
  }

  @Test func thousandsOfNamesAreKept() throws {
    let members = (0..<5000).map { "\"n\($0)\": 1" }.joined(separator: ",")
    try write("{\"step\": 1, \(members)}\n")
    var follower = try RunFollower(path)
    var got = Gathered()
    got.take(try follower.poll())
    #expect(got.history.extra.count == 5000)
  }

  @Test func standardInputEndsTheRun() throws {
    let pipe = Pipe()
    var lines = RunFollower(
      FollowedLines(
        pipe: FileDescriptor(adopting: dup(pipe.fileHandleForReading.fileDescriptor), path: "pipe")),
      name: "pipe")
    #expect(try lines.poll().isEmpty)
    try pipe.fileHandleForWriting.write(contentsOf: Data(#"{"step": 1, "loss": 3}"#.utf8))
    #expect(try lines.poll().isEmpty && !lines.isAtEnd)
    try pipe.fileHandleForWriting.close()
    var got = Gathered()
    got.take(try lines.poll())
    #expect(got.steps == [1] && lines.isAtEnd)
  }
}

@Suite struct FollowingFilesTests {
  private let temporary: TemporaryDirectory

  init() throws { temporary = try TemporaryDirectory() }

  private func add(_ bytes: [UInt8], to name: String) throws {
    let path = temporary.path + "/" + name
    if !FileManager.default.fileExists(atPath: path) { try ExampleRecord.write([], to: path) }
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }

  private func scalar(_ step: Int, _ tag: String, _ value: Float) -> [UInt8] {
    TFEvent(wallTime: 100 + Double(step), step: step, values: [(tag, .scalar(value))]).record()
  }

  @Test func eventFilesAreReadOneAfterTheOther() throws {
    let first = "events.out.tfevents.1.host"
    try add(TFEvent(wallTime: 100, fileVersion: TFEvent.version).record(), to: first)
    try add(scalar(1, "Loss/train", 3) + scalar(1, "grad_norm", 2) + scalar(1, "a", 5), to: first)
    let torn = scalar(2, "Loss/train", 2)
    try add(Array(torn.dropLast(3)), to: first)
    var follower = try RunFollower(temporary.path)
    var got = Gathered()
    got.take(try follower.poll())
    #expect(got.steps == [1] && got.records[0].gradientNorm == 2 && got.records[0].loss == 3)
    #expect(got.history.extra.map(\.name) == ["Loss/train", "grad_norm", "a"])
    try add(torn.suffix(3), to: first)
    got.take(try follower.poll())
    #expect(got.steps == [1, 2] && got.records.last?.duration == 1)
    try add(scalar(2, "Loss/train", 7), to: "events.out.tfevents.2.host")
    got.take(try follower.poll())
    #expect(got.steps == [1, 2] && got.records.last?.loss == 7 && got.seams.count == 1)
  }

  /// Two programs log into one folder at the same time: both curves stay whole.
  @Test func programsThatWriteAtOnceAreKeptApart() throws {
    let names = ["events.out.tfevents.1.host", "events.out.tfevents.2.host"]
    for name in names {
      try add(TFEvent(wallTime: 100, fileVersion: TFEvent.version).record(), to: name)
    }
    var follower = try RunFollower(temporary.path)
    var got = Gathered()
    for step in 1...6 {
      for (name, base) in zip(names, [10, 20] as [Float]) {
        try add(scalar(step, "loss", base + Float(step)), to: name)
        let events = try follower.poll()
        // A follower that begins anew tells of its beginning again.
        if events.contains(where: { if case .started = $0 { true } else { false } }) {
          got = Gathered()
        }
        got.take(events)
      }
    }
    #expect(got.steps == Array(1...6))
    #expect((0..<got.history.count).map { got.history.loss[$0] } == [11, 12, 13, 14, 15, 16])
    let other = try #require(got.history.extra.first { $0.name == "2.host/loss" })
    #expect((0..<other.values.count).map { other.values[$0] } == [21, 22, 23, 24, 25, 26])
  }

  @Test func whatTheOtherProgramDoesIsSaidAsFarAsItIsKnown() throws {
    func states(_ events: [TrainingEvent]) -> [TrainingState] {
      events.compactMap { if case .state(let state) = $0 { state } else { nil } }
    }
    let name = "train.jsonl"
    let path = temporary.path + "/" + name
    try add(Array("{\"step\": 1, \"loss\": 2}\n".utf8), to: name)
    var follower = try RunFollower(path)
    #expect(states(try follower.poll()) == [.following])
    #expect(states(try follower.poll()).isEmpty)
    let old = Date(timeIntervalSinceNow: -RunFollower.silence - 60)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
    #expect(states(try follower.poll()) == [.silent])
    #expect(states(try follower.poll()).isEmpty)
    try add(Array("{\"step\": 2, \"loss\": 2}\n".utf8), to: name)
    #expect(states(try follower.poll()) == [.following])
  }

  @Test func damageIsToldAndWhatFollowsIsRead() throws {
    let name = "events.out.tfevents.1"
    var bytes = scalar(1, "loss", 3) + scalar(2, "loss", 3)
    bytes[bytes.count - 6] ^= 1
    try add(bytes, to: name)
    var follower = try RunFollower(temporary.path)
    var got = Gathered()
    got.take(try follower.poll())
    got.take(try follower.poll())
    #expect(got.warnings.count == 1 && got.warnings[0].contains("checksum"))
    try add(scalar(3, "loss", 3), to: "events.out.tfevents.2")
    got.take(try follower.poll())
    #expect(got.steps.last == 3)
  }

  /// Of an event that is damaged inside, though its checksum is right, nothing goes into the next.
  @Test func anEventThatIsNoneLeavesNothingBehind() throws {
    let name = "events.out.tfevents.1"
    // A summary with a number, and behind it bytes that are none.
    var event = TFEvent(wallTime: 101, step: 1, values: [("broken", .scalar(7))]).encoded()
    event += [0x2A, 0x02, 0x0A, 0x7F]
    func framed(_ data: [UInt8]) -> [UInt8] {
      let length = (0..<8).map { UInt8(truncatingIfNeeded: data.count >> (8 * $0)) }
      return [length, data].flatMap { part in
        let crc = CRC32C.masked(part)
        return part + (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * UInt32($0))) }
      }
    }
    guard let summary = event.firstIndex(of: 0x2A) else { return _ = Issue.record("no summary") }
    // One summary holds both: a whole value and half a one.
    var content = Array(event[(summary + 2)..<(event.count - 4)])
    content += [0x0A, 0x7F]
    let damaged = event[..<summary] + [0x2A, UInt8(content.count)] + content
    try add(framed(Array(damaged)) + scalar(2, "loss", 3), to: name)
    var follower = try RunFollower(temporary.path)
    var got = Gathered()
    got.take(try follower.poll())
    got.take(try follower.poll())
    #expect(got.steps == [2] && got.history.loss.last == 3)
    #expect(!got.history.extra.contains { $0.name == "broken" })
  }

  /// A log of W&B that is written anew, and is shorter than what was read of it before.
  @Test func aLogOfWandbThatBeginsAgainIsASeam() throws {
    let log = try #require(Bundle.module.resourceURL).path + "/Logs/run-a1b2c3d4.wandb"
    let whole = try Data(contentsOf: URL(fileURLWithPath: log))
    let path = URL(fileURLWithPath: temporary.path + "/run-1.wandb")
    try whole.write(to: path)
    var follower = try RunFollower(path.path)
    var got = Gathered()
    got.take(try follower.poll())
    let steps = got.steps
    #expect(!steps.isEmpty && got.seams.isEmpty)
    // In place, as its writer does it: only the length tells.
    let handle = try FileHandle(forWritingTo: path)
    try handle.truncate(atOffset: UInt64(whole.count / 2))
    try handle.close()
    got.take(try follower.poll())
    #expect(got.seams.map(\.marker) == ["restart"])
    #expect(got.steps.count <= steps.count && steps.starts(with: got.steps))
  }

  /// A folder of event files that nobody adds to is said to be silent, as any log is.
  @Test func oldEventFilesAreSilent() throws {
    let name = "events.out.tfevents.1"
    try add(scalar(1, "loss", 3), to: name)
    let old = Date(timeIntervalSinceNow: -RunFollower.silence - 60)
    try FileManager.default.setAttributes(
      [.modificationDate: old], ofItemAtPath: temporary.path + "/" + name)
    var follower = try RunFollower(temporary.path)
    var states: [TrainingState] = []
    for _ in 0..<3 {
      for case .state(let state) in try follower.poll() { states.append(state) }
    }
    #expect(states.last == .silent)
  }

  @Test func ourOwnRecordIsFollowedToItsEnd() async throws {
    let run = try RunDirectory.create(at: temporary.path + "/run", preset: "")
    let recorder = RunRecorder(run) { _ in }
    recorder.record(.started(Example.run))
    for step in 1...20 { recorder.record(ExampleRecord.step(step, elapsed: Double(step))) }
    recorder.flush()
    let stream = try RunFollower(run.path).follow(every: 0.01)
    var got = Gathered()
    for await event in stream {
      got.take([event])
      guard case .steps = event, got.steps.last == 20 else { continue }
      for step in 21...40 { recorder.record(ExampleRecord.step(step, elapsed: Double(step))) }
      recorder.record(.finished(FinishRecord(reason: .completed, step: 40, elapsed: 40)))
      recorder.close()
    }
    #expect(got.steps == Array(1...40))
    #expect(got.events.last == .finished(FinishRecord(reason: .completed, step: 40, elapsed: 40)))
    #expect(got.events.first == .started(Example.run))
  }

  @Test func aReaderThatStallsLosesNothing() async throws {
    let path = temporary.path + "/x.jsonl"
    // Frames of two kinds between the steps make for more events than may wait.
    let lines = (1...300).flatMap { step in
      [
        #"{"step": \#(step), "loss": 1}"#,
        #"{"event": "warning", "step": \#(step), "kind": "k", "text": "t"}"#,
      ]
    }
    try ExampleRecord.write(Array(lines.joined(separator: "\n").utf8) + [0x0A], to: path)
    let stream = try RunFollower(path).follow(every: 0.01)
    var got = Gathered()
    try await Task.sleep(for: .milliseconds(50))
    for await event in stream {
      got.take([event])
      if got.warnings.count == 300 { break }
    }
    #expect(got.steps == Array(1...300))
  }
}

@Suite struct AsciicastTests {
  @Test func pictureByPictureOnlyChangesAreWritten() throws {
    var cast = Asciicast(size: Size(width: 10, height: 2))
    let header = try JSONValue(decoding: cast.header(title: "a\u{1B}", time: 5).dropLast())
    #expect(header["version"] == 2 && header["width"] == 10 && header["timestamp"] == 5)
    var screen = CellBuffer(size: Size(width: 10, height: 2))
    screen.write("one", x: 0, y: 0)
    let first = try JSONValue(decoding: cast.show(screen, at: 0.5).dropLast()).array ?? []
    #expect(first[0] == 0.5 && first[1] == "o")
    #expect(first[2].string?.contains("\u{1B}[2J") == true)
    #expect(cast.show(screen, at: 1).isEmpty)
    screen.write("2", x: 4, y: 1, style: Style(.hex(0x010203), .bold))
    let second = try JSONValue(decoding: cast.show(screen, at: 2).dropLast()).array ?? []
    #expect(second[2] == "\u{1B}[2;5H\u{1B}[0;1;38;2;1;2;3m2\u{1B}[0m")
    let smaller = CellBuffer(size: Size(width: 5, height: 1))
    let lines = cast.show(smaller, at: 3).split(separator: 0x0A)
    #expect(try JSONValue(decoding: lines[0]) == [3, "r", "5x1"])
  }

  @Test func recordsIntoAFile() throws {
    let temporary = try TemporaryDirectory()
    let path = temporary.path + "/session.cast"
    let recorder = try ScreenRecorder(to: path, size: Size(width: 4, height: 1), title: "t")
    var screen = CellBuffer(size: Size(width: 4, height: 1))
    for (index, letter) in ["a", "b", "b"].enumerated() {
      screen.write(letter, x: 0, y: 0)
      recorder.show(screen, at: 100 + Double(index))
    }
    try recorder.close()
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[2].hasPrefix("[1,\"o\","))
  }
}

@Suite struct LongLogTests {
  /// A log is read in pieces: one without a step in it is not the end.
  @Test func aPieceWithoutAStepIsNotTheEndOfALog() throws {
    let temporary = try TemporaryDirectory()
    let path = temporary.path + "/log.jsonl"
    let blank = [UInt8](repeating: UInt8(ascii: " "), count: 2 * (16 << 20))
    let lines = "\n{\"step\": 1, \"loss\": 2.5}\n{\"step\": 2, \"loss\": 2.25}\n"
    try Data(blank + Array(lines.utf8)).write(to: URL(fileURLWithPath: path))
    let run = try RecordedRun.read(path)
    #expect(run.history.count == 2 && run.history.last?.loss == 2.25)
  }
}
