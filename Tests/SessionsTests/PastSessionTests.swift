import Foundation
import Runs
import TerminalGraphics
import Testing
import TrainingEvents

@testable import Sessions

/// What a person sees of a run's past: while it trains, when it is over, played back, and after it
/// went on.
@Suite(.serialized) struct PastSessionTests {
  private static let size = Size(width: 200, height: 60)

  /// The step that a panel says it shows, and the cursor's.
  private static func shown(_ panel: String, _ screen: String) -> (step: Int, cursor: Int)? {
    let pattern = panel + #"  step ([0-9,]+) \(cursor ([0-9,]+)\)"#
    guard let regex = try? Regex(pattern), let match = screen.firstMatch(of: regex),
      let step = match[1].substring, let cursor = match[2].substring
    else { return nil }
    func number(_ text: Substring) -> Int { Int(text.filter(\.isNumber)) ?? -1 }
    return (number(step), number(cursor))
  }

  private static let isPast: @Sendable (String) -> Bool = { screen in
    guard let (step, cursor) = shown(#"Hidden state s\(t\)"#, screen) else { return false }
    return step <= cursor
  }

  /// Trains so many steps, then waits.
  private static func train(
    _ twin: SessionTwin, to step: Int, _ more: [String] = []
  ) async throws {
    try twin.start("tiny", ["training.steps=100000", "training.pace=400"] + more)
    try await twin.terminal.wait("training", until: Screen.isPast(step))
    twin.terminal.type(" ")
    try await twin.terminal.wait(for: "PAUSED")
  }

  @Test func aRunThatTrainsIsLookedBackAtAndGoesOn() async throws {
    try await SessionTwin.run(size: Self.size) { twin in
      try await Self.train(twin, to: 120)
      let terminal = twin.terminal
      // The cursor is set on the newest step, then goes back by tens of columns.
      terminal.type("1")
      for _ in 0..<4 { terminal.type("H") }
      let screen = try await terminal.wait("a past step", until: Self.isPast)
      #expect(screen.contains("F now"), "\(screen)")
      // Training goes on under it.
      terminal.type(" ")
      let now = Screen.step(screen) ?? 0
      let later = try await terminal.wait("more steps", until: Screen.isPast(now + 20))
      #expect(Self.isPast(later))
      terminal.type("F")
      try await terminal.wait("now") { !$0.contains("(cursor") }
      // Rewound, and played up to now.
      terminal.type("(")
      try await terminal.wait("it goes back by itself", until: Self.isPast)
      terminal.type("()")
      try await terminal.wait("up to now") { !$0.contains("(cursor") }
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }

  @Test func aFinishedRunIsRewoundAndPlayedWithItsStates() async throws {
    try await SessionTwin.run(size: Self.size) { twin in
      try twin.start("tiny", ["training.steps=60", "training.pace=120"])
      let terminal = twin.terminal
      try await terminal.wait(for: "final snapshot")
      terminal.type("(")
      try await terminal.wait("some steps back") {
        $0.contains("replay") && (Screen.step($0) ?? 60) < 58
      }
      terminal.type("(")
      let stopped = try await terminal.wait("a stop") { $0.contains("PAUSED") }
      let step = try #require(Screen.step(stopped))
      terminal.type(")]]]]]]]")
      try await terminal.wait("the end", until: Screen.isAt(60, "FINISHED"))
      #expect(step < 60)
      terminal.type("q")
      #expect(try await twin.end().status == 0)
    }
  }

  private static func goOn(with run: String, _ twin: SessionTwin) throws {
    var options = twin.options("", ["training.pace=400"])
    (options.preset, options.resume, options.steps) = (nil, run, 100_000)
    try twin.start(options)
  }

  /// The record of a run that went on has what was seen before; what was undone is gone.
  @Test func whatWasSeenIsKeptOnGoingOnAndCutByGoingBack() async throws {
    try await SessionTwin.run(size: Self.size) { twin in
      _ = try await HeadlessSessionTests.train(twin, twin.options("tiny", ["training.steps=100"]))
      let run = twin.run("tiny-1")
      let recorded = RecordedFrames(run)
      let before = recorded.past(step: 60)
      #expect(before.frames.contains { $0.kind == .hiddenStates && $0.step <= 60 })

      try Self.goOn(with: run, twin)
      let terminal = twin.terminal
      try await terminal.wait("more", until: Screen.isPast(160))
      terminal.type(" ")
      try await terminal.wait(for: "PAUSED")
      #expect(
        MessageJSON.encode(.past(recorded.past(step: 60))) == MessageJSON.encode(.past(before)),
        "the same after going on")
      #expect(recorded.past(step: .max >> 12).frames.contains { $0.step > 100 })
      terminal.press(.home)
      terminal.type("LL")
      try await terminal.wait("a step of the first session", until: Self.isPast)
      // Going back undoes what came behind the snapshot of the session.
      terminal.type("R")
      try await terminal.wait(for: "Start over?")
      terminal.press(.enter)
      try await terminal.wait("the beginning of the session", until: Screen.isAt(100, "PAUSED"))
      try await Condition.wait("a record without what was undone") {
        recorded.past(step: 1_000_000).frames.allSatisfy { $0.step <= 100 }
      }
      terminal.type("qq")
      _ = try await twin.end()
    }
  }

  /// The record says what was followed; the session that goes on with the run follows it, too.
  @Test func aSetOfUnitsIsFollowedInTheNextSessionToo() async throws {
    try await SessionTwin.run(size: Self.size) { twin in
      _ = try await HeadlessSessionTests.train(twin, twin.options("tiny", ["training.steps=20"]))
      let run = twin.run("tiny-1")
      let units = KeptUnits(
        name: "pair",
        set: UnitSet(map: "layer 1", units: [0, 2], threshold: 0.5, usesMagnitude: true),
        symbols: ["a", "b"], fromEnd: 2, since: 10)
      let command = CommandRecord(step: 10, name: CommandRecord.keep, text: "kept", units: units)
      let record = try FileHandle(forWritingTo: URL(fileURLWithPath: run + "/events.jsonl"))
      try record.seekToEnd()
      try record.write(contentsOf: EventLine.encode(.command(command), for: .record))
      try record.close()
      try Self.goOn(with: run, twin)
      let terminal = twin.terminal
      try await terminal.wait("more", until: Screen.isPast(40))
      terminal.type(" 4a")
      // Another passage is on screen: nothing was counted.
      try await terminal.wait(for: "pair  – of 2 on in “ab”")
      terminal.type("qq")
      _ = try await twin.end()
    }
  }

  @Test func aReplayAndAFollowedRunLookBackToo() async throws {
    try await SessionTwin.run(size: Self.size) { twin in
      var text = ""
      for event in Self.events { text += String(decoding: event, as: UTF8.self) }
      try FileManager.default.createDirectory(
        atPath: twin.folder + "/run", withIntermediateDirectories: true)
      try twin.write(text, to: "run/events.jsonl")
      let path = twin.folder + "/run"
      twin.watch(RecordedSource(try Replay(path)), of: "run")
      let terminal = twin.terminal
      try await terminal.wait("the end", until: Screen.isAt(400, "FINISHED"))
      terminal.type("H")
      terminal.type("H")
      let screen = try await terminal.wait("a past step", until: Self.isPast)
      #expect(screen.contains("no samples recorded at step"), "\(screen)")
      terminal.type("F(")
      try await terminal.wait("back") { (Screen.step($0) ?? 400) < 390 }
      terminal.type("F")
      try await terminal.wait("the end again", until: Screen.isAt(400, "FINISHED"))
      terminal.type("q")
      #expect(try await twin.end().status == 0)
    }
  }

  private static var events: [[UInt8]] {
    let run = RunDescription(
      name: "words", title: "Words", lecture: "", task: .languageModel, network: "tanh 2",
      parameterCount: 9, optimizer: "adam", totalSteps: 400, clipNorm: nil, learningRate: 0.01,
      lossUnit: .natsPerTarget, targetName: "character",
      architecture: Architecture(
        shape: .everyStep, cell: "tanh", inputSize: 2, hiddenSize: 2, outputSize: 2),
      directory: "run")
    var events: [TrainingEvent] = [.started(run)]
    for first in stride(from: 1, to: 400, by: 40) {
      let records = (first..<first + 40).map { step in
        StepRecord(
          step: step, epoch: 0, loss: 1 / Double(step), gradientNorm: 1, clipped: false,
          learningRate: 0.01, tokens: 1, elapsed: Double(step) / 10, duration: 0.1)
      }
      events.append(.steps(StepBatch(records)))
      events.append(
        .frame(
          .hiddenStates(
            HiddenStateFrame(
              step: first + 39, symbols: ["a"],
              maps: [StateMap(name: "layer 1", units: 2, values: [0.1, 0.2])]))))
    }
    events.append(.finished(FinishRecord(reason: .completed, step: 400, elapsed: 40)))
    return events.map { EventLine.encode($0, for: .record) }
  }
}
