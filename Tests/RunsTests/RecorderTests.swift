import Foundation
import Synchronization
import Testing
import TrainingEvents

@testable import Runs

/// The end of a record that a kill may have torn.
@Suite struct RecordTailTests {
  @Test(arguments: [
    ("", ""), ("{", ""), ("1", "1\n"), ("{}\n", "{}\n"), ("{}\n{\"a\"", "{}\n"),
    ("{}\n{}", "{}\n{}\n"),
  ])
  func aTornLineGoesAndAWholeOneIsEnded(text: String, mended: String) throws {
    let place = try TemporaryDirectory()
    try ExampleRecord.write(Array(text.utf8), to: place.path + "/events.jsonl")
    try RecordTail.mend("events.jsonl", in: OpenDirectory(place.path))
    let found = try String(contentsOfFile: place.path + "/events.jsonl", encoding: .utf8)
    #expect(found == mended)
  }
}

@Suite struct RecorderTests {
  private let temporary: TemporaryDirectory
  private let run: RunDirectory

  init() throws {
    temporary = try TemporaryDirectory()
    run = try RunDirectory.create(named: "words", under: temporary.path + "/runs", preset: "a: 1\n")
  }

  private func lines() throws -> [Substring] {
    try String(contentsOfFile: run.eventsPath, encoding: .utf8).split(separator: "\n")
  }

  @Test func writesEveryStepInOrder() throws {
    let recorder = RunRecorder(run) { _ in #expect(Bool(false), "nothing went wrong") }
    recorder.record(.started(Example.run))
    for first in stride(from: 1, to: 1000, by: 10) {
      recorder.record(.steps(StepBatch((first..<first + 10).map(Example.step))))
    }
    recorder.record(.finished(FinishRecord(reason: .completed, step: 1000, elapsed: 1)))
    recorder.close()
    let session = try #require(try lines().first)
    #expect(session.hasPrefix(#"{"event":"recording","time":"#))
    let lines = try Array(lines().dropFirst())
    #expect(lines.count == 1002)
    #expect(lines[0].hasPrefix(#"{"event":"started""#))
    for step in 1...1000 { #expect(lines[step].hasPrefix(#"{"event":"step","step":\#(step),"#)) }
    #expect(lines[1001].hasPrefix(#"{"event":"finished""#))
  }

  /// What is recorded stands in the file within moments, the second time as the first.
  @Test func writesByItselfAgainAndAgain() throws {
    let recorder = RunRecorder(run) { _ in }
    for step in 1...3 {
      recorder.record(.steps(StepBatch([Example.step(step)])))
      let end = ContinuousClock.now + .seconds(30)
      while try lines().count < step + 1, ContinuousClock.now < end { usleep(10_000) }
      #expect(try lines().count == step + 1)
    }
    recorder.close()
  }

  @Test func keepsAFrameOfAStepOnce() throws {
    let recorder = RunRecorder(run) { _ in }
    recorder.record(.steps(StepBatch((1...20).map(Example.step))))
    for _ in 0..<50 { recorder.record(.frame(.hiddenStates(Example.hiddenStates))) }
    recorder.close()
    #expect(try lines().count == 22)
  }

  @Test func saysWhereAMovedDirectoryWentAndGoesOnThere() throws {
    let warnings = Mutex<[WarningRecord]>([])
    let recorder = RunRecorder(run) { warning in warnings.withLock { $0.append(warning) } }
    recorder.record(.steps(StepBatch([Example.step(1)])))
    recorder.flush()
    let away = temporary.path + "/away"
    try FileManager.default.removeItem(atPath: run.eventsPath)
    try FileManager.default.moveItem(atPath: run.path, toPath: away)
    for step in 2...4 {
      recorder.record(.steps(StepBatch([Example.step(step)])))
      recorder.flush()
    }
    #expect(warnings.withLock(\.count) == 1)
    #expect(warnings.withLock(\.first?.text)?.contains("moved; it goes on in") == true)
    #expect(warnings.withLock(\.first?.text)?.hasSuffix("/away") == true)
    // Another run at the old place is nothing to this one.
    let other = try RunDirectory.create(at: run.path, preset: "other: 1")
    recorder.record(.state(.paused))
    let snapshot = try SnapshotWriter(directory: run).write(Example.contents(step: 4))
    #expect(snapshot.path.hasSuffix("/away/snapshots/step-00000004"))
    recorder.flush()
    #expect(try String(contentsOfFile: other.eventsPath, encoding: .utf8).isEmpty)
    try FileManager.default.removeItem(atPath: run.path)
    try FileManager.default.moveItem(atPath: away, toPath: run.path)
    recorder.record(.steps(StepBatch([Example.step(5)])))
    recorder.flush()
    #expect(warnings.withLock(\.count) == 2)
    let steps = try lines().filter { $0.contains("\"step\"") }.map { $0.split(separator: ",")[1] }
    #expect(steps == ["\"step\":2", "\"step\":3", "\"step\":4", "\"step\":5"])
  }

  @Test func aBoundedAmountWaitsForADiskThatRefuses() throws {
    // Nothing can be written while somebody else has the run.
    try FileManager.default.removeItem(atPath: run.path + "/.lock")
    var other: RunDirectory? = try RunDirectory.open(run.path)
    #expect(other != nil)
    let warnings = Mutex<[WarningRecord]>([])
    let recorder = RunRecorder(run) { warning in warnings.withLock { $0.append(warning) } }
    let batch = StepBatch((1...20_000).map(Example.step))
    for _ in 0..<20 {
      recorder.record(.steps(batch))
      recorder.flush()
    }
    #expect(warnings.withLock(\.first?.text)?.contains("is writing this run") == true)
    #expect(try lines().isEmpty)
    other = nil
    recorder.record(.state(.paused))
    recorder.close()
    let lines = try lines()
    #expect(lines.count < 300_000)
    // A word on a slow disk may follow on a machine that is busy.
    #expect(lines.suffix(4).contains { $0.contains("steps before this line were not recorded") })
  }
}

@Suite struct RunDirectoryTests {
  private let temporary: TemporaryDirectory

  init() throws { temporary = try TemporaryDirectory() }

  @Test func countsOnFromTheRunsThatExist() throws {
    let parent = temporary.path + "/deep/runs"
    let first = try RunDirectory.create(named: "words", under: parent, preset: "")
    let second = try RunDirectory.create(named: "words", under: parent, preset: "")
    let other = try RunDirectory.create(
      named: "../.evil\u{1B}/na me.yaml", under: parent, preset: "")
    #expect(first.path == parent + "/words-1" && second.path == parent + "/words-2")
    #expect(other.path == parent + "/na-me.yaml-1")
    #expect(temporary.names("/deep/runs/words-1").contains("preset.yaml"))
  }

  @Test func oneProcessWritesARun() throws {
    let path = temporary.path + "/run"
    var run: RunDirectory? = try RunDirectory.create(at: path, preset: "a: 1\n")
    #expect(throws: RunError.locked(path: path, process: Int(getpid()))) {
      try RunDirectory.open(path)
    }
    #expect(RunLock.isHeld(directory: path))
    #expect(run != nil)
    run = nil
    #expect(!RunLock.isHeld(directory: path))
    _ = try RunDirectory.open(path)
  }

  @Test func aLockLeftByACrashLocksNobodyOut() throws {
    let path = temporary.path + "/run"
    _ = try RunDirectory.create(at: path, preset: "")
    try "1\n".write(toFile: path + "/.lock", atomically: false, encoding: .utf8)
    #expect(!RunLock.isHeld(directory: path))
    _ = try RunDirectory.open(path)
  }

  @Test func aDirectoryThatHoldsARunIsNotWrittenOver() throws {
    let path = temporary.path + "/run"
    _ = try RunDirectory.create(at: path, preset: "")
    #expect(throws: RunError.holdsRun(path: path)) { try RunDirectory.create(at: path, preset: "") }
    #expect(throws: RunError.notARun(path: temporary.path, missing: "events.jsonl")) {
      try RunDirectory.open(temporary.path)
    }
  }

