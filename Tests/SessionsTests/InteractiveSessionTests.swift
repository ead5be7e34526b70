import Foundation
import TerminalGraphics
import Testing

@testable import Sessions

/// Chooser, lists and runs in turn.
@Suite(.serialized) struct InteractiveSessionTests {
  /// Chooses a preset by its name.
  private static func choose(_ name: String, _ twin: SessionTwin) async throws {
    try await twin.terminal.wait(for: "choose what to train")
    twin.terminal.type("/\(name)")
    try await twin.terminal.wait(for: "/\(name)")
    twin.terminal.press(.enter, .enter)
    try await twin.terminal.wait("\(name) training") {
      $0.contains("  \(name) · ") && (Screen.step($0) ?? 0) > 2
    }
  }

  private static func leaveForThePresets(_ twin: SessionTwin) async throws {
    twin.terminal.type("P")
    try await twin.terminal.wait(for: "Leave this run?")
    twin.terminal.press(.enter)
    try await twin.terminal.wait(for: "esc back to the run")
  }

  @Test func aPresetIsChosenLeftAndComeBackTo() async throws {
    try await SessionTwin.run { twin in
      twin.start(at: .chooser(message: nil))
      try await twin.terminal.wait(for: "starts by itself in")
      try await Self.choose("tiny", twin)
      try await Self.leaveForThePresets(twin)
      #expect(twin.snapshots(of: "tiny-1").count == 1)
      // The size that the terminal gets meanwhile is the run's as well.
      twin.terminal.resize(width: 90, height: 30)
      twin.terminal.press(.escape)
      let back = try await twin.terminal.wait(for: "the run is paused: space trains on")
      #expect(back.contains("PAUSED"))
      #expect(twin.terminal.picture?.size == Size(width: 90, height: 30))
      let step = try #require(Screen.step(back))
      #expect(twin.snapshots(of: "tiny-1") == ["step-" + String(format: "%08d", step)])
      twin.terminal.type(" ")
      try await twin.terminal.wait("training on", until: Screen.isPast(step))
      // Another preset ends it, with a snapshot.
      twin.terminal.type(":start parity")
      twin.terminal.press(.enter)
      try await twin.terminal.wait("parity training") {
        $0.contains("  parity · ") && (Screen.step($0) ?? 0) > 0
      }
      #expect(twin.snapshots(of: "tiny-1").count == 2)
      twin.terminal.type("q")
      try await twin.terminal.wait(for: "Quit?")
      twin.terminal.type("s")
      let end = try await twin.end()
      #expect(end.status == 0)
      // Each run leaves its report, the first one first.
      let reports = end.report.components(separatedBy: "unfold train --resume")
      #expect(reports.count == 3 && reports[0].contains("tiny") && reports[1].contains("parity"))
      let steps = try twin.recordedSteps(of: "tiny-1")
      #expect(steps == Array(1...max(1, steps.count)))
    }
  }

  @Test func whoPressesNothingGetsTheDefaultPreset() async throws {
    try await SessionTwin.run { twin in
      twin.start(at: .chooser(message: nil), patience: 0.3)
      try await twin.terminal.wait("words") { $0.contains("  words · ") }
      twin.terminal.feed(.hangUp)
      #expect(try await twin.end().status == 129)
    }
  }

