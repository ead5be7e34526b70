import TerminalGraphics
import TrainingEvents

// How a lesson takes a number's first digit, is left, and is begun anew.
extension DashboardState {
  /// What the lesson's own keys do now, the first context first.
  var lessonContexts: [KeyBinding.Context] {
    guard let lesson else { return [] }
    if lesson.asksForNumber { return [.lessonNumber, .lesson] }
    return lesson.canBeginAnew ? [.lessonAgain, .lesson] : [.lesson]
  }

  /// Opens the answer with its first character, where the lesson has the keys and asks for a number.
  mutating func beginsLessonAnswer(with character: Character) -> Bool {
    guard contexts.contains(.lessonNumber),
      KeyBinding.binding(for: .character(character), in: [.lessonNumber]) != nil
    else { return false }
    lesson?.line = LineEditor(String(character))
    lesson?.mistake = nil
    needsRedraw = true
    return true
  }

  /// From an enlarged panel back to the view, from there to the list of lessons.
  mutating func leaveLesson() -> [DashboardAction] {
    guard !enlarged else {
      enlarged = false
      return []
    }
    return [.chooseLesson]
  }

  /// Gives the keys back to the lesson, and shows what its step is about.
  mutating func goBackToLesson() {
    guard let lesson else { return }
    show(lessonView: lesson.step?.view ?? lesson.lesson.view)
    focus = .lesson
  }

  /// Goes through the lesson once more, on a network that knows nothing yet.
  mutating func beginLessonAnew() -> [DashboardAction] {
    guard let lesson, lesson.canBeginAnew else { return [] }
    var anew = LessonState(lesson.lesson)
    // The numbers of a network that has learned already would answer what is to be predicted.
    anew.awaitsRestart = currentStep > run?.firstStep ?? 0
    self.lesson = anew
    go(toLessonStep: 0)
    return anew.awaitsRestart ? [.send(.pause), .send(.restart)] : advanceLesson()
  }
}

extension LessonState {
  /// Whether a number is to be typed, and nothing is typed yet.
  var asksForNumber: Bool {
    guard phase == .asking, line == nil, case .number? = step?.task else { return false }
    return true
  }

  /// Whether the letter of a choice is an answer.
  var asksForChoice: Bool {
    guard phase == .asking, case .choice? = step?.task else { return false }
    return true
  }

  /// Whether what was answered lies open, so that it can be answered anew.
  var canBeginAnew: Bool {
    !answers.isEmpty && (phase == .introduction || phase == .summary)
  }
}
