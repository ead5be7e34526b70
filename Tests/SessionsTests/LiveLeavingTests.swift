import Foundation
import TerminalGraphics
import Testing
import TrainingEvents

@testable import Sessions

/// How a run that trains here is left: by signals, in the background, with a disk that takes nothing.
@Suite(.serialized) struct LiveLeavingTests {
  private static let pace = ["training.steps=100000"]

  /// Starts a run and lets it make some steps.
  private static func start(_ twin: SessionTwin) async throws {
    try twin.start("tiny", pace)
    try await twin.terminal.wait("training", until: Screen.isPast(2))
  }

  /// The step of a run's only snapshot, which has to be the last one of its record.
  private static func savedStep(_ twin: SessionTwin, _ run: String = "tiny-1") throws -> Int {
    let names = twin.snapshots(of: run)
    try #require(names.count == 1, "\(names)")
    let step = try #require(Int(names[0].dropFirst("step-".count)))
    #expect(try twin.recordedSteps(of: run).last == step)
    return step
  }

  @Test(arguments: [
    (TerminalInput.hangUp, Int32(129)), (.interrupt, 130), (.terminate(signal: 15), 143),
  ])
  func aSignalSavesAndEnds(_ signal: TerminalInput, _ status: Int32) async throws {
    try await SessionTwin.run { twin in
      try await Self.start(twin)
      twin.terminal.feed(signal)
      let end = try await twin.end()
      #expect(end.status == status && end.report.contains("unfold train --resume"), "\(end)")
      #expect(try Self.savedStep(twin) > 2)
      #expect(twin.terminal.said.last == .close && twin.exits.isEmpty)
    }
  }

  /// A signal answers the question before the end, too.
  @Test func aSignalUnderTheQuestionSaves() async throws {
    try await SessionTwin.run { twin in
      try await Self.start(twin)
      twin.terminal.type("q")
      try await twin.terminal.wait(for: "Quit?")
      twin.terminal.feed(.terminate(signal: 15))
      #expect(try await twin.end().status == 143)
      #expect(try Self.savedStep(twin) > 2)
    }
  }

  @Test func aTerminalThatTakesNothingDoesNotKeepTheProgram() async throws {
    try await SessionTwin.run { twin in
      try await Self.start(twin)
      twin.terminal.block(true)
      twin.terminal.feed(.hangUp)
      try await Condition.wait("end at once") { twin.exits == [129] }
      #expect(try Self.savedStep(twin) > 2)
    }
  }

  /// Who presses Ctrl-C twice does not wait for the snapshot.
  @Test func aSecondInterruptLeavesAtOnce() async throws {
    let twin = try SessionTwin()
    let setup = try RunSetup(twin.options("tiny", Self.pace), canGoBack: true)
    let session = RunSession(.init(LiveRun(setup), of: "tiny"), on: twin.stage)
    let running = Task { await session.run() }
    try await twin.terminal.wait("training", until: Screen.isPast(2))
    await session.handle(.interrupt)
    #expect(twin.exits.isEmpty)
    await session.handle(.terminate(signal: 15))
    #expect(twin.exits.isEmpty)
    await session.handle(.interrupt)
    #expect(twin.exits == [130])
    let next = await running.value
    if case .quit(130) = next {} else { Issue.record("\(next)") }
  }

  /// Who is faster than the engine waits for it, and is heard then.
  @Test func aSignalBeforeTheFirstStepEndsTheRun() async throws {
    let twin = try SessionTwin()
    let setup = try RunSetup(twin.options("tiny", Self.pace), canGoBack: true)
    let session = RunSession(.init(LiveRun(setup), of: "tiny"), on: twin.stage)
    let signal = Task { await session.handle(.interrupt) }
    let running = Task { await session.run() }
    await signal.value
    let next = await running.value
    if case .quit(130) = next {} else { Issue.record("\(next)") }
    #expect(twin.snapshots(of: "tiny-1").count == 1)
  }

  // MARK: In the background

