import TerminalGraphics
import TrainingEvents

extension KeyBindings {
  static let lesson: [KeyBinding] = [
    lesson([.enter], "enter", hint: "next", rank: 0, "answer, then continue") {
      $0.pressEnterInLesson()
    },
    choice("a", 0), choice("b", 1), choice("c", 2), choice("d", 3),
    lesson([.left], "←", hint: "browse", as: "← →", rank: 3, "the previous part of the lesson") {
      $0.moveInLesson(by: -1)
    },
    lesson([.right], "→", "the next part of the lesson") { $0.moveInLesson(by: 1) },
    lesson([.up], "↑", "scroll the lesson up") { $0.scrollLesson(by: -1) },
    lesson([.down], "↓", "scroll the lesson down") { $0.scrollLesson(by: 1) },
    lesson([.character("x")], "x", hint: "export", rank: 6, "export what was predicted and found") {
      $0.exportLesson()
    },
    lesson(
      [.character("l"), .escape], "l esc", hint: "lessons", as: "esc", rank: 5,
      "leave the lesson for the list; what was answered is kept"
    ) { $0.leaveLesson() },
    KeyBinding(
      digits, "0–9", hint: "answer", rank: 1, "begin the answer where a number is asked for",
      .lesson, in: .lessonNumber
    ) { state in
      state.lesson?.line = LineEditor("")
      return []
    },
    KeyBinding(
      [.character("n")], "n", hint: "anew", rank: 1,
      "begin a lesson anew that was gone through or begun", .lesson, in: .lessonAgain
    ) { $0.beginLessonAnew() },
  ]

  /// What a number may begin with.
  private static let digits = "0123456789.-−".map(Key.character)

  /// From anywhere back to the lesson.
  static let openingLesson: [KeyBinding] = [
    KeyBinding([.character("y")], "y", "to the lesson, where one is open", .lesson) {
      state in
      guard state.lesson != nil else {
        state.show("no lesson is open: l in the list of presets opens one")
        return []
      }
      state.focus = .lesson
      return []
    }
  ]

  static let lessonAnswer: [KeyBinding] = [
    answer([.enter], "enter", hint: "answer", "answer") { $0.submitLessonLine() },
    answer([.escape, .control("c")], "esc", hint: "close", "close the answer; the lesson stays") {
      state in
      state.lesson?.line = nil
      return []
    },
    edit([.left], "←", "one character to the left") { $0.move(by: -1) },
    edit([.right], "→", "one character to the right") { $0.move(by: 1) },
    edit([.backspace, .control("h")], "backspace", "delete the character before the cursor") {
      $0.deleteBackward()
    },
    edit([.control("u")], "ctrl-u", "delete up to the start") { $0.deleteToStart() },
  ]

  private static func choice(_ letter: Character, _ index: Int) -> KeyBinding {
    lesson(
      [.character(letter)], String(letter), hint: index == 0 ? "choose" : nil, as: "a b c",
      rank: 1, "choose \(letter)"
    ) { $0.choose(inLesson: index) }
  }

  private static func lesson(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    rank: Int = 7, _ summary: String,
    perform: @escaping @Sendable (inout DashboardState) -> [DashboardAction]
  ) -> KeyBinding {
    KeyBinding(
      keys, label, hint: hint, as: hintLabel, rank: rank, summary, .lesson, in: .lesson,
      perform: perform)
  }

  private static func answer(
    _ keys: [Key], _ label: String, hint: String? = nil, _ summary: String,
    perform: @escaping @Sendable (inout DashboardState) -> [DashboardAction]
  ) -> KeyBinding {
    KeyBinding(
      keys, label, hint: hint, rank: 1, summary, .lessonAnswer, in: .lessonAnswer,
      perform: perform)
  }

  private static func edit(
    _ keys: [Key], _ label: String, _ summary: String,
    change: @escaping @Sendable (inout LineEditor) -> Void
  ) -> KeyBinding {
    answer(keys, label, summary) { state in
      if var line = state.lesson?.line {
        change(&line)
        state.lesson?.line = line
      }
      return []
    }
  }
}

extension DashboardState {
  mutating func scrollLesson(by lines: Int) -> [DashboardAction] {
    guard let lesson, let placement = lessonPlacement(in: size) else { return [] }
    let inner = placement.rect.inset(1, 1)
    let scene = Scene(state: self, appearance: Appearance())
    let count = LessonText(lesson, scene).lines(width: inner.width - 2).count
    let most = max(0, count - inner.height)
    let now = lesson.scroll ?? (LessonText.isEndNewest(lesson) ? most : 0)
    self.lesson?.scroll = min(max(0, now + lines), most)
    return []
  }

  mutating func exportLesson() -> [DashboardAction] {
    guard let lesson, !lesson.answers.isEmpty else {
      show("nothing was answered yet")
      return []
    }
    return [.exportLesson]
  }
}
