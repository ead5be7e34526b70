import Dashboard
import Foundation
import TerminalGraphics
import Testing
import Training
import TrainingEvents

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
      $0.contains("part \(step) of ") && $0.contains("type a number")
    }
    twin.terminal.type(text)
    twin.terminal.press(.enter)
  }

  @Test func answersAreJudgedAndKept() async throws {
    try await SessionTwin.run(size: Size(width: 150, height: 44)) { twin in
      let terminal = twin.terminal
      try start("unfolding", twin)
      try await terminal.wait(for: "begins: 4 parts")
      terminal.press(.enter)
      try await terminal.wait(for: "Fold the graph.")
      // What is to be done is done in the panels.
      terminal.press(.tab)
      terminal.type("f")
      try await terminal.wait(for: "right: ")
      terminal.press(.enter)
      try await answer("5", at: 2, twin)
      try await terminal.wait("the second answer") {
        $0.contains("part 2 of 4") && $0.contains("right: ")
      }
      terminal.press(.enter)
      try await answer("12", at: 3, twin)
      let wrong = try await terminal.wait("the third answer") {
        $0.contains("part 3 of 4") && $0.contains("look: ")
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
      try await terminal.wait(for: "goes on at part 4 of 4")
      terminal.press(.enter)
      try await answer("26", at: 4, twin)
      try await terminal.wait("the last answer") {
        $0.contains("part 4 of 4") && $0.contains("right: ")
      }
      terminal.type("l")
      let done = try await terminal.wait(for: "1 of ")
      #expect(done.contains("3/4") && done.contains("✓"), "\(done)")
      // What was gone through offers its result first; begun anew, it keeps it until there is another.
      terminal.press(.enter)
      try await terminal.wait("the result") {
        $0.contains("3 of 4 right") && $0.contains("n begins the lesson anew")
      }
      terminal.type("n")
      try await terminal.wait("the first step anew") {
        $0.contains("part 1 of 4") && $0.contains("Fold the graph.")
      }
      terminal.press(.escape)
      let kept = try await terminal.wait(for: "the lecture, lesson by lesson")
      #expect(kept.contains("3/4") && kept.contains("✓"), "\(kept)")
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
      try await terminal.wait(for: "begins: 5 parts")
      terminal.press(.enter)
      try await terminal.wait(for: "type a number")
      #expect(Screen.step(terminal.screen) == 3)
      // Both are drawn side by side.
      let both = try await terminal.wait("both networks") {
        $0.contains("tanh") && $0.contains("lstm")
      }
      #expect(both.contains("PAUSED"))
      #expect(!both.contains("no step yet"), "both have trained")
      terminal.press(.tab)
      terminal.type(":step 3")
      terminal.press(.enter)
      try await terminal.wait("three steps", until: Screen.isAt(6, "PAUSED"))
      terminal.type("y")
      // A prediction is judged where its step ends.
      terminal.type("1000")
      terminal.press(.enter)
      try await terminal.wait(for: "look: ")
      // What is left needs no question.
      terminal.press(.escape)
      try await terminal.wait(for: "the lecture, lesson by lesson")
      terminal.type("q")
      #expect(try await twin.end().status == 0)
      let kept = try twin.read("lessons.json")
      #expect(kept.contains(#""vanishing""#) && kept.contains(#""given":"1000""#), "\(kept)")
      try await goesOnAlone(in: twin.folder)
    }
  }

  /// Opened once more, a lesson has the curves of its own networks alone.
  private func goesOnAlone(in folder: String) async throws {
    let twin = try SessionTwin(in: folder, size: Size(width: 150, height: 44))
    let terminal = twin.terminal
    try start("vanishing", twin)
    try await terminal.wait(for: "goes on at part 2 of 5")
    terminal.press(.enter)
    try await terminal.wait("the network trained anew", until: Screen.isAt(3, "PAUSED"))
    terminal.press(.tab)
    terminal.type("2")
    let loss = try await terminal.wait(for: "[2 Loss]")
    #expect(!loss.contains("lesson-vanishing-1"), "\(loss)")
    terminal.type("q")
    #expect(try await twin.end().status == 0)
  }

  @Test func aSignalEndsALesson() async throws {
    try await SessionTwin.run(size: Size(width: 150, height: 44)) { twin in
      let terminal = twin.terminal
      try start("unfolding", twin)
      try await terminal.wait(for: "begins: 4 parts")
      terminal.feed(.terminate(signal: 15))
      #expect(try await twin.end().status == 143)
    }
  }

  /// Of a lesson that was gone through, the result stays until there is another one.
  @Test func theResultStaysUntilThereIsAnother() throws {
    let twin = try SessionTwin()
    let progress = LessonProgress(path: twin.folder + "/lessons.json")
    let lesson = try LessonLibrary.find("unfolding", among: Self.library)
    func answer(_ isRight: Bool) -> LessonState.Answer {
      LessonState.Answer(
        given: "1", judgement: LessonJudgement(isRight: isRight, reply: "", found: nil), words: "",
        step: 1)
    }
    let first = Dictionary(uniqueKeysWithValues: lesson.steps.indices.map { ($0, answer(true)) })
    #expect(progress.keep(LessonState(lesson, answers: first)) == nil)
    #expect(progress.state(of: lesson).phase == .summary)
    // Twice, since the second writing no longer finds the whole result where the first one did.
    for count in 1...2 {
      let some = first.filter { $0.key < count }.mapValues { _ in answer(false) }
      #expect(progress.keep(LessonState(lesson, answers: some)) == nil)
      #expect(progress.choice(of: lesson).right == 4 && progress.choice(of: lesson).answered == 4)
      #expect(progress.state(of: lesson).index == count)
    }
    let second = first.mapValues { _ in answer(false) }
    #expect(progress.keep(LessonState(lesson, answers: second)) == nil)
    #expect(progress.choice(of: lesson).right == 0 && progress.choice(of: lesson).answered == 4)
    #expect(!(try twin.read("lessons.json").contains("before")))
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