  @Test func aKeyStopsTheClock() async throws {
    try await SessionTwin.run { twin in
      twin.start(at: .chooser(message: nil))
      try await twin.terminal.wait(for: "starts by itself in")
      twin.terminal.press(.down)
      try await twin.terminal.wait("no clock") { !$0.contains("starts by itself in") }
      let count = twin.terminal.screens.count
      // A wait that has to be: a clock that went on would tell its next second.
      try await Task.sleep(for: .seconds(1.3))
      #expect(
        !twin.terminal.screens.dropFirst(count).contains { $0.contains("starts by itself in") })
      twin.terminal.type("q")
      let end = try await twin.end()
      #expect(end.status == 0 && end.report.isEmpty)
    }
  }

  @Test func whatThereIsToSayStopsTheClockToo() async throws {
    try await SessionTwin.run { twin in
      twin.start(at: .chooser(message: "look here"), patience: 0)
      try await twin.terminal.wait(for: "look here")
      twin.terminal.type("q")
      #expect(try await twin.end().status == 0)
      #expect(!twin.terminal.screens.contains { $0.contains("starts by itself in") })
    }
  }

  @Test func whatCannotStartIsToldInTheChooser() async throws {
    try await SessionTwin.run { twin in
      twin.start(at: .start(preset: "\(twin.folder)/none.yaml"))
      let screen = try await twin.terminal.wait(for: "none.yaml cannot start: ")
      #expect(screen.contains("choose what to train"))
      twin.terminal.feed(.interrupt)
      #expect(try await twin.end().status == 130)
    }
  }

  /// The run that waits behind the chooser is ended in order.
  @Test(arguments: [(TerminalInput.hangUp, Int32(129)), (.terminate(signal: 15), 143)])
  func aSignalInTheChooserEndsThePausedRun(
    _ signal: TerminalInput, _ status: Int32
  ) async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", ["training.steps=100000"])
      try await twin.terminal.wait("training", until: Screen.isPast(2))
      try await Self.leaveForThePresets(twin)
      twin.terminal.feed(signal)
      let end = try await twin.end()
      #expect(end.status == status && end.report.contains("unfold train --resume"), "\(end)")
      let last = try #require(try twin.recordedSteps(of: "tiny-1").last)
      #expect(twin.snapshots(of: "tiny-1") == ["step-" + String(format: "%08d", last)])
    }
  }

  @Test func settingsChosenHereHoldForRuns() async throws {
    try await SessionTwin.run { twin in
      let terminal = twin.terminal
      twin.start(at: .chooser(message: nil))
      try await terminal.wait(for: "choose what to train")
      terminal.type(",")
      try await terminal.wait(for: "‹ dark ›")
      terminal.press(.right)
      try await terminal.wait(for: "‹ light ›")
      terminal.press(.escape)
      #expect(try twin.read("settings").contains("theme: light\n"))
      terminal.feed(.strayLine("libwords: cannot spell"))
      try await terminal.wait(for: "libwords: cannot spell")
      terminal.press(.control("l"))
      try await terminal.wait { $0 == .forget }
      terminal.press(.control("z"))
      try await terminal.wait { $0 == .suspend }
      try await Self.choose("tiny", twin)
      terminal.type(",")
      try await terminal.wait(for: "‹ light ›")
      // What is changed in the run holds in the chooser, and the other way round.
      terminal.press(.left)
      try await terminal.wait(for: "‹ dark ›")
      terminal.press(.escape)
      try await Self.leaveForThePresets(twin)
      #expect(terminal.screen.contains("Three units and five steps"), "the cursor stands there")
      terminal.type(",")
      try await terminal.wait(for: "‹ dark ›")
      terminal.press(.right)
      try await terminal.wait(for: "‹ light ›")
      terminal.press(.escape, .escape)
      try await terminal.wait(for: "PAUSED")
      terminal.type(",")
      try await terminal.wait(for: "‹ light ›")
    }
  }

  @Test func aClickChoosesAndASecondOneStarts() async throws {
    try await SessionTwin.run { twin in
      twin.start(at: .chooser(message: nil))
      try await twin.terminal.wait(for: "choose what to train")
      twin.terminal.type("/three units")
      try await twin.terminal.wait(for: "/three units")
      twin.terminal.press(.enter)
      try twin.terminal.click(on: "● tiny")
      try await twin.terminal.wait("tiny training") {
        $0.contains("  tiny · ") && (Screen.step($0) ?? 0) > 2
      }
    }
  }

  @Test func theListOfLessonsIsOneKeyAwayAndLeadsBack() async throws {
    try await SessionTwin.run { twin in
      let terminal = twin.terminal
      twin.start(at: .chooser(message: nil))
      try await terminal.wait(for: "choose what to train")
      terminal.type("l")
      try await terminal.wait(for: "the lecture, lesson by lesson")
      terminal.resize(width: 80, height: 24)
      try await terminal.wait("a smaller list") {
        $0.contains("lesson by lesson")
          && $0.split(separator: "\n").allSatisfy { $0.count <= 80 }
      }
      terminal.feed(.strayLine("libwords: cannot spell"))
      try await terminal.wait(for: "libwords: cannot spell")
      terminal.press(.control("l"))
      try await terminal.wait { $0 == .forget }
      terminal.press(.control("z"))
      try await terminal.wait { $0 == .suspend }
      terminal.press(.escape)
      try await terminal.wait(for: "choose what to train")
      terminal.type("l")
      try await terminal.wait(for: "the lecture, lesson by lesson")
      terminal.feed(.hangUp)
      #expect(try await twin.end().status == 129)
    }
  }
}
