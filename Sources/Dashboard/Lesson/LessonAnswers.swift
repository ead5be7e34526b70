import TerminalGraphics
import TrainingEvents

extension DashboardState {
  /// Answers as the run says itself, or as it does not: for trying a lesson out. A prediction is made
  /// before there is anything to know, so that "rightly" takes what holds now.
  public mutating func answerLesson(rightly: Bool) -> [DashboardAction] {
    guard let lesson, lesson.phase == .asking else { return [] }
    self.lesson?.enter(.revealing(.nan))
    self.lesson?.pending = rightly ? "right" : "wrong"
    self.lesson?.rehearsal = rightly
    return advanceLesson()
  }

  /// Leaves a thing to do undone.
  public mutating func passLessonStep() -> [DashboardAction] {
    guard var lesson, lesson.phase == .asking, case .action? = lesson.step?.task else { return [] }
    lesson.answers[lesson.index] = LessonState.Answer(
      given: "", judgement: LessonJudgement(isRight: false, reply: "not done", found: nil),
      words: "", step: currentStep)
    lesson.enter(.answered)
    self.lesson = lesson
    return []
  }

  /// Presses a key by its name, such as `space`, `→`, `w`, or runs a command, such as `:pause`.
  public mutating func press(_ word: String) throws(LessonMistake) -> [DashboardAction] {
    if word.hasPrefix(":") {
      do {
        return try run(command: String(word.dropFirst()))
      } catch {
        throw LessonMistake(error.text)
      }
    }
    let names: [String: Key] = [
      "space": .character(" "), "enter": .enter, "esc": .escape, "tab": .tab, "→": .right,
      "←": .left, "↑": .up, "↓": .down, "home": .home, "end": .end, "pagedown": .pageDown,
    ]
    guard let key = names[word] ?? (word.count == 1 ? word.first.map(Key.character) : nil) else {
      throw LessonMistake(
        "there is no key \(word)"
          + (EditDistance.nearest(to: word, among: names.keys.sorted()).map {
            "; did you mean \($0)?"
          } ?? ""))
    }
    return handle(key)
  }

  /// What was predicted and found, as Markdown.
  public func lessonPage(picture: String?) -> String {
    guard let lesson else { return "" }
    var text = "# \(lesson.lesson.title)\n\n\(lesson.lesson.slideText), preset "
    text +=
      "`\(lesson.lesson.preset)`; \(lesson.rightCount) of \(lesson.lesson.steps.count) right.\n"
    for (index, step) in lesson.lesson.steps.enumerated() {
      text += "\n## \(index + 1). \(step.title)\n\n\(step.idea)\n"
      if let equation = step.equation { text += "\n> \(equation)\n" }
      text += "\n*\(step.ask)*\n"
      guard let answer = lesson.answers[index] else {
        text += "\nSkipped.\n"
        continue
      }
      if !answer.given.isEmpty { text += "\nAnswered: \(answer.given)\n" }
      text += "\n\(answer.judgement.isRight ? "✓" : "✗") At step \(answer.step): "
      text += "\(answer.judgement.reply)."
      text += answer.words.isEmpty ? "\n" : " \(answer.words)\n"
    }
    if let picture { text += "\n![The screen at the end](\(picture))\n" }
    return text
  }
}

extension LessonState {
  /// What kind of answer a step takes, in words.
  public static func expected(by step: Lesson.Step) -> String {
    switch step.task {
    case .number: "a number"
    case .choice(let choices):
      "one of " + ["a", "b", "c", "d"].prefix(choices.count).joined(separator: ", ")
    case .action: "keys"
    }
  }
}
