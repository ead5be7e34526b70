import Foundation
import Runs
import TerminalGraphics
import Testing
import TrainingEvents

@testable import Sessions

/// The dashboard over a run that this process does not train: a record, a log, another process's.
@Suite(.serialized) struct RunSessionTests {
  // MARK: A record

  /// Opens a record of so many steps, a second each.
  private static func open(
    _ steps: Int, _ twin: SessionTwin, speed: Double? = nil, from step: Int? = nil
  ) throws {
    try record(steps, twin)
    let source = RecordedSource(try Replay(twin.folder), speed: speed, from: step)
    twin.watch(source, of: twin.folder)
  }

  private static func record(_ steps: Int, _ twin: SessionTwin) throws {
    let lines = (1...steps).map { step in
      #"{"event":"step","step":\#(step),"epoch":0,"loss":\#(2.0 / Double(step)),"#
        + #""learningRate":0.1,"elapsed":\#(step)}"#
    }
    let end = #"{"event":"finished","reason":"completed","step":\#(steps),"elapsed":\#(steps)}"#
    try twin.write((lines + [end, ""]).joined(separator: "\n"), to: "events.jsonl")
  }

  @Test func aRecordOpensAtItsEndAndIsGoneThrough() async throws {
    try await SessionTwin.run { twin in
      try Self.open(30, twin)
      let terminal = twin.terminal
      try await terminal.wait("the end", until: Screen.isAt(30, "FINISHED  replay"))
      terminal.press(.backspace)
      try await terminal.wait("one step back", until: Screen.isAt(29, "PAUSED"))
      terminal.type("R")
      try await terminal.wait("the beginning") { $0.contains("PAUSED") && Screen.step($0) == 0 }
      terminal.type("..")
      try await terminal.wait("two steps", until: Screen.isAt(2, "PAUSED"))
      terminal.type("]]]]]]]]]]]]")
      try await terminal.wait(for: "seconds of the run pass in one")
      terminal.type(" ")
      try await terminal.wait("the end again", until: Screen.isAt(30, "FINISHED"))
      terminal.type("q")
      let end = try await twin.end()
      #expect(end.status == 0 && end.report.isEmpty)
      #expect(terminal.said.last == .close)
    }
  }

  @Test func aRecordIsPlayedFromAStep() async throws {
    try await SessionTwin.run { twin in
      let start = ContinuousClock.now
      try Self.open(3000, twin, speed: 40, from: 40)
      let screen = try await twin.terminal.wait("playing", until: Screen.isPast(79, "replay"))
      // Forty seconds of the run, a step each, pass in one.
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      #expect(Double((Screen.step(screen) ?? 0) - 40) < 40 * seconds + 5)
      #expect(!twin.terminal.screens.contains { Screen.step($0).map { (1..<40) ~= $0 } ?? false })
      twin.terminal.type("[")
      try await twin.terminal.wait(for: "20 seconds of the run pass in one")
    }
  }

  @Test func whatARecordCannotDoIsRefused() async throws {
    try await SessionTwin.run { twin in
      try Self.open(5, twin)
      let terminal = twin.terminal
      try await terminal.wait("the end", until: Screen.isAt(5, "FINISHED"))
      terminal.type("P")
      try await terminal.wait(for: "leave this run with q, and start unfold with another preset")
      terminal.type("D")
      try await terminal.wait(for: "nothing trains here that could be left running")
      terminal.type(":copy values")
      terminal.press(.enter)
      try await terminal.wait {
        guard case .copy(let base64) = $0, let data = Data(base64Encoded: base64) else {
          return false
        }
        return String(decoding: data, as: UTF8.self).hasPrefix("step 5, loss 0.4")
      }
      terminal.feed(.interrupt)
      #expect(try await twin.end().status == 130)
    }
  }

