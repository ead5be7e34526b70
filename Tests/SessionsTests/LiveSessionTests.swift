import Foundation
import TerminalGraphics
import Testing

@testable import Sessions

/// A run that trains here, under the keys.
@Suite(.serialized) struct LiveSessionTests {
  private static let pace = ["training.steps=100000"]

  @Test func spacePausesAndADotIsOneStep() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type(" ")
      let paused = try #require(Screen.step(try await terminal.wait(for: "PAUSED")))
      // Everything that is drawn anew stands at the same step.
      terminal.press(.tab)
      terminal.type("2")
      let still = try await terminal.wait(for: "[2 Loss]")
      #expect(Screen.step(still) == paused && still.contains("PAUSED"))
      terminal.type(".")
      try await terminal.wait("one step", until: Screen.isAt(paused + 1, "PAUSED"))
      terminal.type(".")
      try await terminal.wait("another", until: Screen.isAt(paused + 2, "PAUSED"))
      terminal.type(" ")
      try await terminal.wait("training on", until: Screen.isPast(paused + 3))
      terminal.type("qq")
      let end = try await twin.end()
      #expect(end.status == 0 && end.report.contains("no snapshot was saved"), "\(end)")
      let steps = try twin.recordedSteps(of: "tiny-1")
      #expect(steps == Array(1...max(1, steps.count)))
      #expect(twin.snapshots(of: "tiny-1").isEmpty)
    }
  }

  @Test func aSnapshotIsWrittenAndTheScreenSaysWhere() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type(" s")
      try await terminal.wait(for: "snapshot \(twin.folder)")
      let step = try #require(Screen.step(terminal.screen))
      let names = twin.snapshots(of: "tiny-1")
      #expect(names.count == 1 && names[0].hasSuffix("\(step)"), "\(names)")
      // Nothing is lost by leaving now, so nothing is asked.
      terminal.type("q")
      let end = try await twin.end()
      #expect(end.status == 0 && end.report.contains("unfold train --resume"), "\(end)")
      #expect(twin.snapshots(of: "tiny-1") == names)
    }
  }

  @Test func theQuestionBeforeTheEndIsAnsweredEachWay() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type("q")
      try await terminal.wait(for: "Quit?")
      terminal.press(.escape)
      let stayed = try await terminal.wait("no question") { !$0.contains("Quit?") }
      try await terminal.wait("training on", until: Screen.isPast(Screen.step(stayed) ?? 0))
      terminal.type("q")
      try await terminal.wait(for: "Quit?")
      terminal.type("s")
      let end = try await twin.end()
      let names = twin.snapshots(of: "tiny-1")
      #expect(end.status == 0 && names.count == 1, "\(end) \(names)")
      // The last step of the record is the snapshot's.
      let last = try #require(try twin.recordedSteps(of: "tiny-1").last)
      #expect(names[0] == "step-" + String(format: "%08d", last))
      #expect(end.report.contains("\(twin.folder)/runs/tiny-1/snapshots/\(names[0])"))
      #expect(terminal.said.last == .close)
    }
  }

  @Test func aScreenOfAnySizeIsDrawnAlsoUnderAQuestion() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type(":set training.learn")
      try await terminal.wait(for: ":set training.learn")
      terminal.resize(width: 20, height: 5)
      try await terminal.wait("the smallest size") { $0.contains("60×16") }
      #expect(terminal.picture?.size == Size(width: 20, height: 5))
      terminal.resize(width: 100, height: 30)
      try await terminal.wait("the prompt again") { $0.contains(":set training.learn") }
      #expect(terminal.picture?.size == Size(width: 100, height: 30))
      terminal.press(.escape)
      terminal.type("q")
      try await terminal.wait(for: "Quit?")
      terminal.resize(width: 60, height: 16)
      try await terminal.wait("the question, smaller") {
        $0.contains("Quit?") && $0.split(separator: "\n").allSatisfy { $0.count <= 60 }
      }
      terminal.type("q")
      #expect(try await twin.end().status == 0)
    }
  }

  @Test func ratesAreChangedAndTakenBack() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type("+")
      try await terminal.wait(for: "learning rate 0.03 → 0.06")
      terminal.type("-")
      try await terminal.wait(for: "learning rate 0.06 → 0.03")
      terminal.type("-")
      try await terminal.wait(for: "learning rate 0.03 → 0.015")
      terminal.type("u")
      try await terminal.wait(for: "learning rate 0.015 → 0.03")
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }

  @Test func thePaceIsThePresetsAndChangesInSteps() async throws {
    try await SessionTwin.run { twin in
      let start = ContinuousClock.now
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      let screen = try await terminal.wait("training", until: Screen.isPast(20))
      // Fifty steps a second at most, where the machine could do thousands.
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      #expect(Double(Screen.step(screen) ?? 0) < 50 * seconds + 10)
      terminal.type("]")
      try await terminal.wait(for: "at most 100 steps a second")
      terminal.type("[[")
      try await terminal.wait(for: "at most 20 steps a second")
      terminal.type(":pace none")
      terminal.press(.enter)
      let now = try #require(Screen.step(terminal.screen))
      // Without a limit it is done with far more than the fifty steps of a second.
      try await terminal.wait("many steps", until: Screen.isPast(now + 400))
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }

  @Test func keysThatWereTypedBeforeTheRunBeganAreHeard() async throws {
    try await SessionTwin.run { twin in
      twin.terminal.type("q")
      try twin.start("tiny", Self.pace)
      let end = try await twin.end()
      #expect(end.status == 0)
    }
  }

  @Test func aMisspeltCommandIsAnsweredAndARefusalToo() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type(":pasue")
      terminal.press(.enter)
      try await terminal.wait(for: "there is no command pasue; did you mean pause?")
      terminal.press(.escape)
      terminal.type(":run until epoch 0")
      terminal.press(.enter)
      // The engine's answer stands on the prompt's line as well.
      try await terminal.wait(for: "epoch 0 is past: the run is at")
      terminal.press(.escape)
      terminal.type(":pause")
      terminal.press(.enter)
      try await terminal.wait(for: "PAUSED")
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }

  @Test func helpOpensOnThePanelAndOnEverything() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type("?")
      try await terminal.wait(for: "Help: ")
      terminal.type("a")
      try await terminal.wait(for: "Keys and commands")
      terminal.press(.escape)
      let back = try await terminal.wait("no help") { !$0.contains("Keys and commands") }
      // It trains on under the help.
      try await terminal.wait("training", until: Screen.isPast(Screen.step(back) ?? 0))
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }

  @Test func theWalkPausesGoesFromNodeToNodeAndEnds() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", Self.pace)
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type("w")
      let first = try await terminal.wait(for: "node 1 of ")
      #expect(first.contains("PAUSED") && first.contains("[5 Graph]"))
      terminal.press(.right)
      try await terminal.wait(for: "node 2 of ")
      terminal.press(.left, .left)
      try await terminal.wait(for: "this is the first node")
      terminal.press(.escape)
      try await terminal.wait("no walk") { !$0.contains("node 1 of ") }
      terminal.type(" ")
      let step = try #require(Screen.step(first))
      try await terminal.wait("training on", until: Screen.isPast(step))
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }
}
