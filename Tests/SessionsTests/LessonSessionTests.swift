import Dashboard
import Foundation
import TerminalGraphics
import Testing
import Training

@testable import Sessions

/// A lesson beside its live network, under the keys.
@Suite(.serialized) struct LessonSessionTests {
  private static let library = LessonLibrary.load(dataDirectories: []).lessons
  private let quick = QuickLesson()

  private func start(_ name: String, _ twin: SessionTwin) throws {
    let lesson = try quick.of(name, among: Self.library)
    twin.start(at: .lesson(try LessonSetup(lesson, twin.options("tiny"))))
  }

  /// Types an answer once a step asks for a number.
  private func answer(_ text: String, at step: Int, _ twin: SessionTwin) async throws {
    try await twin.terminal.wait("question \(step)") {
      $0.contains("step \(step) of ") && $0.contains("enter, then type a number")
    }
    twin.terminal.press(.enter)
    twin.terminal.type(text)
    twin.terminal.press(.enter)
  }

  @Test func answersAreJudgedAndKept() async throws {
    try await SessionTwin.run(size: Size(width: 150, height: 44)) { twin in
      let terminal = twin.terminal
      try start("unfolding", twin)
      try await terminal.wait(for: "begins: 4 lesson steps")
      terminal.press(.enter)
      try await terminal.wait(for: "Fold the graph.")
      // What is to be done is done in the panels.
      terminal.press(.tab)
      terminal.type("f")
      try await terminal.wait(for: "right: ")
      terminal.press(.enter)
      try await answer("5", at: 2, twin)
      try await terminal.wait("the second answer") {
        $0.contains("step 2 of 4") && $0.contains("right: ")
      }
      terminal.press(.enter)
      try await answer("12", at: 3, twin)
      let wrong = try await terminal.wait("the third answer") {
        $0.contains("step 3 of 4") && $0.contains("look: ")
      }
      #expect(!wrong.contains("right: "))
      terminal.type("x")
      try await terminal.wait(for: "written: ")
      let page = try twin.read("runs/lesson-unfolding-1/unfolding.md")
      #expect(page.contains("Answered: 5") && page.contains("2 of 4 right"), "\(page)")
      #expect(twin.names(in: "runs/lesson-unfolding-1").contains("unfolding.svg"))
      // Without its answer the last step is open.
      terminal.type("l")
      let list = try await terminal.wait(for: "the lecture, lesson by lesson")
      #expect(list.contains("2/4"), "\(list)")
      terminal.press(.enter)
      try await terminal.wait(for: "goes on at lesson step 4 of 4")
      terminal.press(.enter)
      try await answer("26", at: 4, twin)
      try await terminal.wait("the last answer") {
        $0.contains("step 4 of 4") && $0.contains("right: ")
      }
      terminal.type("l")
      let done = try await terminal.wait(for: "1 of ")
      #expect(done.contains("3/4") && done.contains("✓"), "\(done)")
      terminal.type("q")
      let end = try await twin.end()
      #expect(end.status == 0)
      #expect(end.report.components(separatedBy: "lesson-unfolding").count > 2, "\(end.report)")
    }
  }

  /// One clock for two networks: they stand at the same step whenever they stand.
  @Test func twoNetworksTrainInStep() async throws {
    try await SessionTwin.run(size: Size(width: 150, height: 44)) { twin in
      let terminal = twin.terminal
      try start("vanishing", twin)
      try await terminal.wait(for: "begins: 5 lesson steps")
      terminal.press(.enter)
      try await terminal.wait(for: "enter, then type a number")
      #expect(Screen.step(terminal.screen) == 15)
      // Both are drawn side by side.
      let both = try await terminal.wait("both networks") {
        $0.contains("tanh") && $0.contains("lstm")
      }
      #expect(both.contains("PAUSED"))
      #expect(!both.contains("no step yet"), "both have trained")
      terminal.press(.tab)
      terminal.type(":step 3")
      terminal.press(.enter)
      try await terminal.wait("three steps", until: Screen.isAt(18, "PAUSED"))
      terminal.type("y")
      // A prediction is judged where its step ends.
      terminal.press(.enter)
      terminal.type("1000")
      terminal.press(.enter)
      try await terminal.wait(for: "look: ")
      terminal.press(.escape)
      terminal.feed(.terminate(signal: 15))
      #expect(try await twin.end().status == 143)
      let kept = try twin.read("lessons.json")
      #expect(kept.contains(#""vanishing""#) && kept.contains(#""given":"1000""#), "\(kept)")
    }
  }

  @Test func theListOpensALessonAndTellsWhatCannotStart() async throws {
    try await SessionTwin.run { twin in
      let terminal = twin.terminal
      twin.start(at: .lessons(message: nil))
      try await terminal.wait(for: "the lecture, lesson by lesson")
      var broken = try LessonLibrary.find("unfolding", among: Self.library)
      broken.preset = "none"
      let another = try SessionTwin(in: twin.folder)
      another.start(at: .openLesson(broken))
      try await another.terminal.wait(for: "unfolding cannot start: ")
      another.terminal.type("q")
      #expect(try await another.end().status == 0)
      terminal.press(.home, .enter)
      try await terminal.wait(for: " begins: ")
      terminal.feed(.interrupt)
      #expect(try await twin.end().status == 130)
    }
  }
}