  @Test func theTerminalsSideIsAsForRunsThatTrainHere() async throws {
    try await SessionTwin.run(settings: "theme: drak\n") { twin in
      try Self.open(5, twin)
      let terminal = twin.terminal
      try await terminal.wait("the end", until: Screen.isAt(5, "FINISHED"))
      terminal.resize(width: 20, height: 5)
      try await terminal.wait(for: "60×16")
      terminal.resize(width: 100, height: 30)
      try await terminal.wait("the run again", until: Screen.isAt(5, "FINISHED"))
      terminal.feed(.strayLine("libwords: cannot spell"))
      terminal.type("7")
      try await terminal.wait("both lines") {
        $0.contains("libwords: cannot spell") && $0.contains("did you mean dark?")
      }
      terminal.press(.control("l"))
      try await terminal.wait { $0 == .forget }
      terminal.press(.control("z"))
      try await terminal.wait { $0 == .suspend }
      terminal.type(",")
      terminal.press(.right)
      try await terminal.wait(for: "‹ light ›")
      terminal.press(.escape)
      try await Condition.wait("kept theme") {
        try twin.read("settings").contains("theme: light\n")
      }
      terminal.feed(.terminate(signal: 15))
      #expect(try await twin.end().status == 143)
    }
  }

  @Test func anotherRunIsDrawnUnderIt() async throws {
    try await SessionTwin.run { twin in
      try Self.record(5, twin)
      let other = try RecordedRun(twin.folder).history
      twin.watch(
        RecordedSource(try Replay(twin.folder)), of: "mine",
        with: [(name: "theirs", history: other)])
      twin.terminal.type("2")
      try await twin.terminal.wait(for: "theirs")
      twin.terminal.feed(.hangUp)
      #expect(try await twin.end().status == 129)
    }
  }

  // MARK: A log

  @Test func aLogIsFollowedAndNotTouched() async throws {
    try await SessionTwin.run { twin in
      func lines(_ steps: ClosedRange<Int>) -> String {
        steps.map { #"{"step":\#($0),"loss":\#(1.0 / Double($0))}"# + "\n" }.joined()
      }
      try twin.write(lines(1...20), to: "log.jsonl")
      let path = twin.folder + "/log.jsonl"
      twin.watch(FollowedSource(try RunFollower(path)), of: path)
      let terminal = twin.terminal
      let screen = try await terminal.wait("what is there", until: Screen.isAt(20, "FOLLOWING"))
      #expect(!screen.contains("replay"))
      let file = try #require(FileHandle(forWritingAtPath: path))
      try file.seekToEnd()
      try file.write(contentsOf: Data(lines(21...25).utf8))
      try await terminal.wait("what came", until: Screen.isAt(25, "FOLLOWING"))
      terminal.type("s")
      try await terminal.wait(for: "this run is trained elsewhere: unfold only follows it")
      terminal.type("2")
      try await terminal.wait(for: "[2 Loss]")
      terminal.type("]")
      try await Condition.wait("second refusal") {
        terminal.screens.filter { $0.contains("unfold only follows it") }.count > 1
      }
      terminal.type("q")
      #expect(try await twin.end().status == 0)
      #expect(try twin.read("log.jsonl") == lines(1...25))
    }
  }

  // MARK: Another process's run

  /// A run that trains here, and a dashboard over it that goes by its socket.
  private static func attach(
    settings: String? = nil,
    _ body: (_ run: SessionTwin, _ dashboard: SessionTwin) async throws -> Void
  ) async throws {
    try await SessionTwin.run { run in
      try run.start("tiny", ["training.steps=100000"])
      try await run.terminal.wait("training", until: Screen.isPast(2))
      try await SessionTwin.run(settings: settings) { dashboard in
        let path = run.run("tiny-1")
        dashboard.watch(try RunConnection(path), of: path)
        try await dashboard.terminal.wait("the run", until: Screen.isPast(2))
        try await body(run, dashboard)
      }
    }
  }

  @Test func anAttachedDashboardPausesStepsSetsAndSaves() async throws {
    try await Self.attach { run, dashboard in
      dashboard.terminal.type(" ")
      let paused = try #require(
        Screen.step(try await dashboard.terminal.wait(for: "PAUSED")))
      try await run.terminal.wait("the same", until: Screen.isAt(paused, "PAUSED"))
      dashboard.terminal.type(".")
      try await run.terminal.wait("one step", until: Screen.isAt(paused + 1, "PAUSED"))
      try await dashboard.terminal.wait("one step", until: Screen.isAt(paused + 1, "PAUSED"))
      dashboard.terminal.type("+")
      try await dashboard.terminal.wait(for: "learning rate 0.03 → 0.06")
      try await run.terminal.wait(for: "learning rate 0.03 → 0.06")
      dashboard.terminal.type("s")
      try await dashboard.terminal.wait(for: "snapshot \(run.folder)")
      #expect(run.snapshots(of: "tiny-1").count == 1)
      // A walk wants numbers that the run's own dashboard does not show.
      dashboard.terminal.type("w")
      try await dashboard.terminal.wait(for: "node 1 of ")
      dashboard.terminal.press(.right)
      try await dashboard.terminal.wait(for: "node 2 of ")
      dashboard.terminal.press(.escape)
      dashboard.terminal.type("q")
      try await dashboard.terminal.wait(for: "Leave?")
      dashboard.terminal.press(.escape)
      dashboard.terminal.type("D")
      let end = try await dashboard.end()
      #expect(end.status == 0)
      #expect(end.report.contains("unfold attach \(run.run("tiny-1"))"), "\(end)")
      run.terminal.type(" ")
      try await run.terminal.wait("training on", until: Screen.isPast(paused + 1))
    }
  }