  @Test func aRunThatWasCutOffBeforeItsFirstSnapshotIsTakenUp() throws {
    let path = temporary.path + "/run"
    #expect(!RunDirectory.isCutOff(path))
    var run: RunDirectory? = try RunDirectory.create(at: path, preset: "title: a\n")
    // Somebody still writes it.
    #expect(!RunDirectory.isCutOff(path))
    run = nil
    #expect(RunDirectory.isCutOff(path) && run == nil)
    try FileManager.default.createDirectory(
      atPath: path + "/snapshots/.step-00000001.partial-1-2", withIntermediateDirectories: true)
    #expect(try RunDirectory.preset(of: path) == "title: a\n")
    let again = try RunDirectory.takeUp(path, preset: "title: b\n")
    #expect(try RunDirectory.preset(of: path) == "title: b\n")
    _ = try SnapshotWriter(directory: again).write(Example.contents(step: 1))
    #expect(temporary.names("/run/snapshots") == ["step-00000001"])
  }

  @Test func aRunWithASnapshotIsNotBegunAnew() throws {
    let path = temporary.path + "/run"
    _ = try SnapshotWriter(directory: try RunDirectory.create(at: path, preset: ""))
      .write(Example.contents(step: 1))
    #expect(!RunDirectory.isCutOff(path))
    #expect(throws: RunError.holdsRun(path: path)) { try RunDirectory.takeUp(path, preset: "") }
  }

  @Test func saysWhyADirectoryCannotBeMade() throws {
    let file = temporary.path + "/file"
    _ = FileManager.default.createFile(atPath: file, contents: nil)
    let error = try #require(throws: RunError.self) {
      try RunDirectory.create(at: file + "/run", preset: "")
    }
    #expect(error.description.contains("cannot make the directory"), "\(error)")
  }

  @Test(arguments: [
    ("{\"a\":1}\n{\"b\":", "{\"a\":1}\n"), ("{\"a\":1}\n{\"b\":2}", "{\"a\":1}\n{\"b\":2}\n"),
    ("{\"a\":", ""), ("", ""), ("{\"a\":1}\n", "{\"a\":1}\n"),
  ])
  func openingMendsATornLastLine(before: String, after: String) throws {
    let path = temporary.path + "/run"
    _ = try RunDirectory.create(at: path, preset: "")
    try before.write(toFile: path + "/events.jsonl", atomically: false, encoding: .utf8)
    _ = try RunDirectory.open(path)
    #expect(try String(contentsOfFile: path + "/events.jsonl", encoding: .utf8) == after)
  }
}
