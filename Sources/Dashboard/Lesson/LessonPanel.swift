import TerminalGraphics
import TrainingEvents

/// The lesson beside the panels or under them: an idea, what is asked, and what the run says to it.
struct LessonPanel: Panel {
  var name: String { "Lesson" }
  var summary: String {
    "A part of the lecture: what to predict, to do and to read off beside it."
  }
  var context: KeyBinding.Context? { .lesson }

  func title(_ scene: Scene) -> StyledText {
    guard let lesson = scene.state.lesson else { return StyledText() }
    let theme = scene.theme
    var text = StyledText("Lesson", theme.title)
    text.add("  \(lesson.lesson.slideText)", theme.accent)
    if lesson.step != nil {
      text.add("  part \(lesson.index + 1) of \(lesson.lesson.steps.count)", theme.muted)
    }
    return text.adding("  \(lesson.lesson.title)", theme.text)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let lesson = scene.state.lesson else { return }
    let area = buffer.inside
    let lines = LessonText(lesson, scene).lines(width: area.width - 2)
    let most = max(0, lines.count - area.height)
    // What is newest stays in sight where all of it has no room.
    let first = min(max(0, lesson.scroll ?? (LessonText.isEndNewest(lesson) ? most : 0)), most)
    for (row, line) in lines.dropFirst(first).prefix(area.height).enumerated() {
      line.write(x: area.x + 1, y: area.y + row, limit: area.right, into: &buffer)
    }
    if first < most {
      buffer.write(
        scene.appearance.hasUnicode ? "↓" : "v", x: area.right - 1, y: area.bottom - 1,
        style: scene.theme.accent)
    }
    if first > 0 {
      buffer.write(
        scene.appearance.hasUnicode ? "↑" : "^", x: area.right - 1, y: area.y,
        style: scene.theme.accent)
    }
  }
}

extension PanelKind {
  static let lesson = PanelKind(LessonPanel())
}

/// What a lesson says just now, line by line.
struct LessonText {
  private let lesson: LessonState
  private let scene: Scene
  private var theme: Theme { scene.theme }

  init(_ lesson: LessonState, _ scene: Scene) { (self.lesson, self.scene) = (lesson, scene) }

  /// Whether the end of the text is what a person waits for.
  static func isEndNewest(_ lesson: LessonState) -> Bool {
    switch lesson.phase {
    case .asking, .revealing, .answered: true
    case .introduction, .preparing, .summary: false
    }
  }

  func lines(width: Int) -> [StyledText] {
    guard width > 0 else { return [] }
    switch lesson.phase {
    case .introduction:
      return introduction(width)
    case .summary:
      return summary(width)
    default: return lesson.step.map { step($0, width) } ?? []
    }
  }

  private func words(_ text: String, _ style: Style, _ width: Int) -> [StyledText] {
    text.wrapped(to: width).map { StyledText($0, style) }
  }

  private func introduction(_ width: Int) -> [StyledText] {
    let count = lesson.lesson.steps.count
    let begins = "begins: \(count) parts, about \(lesson.lesson.minutes) minutes"
    let keys =
      lesson.answers.isEmpty
      ? [("enter", begins)]
      : [("enter", "goes on at part \(lesson.index + 1) of \(count)"), ("n", "begins anew")]
    return words(lesson.lesson.title, theme.title, width)
      + words(lesson.lesson.text, theme.text, width) + [StyledText()] + keys.map(keyLine)
  }

  private func keyLine(_ key: String, _ does: String) -> StyledText {
    StyledText(key, theme.accent).adding(" \(does)", theme.muted, joined: true)
  }

  // MARK: A step

  private func step(_ step: Lesson.Step, _ width: Int) -> [StyledText] {
    var lines = words(step.title, theme.title, width) + words(step.idea, theme.text, width)
    if let equation = step.equation {
      // Formulas are easier to read apart, one a line.
      lines += equation.components(separatedBy: "   ").flatMap {
        words($0.trimmed, theme.accent, width - 2).map(indented)
      }
    }
    lines.append(StyledText())
    lines += words(step.ask, theme.warning, width)
    switch lesson.phase {
    case .preparing: lines += training(to: step.begin)
    case .revealing: lines += training(to: step.reveal)
    case .asking: lines += question(step, width)
    default: lines += answered(step, width)
    }
    return lines
  }

