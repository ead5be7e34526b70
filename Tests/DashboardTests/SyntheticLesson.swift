import TrainingEvents

@testable import Dashboard

/// A lesson about the run that never happened.
enum SyntheticLesson {
  static let choice = Lesson.Step(
    title: "Up or down",
    idea: String(repeating: "A loss that is too high can be lowered by training. ", count: 6),
    equation: "θ ← θ − η ∇θ", ask: "What will the loss do?",
    task: .choice([
      Lesson.Choice(text: "it falls", isRight: .number(1)),
      Lesson.Choice(text: "it rises", isRight: .number(0)),
      Lesson.Choice(text: "it stays", isRight: .number(0)),
      Lesson.Choice(text: "it ends", isRight: .number(0)),
    ]), look: "2, the loss")

  static let number = Lesson.Step(
    title: "How much", idea: "The gradient has a length.", ask: "What is twice the step?",
    task: .number(
      Lesson.Number(
        answer: .binary(.times, .number(2), .call("step", [])), tolerance: .share(0.1),
        unit: "steps")), look: "the first row",
    found: [.words("It is step "), .value(.call("step", []))])

  static let act = Lesson.Step(
    title: "Do it", idea: "Space pauses.", ask: "Pause the run.",
    task: .action(Lesson.Action(isDone: .call("paused", []), keys: ["space"])), look: "space")

  static let lesson = Lesson(
    name: "synthetic", title: "A lesson that never happened", slides: [9, 10, 12],
    preset: "words", view: "overview", minutes: 5,
    text: String(repeating: "What it is about, in many words. ", count: 12),
    steps: [choice, number, act])

  /// The lesson beside a paused run, asking its first question.
  static func state() -> DashboardState {
    var state = SyntheticRun.state(lastStep: 900)
    state.apply(.state(.paused))
    state.begin(LessonState(lesson))
    _ = state.pressEnterInLesson()
    _ = state.advanceLesson()
    return state
  }
}
