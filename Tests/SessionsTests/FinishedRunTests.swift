import Foundation
import TerminalGraphics
import Testing

@testable import Sessions

/// What a person does with a run that trained here and ended.
@Suite(.serialized) struct FinishedRunTests {
  /// Trains thirty steps, which takes half a second.
  private static func finish(_ twin: SessionTwin, _ more: [String] = []) async throws {
    try twin.start("tiny", ["training.steps=30"] + more)
    // The screen says so once the last snapshot is written.
    try await twin.terminal.wait(for: "final snapshot")
    #expect(Screen.isAt(30, "FINISHED")(twin.terminal.screen))
  }

  @Test func nothingIsAskedWhereEveryStepIsSaved() async throws {
    try await SessionTwin.run { twin in
      try await Self.finish(twin)
      twin.terminal.type("q")
      let end = try await twin.end()
      #expect(end.status == 0 && end.report.contains("completed at step 30"), "\(end)")
      #expect(twin.snapshots(of: "tiny-1") == ["step-00000030"])
    }
  }

  @Test func itIsPlayedBackFromItsBeginning() async throws {
    try await SessionTwin.run { twin in
      try await Self.finish(twin)
      let terminal = twin.terminal
      terminal.press(.backspace)
      try await terminal.wait("one step back", until: Screen.isAt(29, "replay"))
      terminal.press(.backspace)
      try await terminal.wait("another", until: Screen.isAt(28, "replay"))
      terminal.type(".")
      try await terminal.wait("one on", until: Screen.isAt(29, "PAUSED"))
      terminal.type("]")
      try await terminal.wait(for: "seconds of the run pass in one")
      // As fast as it goes, to the end, where the run stands as it ended.
      terminal.type("]]]]]]]]]] ")
      let end = try await terminal.wait("the end", until: Screen.isAt(30, "FINISHED"))
      #expect(end.contains("replay") || !end.contains("PAUSED"))
      try await terminal.wait("no replay") { !$0.contains("replay  step") }
      // From the end it begins anew.
      terminal.type(".")
      try await terminal.wait("the first step", until: Screen.isAt(1, "PAUSED"))
      terminal.type("q")
      #expect(try await twin.end().status == 0)
      #expect(twin.snapshots(of: "tiny-1") == ["step-00000030"])
      #expect(try twin.recordedSteps(of: "tiny-1") == Array(1...30))
    }
  }

  @Test func itIsTrainedAgainFromItsFirstStep() async throws {
    try await SessionTwin.run { twin in
      try await Self.finish(twin)
      let terminal = twin.terminal
      // The replay of the end gives way.
      terminal.press(.backspace)
      try await terminal.wait("one step back", until: Screen.isAt(29, "replay"))
      terminal.type("R")
      try await terminal.wait(for: "Start over?")
      terminal.press(.enter)
      // It begins paused.
      try await terminal.wait("the beginning") { $0.contains("PAUSED") && Screen.step($0) == 0 }
      terminal.type("++ ")
      try await terminal.wait("the second end", until: Screen.isAt(30, "FINISHED"))
      terminal.type("q")
      #expect(try await twin.end().status == 0)
      let names = twin.snapshots(of: "tiny-1")
      #expect(names.count == 2 && names.allSatisfy { $0.hasPrefix("step-00000030") }, "\(names)")
    }
  }

  /// What a finished run cannot do is said, and what it is left for shows it as it was.
  /// What is pressed before the last snapshot is on disk is done once it is.
  @Test func keysThatAreAheadOfTheEndAreHeard() async throws {
    try await SessionTwin.run { twin in
      try twin.start("tiny", ["training.steps=30"])
      let terminal = twin.terminal
      try await terminal.wait("the end", until: Screen.isAt(30, "FINISHED"))
      terminal.press(.backspace)
      try await terminal.wait("one step back", until: Screen.isAt(29, "replay"))
      // The record has the run's end: played, the run stands as it ended.
      terminal.type("]]]]]]]]]] ")
      try await terminal.wait("the end", until: Screen.isAt(30, "FINISHED"))
    }
  }

  @Test func itIsLeftForThePresetsAndShownAgain() async throws {
    try await SessionTwin.run { twin in
      try await Self.finish(twin)
      let terminal = twin.terminal
      terminal.type("+")
      try await terminal.wait(for: "this run is finished")
      terminal.type("P")
      try await terminal.wait(for: "choose what to train")
      terminal.press(.escape)
      let back = try await terminal.wait("the run", until: Screen.isAt(30, "FINISHED"))
      #expect(!back.contains("space trains on"), "nothing trains on")
      terminal.type("q")
      #expect(try await twin.end().status == 0)
      #expect(twin.snapshots(of: "tiny-1") == ["step-00000030"])
    }
  }

  @Test func itsEndRingsAndRunsAPersonsCommand() async throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let settings = "bell: on\nnotice: printf '%s' \"$UNFOLD_NOTICE\" > '\(file)'\n"
    try await SessionTwin.run(settings: settings) { twin in
      try await Self.finish(twin)
      try await twin.terminal.wait { $0 == .ring }
      try await Condition.wait("notice") {
        (try? String(contentsOfFile: file, encoding: .utf8)) == "tiny: completed at step 30"
      }
      twin.terminal.type("q")
      #expect(try await twin.end().status == 0)
    }
  }

  /// A loss that leaves all bounds ends training, and the alert's page says what to do.
  @Test func aRunThatDivergesHasAnAlertAndBeginsAgain() async throws {
    try await SessionTwin.run { twin in
      try twin.start(
        "tiny",
        [
          "training.steps=100000", "training.optimizer.name=sgd",
          "training.optimizer.learning-rate=0.0001",
        ])
      let terminal = twin.terminal
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type(":set training.optimizer.learning-rate=1e30")
      terminal.press(.enter)
      try await terminal.wait(for: "DIVERGED")
      terminal.type("!")
      try await terminal.wait("the page of the alert") {
        $0.contains("Alert: ") && $0.contains("what to do")
      }
      terminal.press(.escape)
      terminal.type(" ")
      try await terminal.wait(for: "this run diverged")
      terminal.type("R")
      try await terminal.wait(for: "Start over?")
      terminal.press(.enter)
      try await terminal.wait("the beginning") { $0.contains("PAUSED") && Screen.step($0) == 0 }
      terminal.type(" ")
      try await terminal.wait("training", until: Screen.isPast(2))
      terminal.type("qq")
      #expect(try await twin.end().status == 0)
    }
  }
}