  private func indented(_ line: StyledText) -> StyledText {
    line.pieces.reduce(into: StyledText("  ")) { $0.add($1.text, $1.style) }
  }

  private func training(to step: Int?) -> [StyledText] {
    let now = scene.state.currentStep
    guard let step, step > now else {
      return [StyledText("the numbers are being measured …", theme.muted)]
    }
    let isPaused = scene.state.trainingState == .paused
    return [
      StyledText(
        "\(isPaused ? "paused: space trains on" : "training") to step \(NumberText.grouped(step)), "
          + "now at \(NumberText.grouped(now))", theme.muted)
    ]
  }

  private func question(_ step: Lesson.Step, _ width: Int) -> [StyledText] {
    var lines: [StyledText] = []
    switch step.task {
    case .number(let number):
      let unit = number.unit.isEmpty ? "" : " \(number.unit)"
      if let line = lesson.line {
        lines.append(
          StyledText("› \(line.beforeCursor)", theme.title)
            .adding(scene.appearance.hasUnicode ? "▏" : "_", theme.accent, joined: true)
            .adding(line.afterCursor, theme.title, joined: true)
            .adding(unit, theme.muted, joined: true))
        lines += words("enter answers, esc closes the answer", theme.muted, width)
      } else {
        let cursor =
          number.isPoint ? ", or put the chart’s cursor there with ← → and press enter here" : ""
        let what = unit.isEmpty ? "" : ", in\(unit)"
        lines += words(
          "type a number\(what)\(cursor); with tab first, digits change the view", theme.muted,
          width)
      }
    case .choice(let choices):
      for (letter, choice) in zip(["a", "b", "c", "d"], choices) {
        for (row, text) in choice.text.wrapped(to: width - 3).enumerated() {
          lines.append(
            StyledText(row == 0 ? letter : " ", theme.accent)
              .adding("  \(text)", theme.text, joined: true))
        }
      }
    case .action(let action):
      if !action.keys.isEmpty {
        lines += words("keys: \(action.keys.joined(separator: ", "))", theme.accent, width)
      }
      lines += words(
        "the panels are yours: tab goes there, y comes back. The lesson goes on when it is done.",
        theme.muted, width)
    }
    if let mistake = lesson.mistake { lines += words(mistake, theme.warning, width) }
    return lines
  }

  private func answered(_ step: Lesson.Step, _ width: Int) -> [StyledText] {
    guard let answer = lesson.answer else { return [] }
    let isRight = answer.judgement.isRight
    var lines: [StyledText] = []
    if !answer.given.isEmpty { lines += words("you: \(answer.given)", theme.muted, width) }
    let sign = scene.appearance.hasUnicode ? (isRight ? "✓ " : "✗ ") : (isRight ? "+ " : "x ")
    lines += words(
      sign + (isRight ? "right: " : "not quite: ") + answer.judgement.reply,
      isRight ? theme.good : theme.bad, width)
    if !isRight, !step.look.isEmpty { lines += words("look: \(step.look)", theme.accent, width) }
    lines += words(answer.words, theme.text, width)
    lines.append(StyledText("enter", theme.accent).adding(" goes on", theme.muted, joined: true))
    return lines
  }

  // MARK: The end

  private func summary(_ width: Int) -> [StyledText] {
    let count = lesson.lesson.steps.count
    var lines = [
      StyledText("Predicted and found: ", theme.title)
        .adding("\(lesson.rightCount) of \(count) right", theme.text, joined: true)
    ]
    for (index, step) in lesson.lesson.steps.enumerated() {
      guard let answer = lesson.answers[index] else {
        lines.append(StyledText("· \(step.title): skipped", theme.muted))
        continue
      }
      let isRight = answer.judgement.isRight
      let sign = scene.appearance.hasUnicode ? (isRight ? "✓" : "✗") : (isRight ? "+" : "x")
      let given = answer.given.isEmpty ? "" : "\(answer.given): "
      lines += words(
        "\(sign) \(step.title): \(given)\(answer.judgement.reply)",
        isRight ? theme.good : theme.bad, width)
    }
    lines.append(StyledText())
    let anew = lesson.answers.isEmpty ? [] : [("n", "begins the lesson anew")]
    let keys =
      [("x", "writes this page as Markdown")] + anew
      + [("←", "goes back"), ("esc", "leaves for the list of lessons")]
    return lines + keys.map(keyLine)
  }
}