  @Test func aRunGoesOnInTheBackground() async throws {
    try await SessionTwin.run { twin in
      try await Self.start(twin)
      twin.terminal.type("D")
      let end = try await twin.end()
      let run = twin.run("tiny-1")
      #expect(end.status == 0 && end.report.contains("unfold attach \(run)"), "\(end)")
      #expect(
        twin.started
          == [["train", "--resume", run, "--headless", "--after", "\(getpid())"]])
      #expect(try Self.savedStep(twin) > 2)
    }
  }

  /// A terminal that is gone ends a run, or does not: its preset says so, or else a person's settings.
  @Test(arguments: [
    ("detach", "", true), ("", "on-hangup: detach", true), ("save", "on-hangup: detach", false),
    ("detach", "on-hangup: save", true), ("", "", false),
  ])
  func aLostTerminalDetachesWhereThatIsWished(
    preset: String, settings: String, detaches: Bool
  ) async throws {
    let twin = try SessionTwin(settings: settings)
    try twin.start("tiny", Self.pace + (preset.isEmpty ? [] : ["training.on-hangup=\(preset)"]))
    try await twin.terminal.wait("training", until: Screen.isPast(2))
    // The signal comes with the end of input.
    twin.terminal.feed(.hangUp)
    twin.terminal.feed(.hangUp)
    let end = try await twin.end()
    let run = twin.run("tiny-1")
    #expect(end.status == (detaches ? 0 : 129), "\(end)")
    #expect(
      twin.started
        == (detaches ? [["train", "--resume", run, "--headless", "--after", "\(getpid())"]] : []))
    #expect(try Self.savedStep(twin) > 2 && twin.exits.isEmpty)
  }

  /// What has ended is not begun anew because its terminal went.
  @Test func aLostTerminalOfAFinishedRunEndsTheProgram() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", ["training.steps=5", "training.on-hangup=detach"])
      try await twin.terminal.wait(for: "FINISHED")
      twin.terminal.feed(.hangUp)
      #expect(try await twin.end().status == 129)
      #expect(twin.started.isEmpty)
    }
  }

  @Test func whatCannotGoOnInTheBackgroundIsSavedAndSaid() async throws {
    try await SessionTwin.run { twin in
      twin.startProblem.withLock { $0 = "no process is left" }
      try await Self.start(twin)
      twin.terminal.type("D")
      let end = try await twin.end()
      let words =
        "no process is left: `unfold train --resume \(twin.run("tiny-1"))` goes on with it"
      #expect(end.status == 1 && end.report.contains(words), "\(end)")
      #expect(try Self.savedStep(twin) > 2)
    }
  }

  // MARK: A disk that takes nothing

  /// Leaves with a snapshot, which cannot be written.
  private static func leaveObstructed(_ twin: SessionTwin) async throws {
    try await start(twin)
    try twin.obstructSnapshots(of: "tiny-1")
    twin.terminal.type("q")
    try await twin.terminal.wait(for: "Quit?")
    twin.terminal.type("s")
    try await twin.terminal.wait(for: "Not saved")
  }

  @Test func whoTriesAgainLeavesOnceItIsSaved() async throws {
    try await SessionTwin.run { twin in
      try await Self.leaveObstructed(twin)
      // It fails again, and is asked about again.
      twin.terminal.type("r")
      try await Condition.wait("second question") {
        let screens = twin.terminal.screens.map { $0.contains("Not saved") }
        return zip(screens, screens.dropFirst()).count { !$0 && $1 } == 2 && screens.last == true
      }
      try twin.obstructSnapshots(of: "tiny-1", false)
      twin.terminal.type("r")
      #expect(try await twin.end().status == 0)
      #expect(try Self.savedStep(twin) > 2)
    }
  }

  @Test func itIsSavedElsewhere() async throws {
    try await SessionTwin.run { twin in
      try await Self.leaveObstructed(twin)
      twin.terminal.type("e\(twin.folder)/elsewhere")
      twin.terminal.press(.enter)
      let end = try await twin.end()
      #expect(end.status == 0 && end.report.contains("\(twin.folder)/elsewhere"), "\(end)")
      #expect(
        twin.names(in: "elsewhere").contains { $0.hasPrefix("step-") }
          || twin.names(in: "elsewhere").contains("model.safetensors"))
    }
  }

  @Test func whoStaysIsAskedAgainAtTheNextEnd() async throws {
    try await SessionTwin.run { twin in
      try await Self.leaveObstructed(twin)
      twin.terminal.press(.escape)
      let screen = try await twin.terminal.wait("no question") { !$0.contains("Not saved") }
      #expect(screen.contains("FINISHED"), "the run was stopped for its end")
      twin.terminal.type("q")
      try await twin.terminal.wait(for: "Not saved")
      twin.terminal.type("l")
      let end = try await twin.end()
      #expect(end.status == 1 && end.report.contains("lost        steps 1 to "), "\(end)")
      #expect(try twin.recordedSteps(of: "tiny-1").count > 2)
    }
  }

  /// Ctrl-C at that question is an answer: the steps are lost, and the record has them all.
  @Test(arguments: [TerminalInput.interrupt, .hangUp])
  func aSignalAtThatQuestionLeavesInOrder(_ signal: TerminalInput) async throws {
    try await SessionTwin.run { twin in
      try await Self.leaveObstructed(twin)
      twin.terminal.feed(signal)
      let end = try await twin.end()
      #expect(end.status == 1 && end.report.contains("lost        steps 1 to "), "\(end)")
      #expect(twin.exits.isEmpty)
    }
  }

  @Test func whoSendsSignalsIsAskedNothing() async throws {
    try await SessionTwin.run { twin in
      try await Self.start(twin)
      try twin.obstructSnapshots(of: "tiny-1")
      twin.terminal.feed(.terminate(signal: 15))
      let end = try await twin.end()
      #expect(end.status == 1 && end.report.contains("lost        steps 1 to "), "\(end)")
      #expect(!twin.terminal.screens.contains { $0.contains("Not saved") })
    }
  }

  /// A run that cannot be saved is not left for another one.
  @Test func whoWouldLoseStepsStaysWithTheRun() async throws {
    try await SessionTwin.run { twin in
      try await Self.start(twin)
      try twin.obstructSnapshots(of: "tiny-1")
      twin.terminal.type("P")
      try await twin.terminal.wait(for: "Leave this run?")
      twin.terminal.press(.enter)
      try await twin.terminal.wait(for: "no snapshot was written")
      twin.terminal.type("2")
      try await twin.terminal.wait(for: "[2 Loss]")
      #expect(!twin.terminal.screens.contains { $0.contains("choose what to train") })
      try twin.obstructSnapshots(of: "tiny-1", false)
      twin.terminal.type("P")
      try await twin.terminal.wait(for: "Leave this run?")
      twin.terminal.press(.enter)
      try await twin.terminal.wait(for: "choose what to train")
    }
  }
}