  @Test func anAttachedDashboardStopsTheRun() async throws {
    try await Self.attach(settings: "progress: on\nbell: on\n") { run, dashboard in
      try await dashboard.terminal.wait {
        if case .progress(.running) = $0 { true } else { false }
      }
      dashboard.terminal.type("qs")
      try await run.terminal.wait(for: "FINISHED")
      // What was asked to stop is left once it is saved, also while somebody still looks at it.
      #expect(try await dashboard.end().status == 0)
      #expect(run.snapshots(of: "tiny-1").count == 1)
      #expect(dashboard.terminal.said.contains(.ring))
      run.terminal.type("q")
      #expect(try await run.end().status == 0)
    }
  }

  @Test func oneInterruptStopsTheRunASecondOneLeavesIt() async throws {
    try await Self.attach { run, dashboard in
      dashboard.terminal.feed(.interrupt)
      try await dashboard.terminal.wait(for: "stopping; once more leaves the run to its end")
      try await run.terminal.wait(for: "FINISHED")
      dashboard.terminal.feed(.interrupt)
      #expect(try await dashboard.end().status == 130)
      try await Condition.wait("snapshot of the end") { run.snapshots(of: "tiny-1").count == 1 }
    }
  }

  @Test func aRunThatGoesAwayIsToldAndLeft() async throws {
    try await Self.attach { run, dashboard in
      run.terminal.type("qq")
      #expect(try await run.end().status == 0)
      try await dashboard.terminal.wait("the end of the run") {
        $0.contains("has ended") || $0.contains("FINISHED")
      }
      dashboard.terminal.type(" ")
      try await dashboard.terminal.wait(for: "this run has ended")
      dashboard.terminal.type("q")
      #expect(try await dashboard.end().status == 0)
    }
  }

  @Test func losingTheTerminalEndsTheDashboardAlone() async throws {
    try await Self.attach { run, dashboard in
      dashboard.terminal.feed(.hangUp)
      #expect(try await dashboard.end().status == 129)
      let step = Screen.step(run.terminal.screen) ?? 0
      try await run.terminal.wait("training on", until: Screen.isPast(step + 2))
    }
  }
}
