import TerminalGraphics
import TrainingEvents

/// A lesson as the list shows it.
public struct LessonChoice: Sendable, Equatable {
  public var lesson: Lesson
  /// Parts answered so far, and those of them that were right.
  public var answered: Int
  public var right: Int

  public init(_ lesson: Lesson, answered: Int, right: Int) {
    (self.lesson, self.answered, self.right) = (lesson, answered, right)
  }

  var isDone: Bool { answered >= lesson.steps.count }
}

/// What the list of lessons asks of the session that runs it.
public enum LessonListAction: Sendable, Equatable {
  case open(Lesson)
  case presets
  case quit
  case suspend
  case redraw
}

/// The lessons of the lecture with what is done of each. Keys go in; cells and actions come out.
public struct LessonListState: Sendable {
  private let choices: [LessonChoice]
  private var index: Int
  private var message: String?
  public private(set) var needsRedraw = true

  /// - Parameters:
  ///   - choices: the lessons, in their order
  ///   - name: the lesson under the cursor at first; nil for the first that is not done
  ///   - message: what is said below them at first
  public init(_ choices: [LessonChoice], standing name: String?, message: String?) {
    self.choices = choices
    self.message = message
    index =
      choices.firstIndex { $0.lesson.name == name } ?? choices.firstIndex { !$0.isDone } ?? 0
  }

  public mutating func didDraw() { needsRedraw = false }

  public mutating func show(_ text: String) { (message, needsRedraw) = (text, true) }

  public mutating func resize() { needsRedraw = true }

  public mutating func handle(_ key: Key) -> [LessonListAction] {
    (message, needsRedraw) = (nil, true)
    switch key {
    case .down, .character("j"): index = min(index + 1, max(0, choices.count - 1))
    case .up, .character("k"): index = max(0, index - 1)
    case .home: index = 0
    case .end: index = max(0, choices.count - 1)
    case .enter, .right:
      guard choices.indices.contains(index) else { return [] }
      return [.open(choices[index].lesson)]
    case .character("P"), .escape, .character("l"): return [.presets]
    case .character("q"), .control("c"): return [.quit]
    case .control("z"): return [.suspend]
    case .control("l"): return [.redraw]
    default: break
    }
    return []
  }

  public func render(size: Size, appearance: Appearance) -> CellBuffer {
    var buffer = CellBuffer(size: size)
    let scene = Scene(state: DashboardState(), appearance: appearance)
    guard !DashboardState.isTooSmall(size) else {
      TooSmallNotice.draw(scene, into: &buffer)
      return buffer
    }
    let theme = appearance.theme
    let done = choices.count(where: \.isDone)
    StyledText("unfold", theme.accent).adding("  the lecture, lesson by lesson", theme.title)
      .adding("   \(done) of \(choices.count) done", theme.muted)
      .fitting(size.width - 2).write(x: 1, y: 0, limit: size.width, into: &buffer)
    let area = Rect(x: 0, y: 1, width: size.width, height: size.height - 2)
    let detailHeight = min(12, max(6, area.height * 4 / 10))
    let (list, details) = area.cutBottom(detailHeight)
    buffer.placeBox(
      list, title: StyledText("Lessons", scene.theme.title), isHeavy: true, appearance
    ) { drawList(scene, into: &$0) }
    let title = choices.indices.contains(index) ? choices[index].lesson.title : ""
    buffer.placeBox(
      details, title: StyledText(title, scene.theme.title), isHeavy: false, appearance
    ) {
      drawDetails(scene, into: &$0)
    }
    if let message {
      buffer.write(message.cut(to: size.width - 2), x: 1, y: size.height - 1, style: theme.warning)
    } else {
      StyledText("enter", theme.accent).adding(" opens", theme.muted, joined: true)
        .adding("   ↑ ↓", theme.accent).adding(" choose", theme.muted, joined: true)
        .adding("   esc", theme.accent).adding(" presets", theme.muted, joined: true)
        .adding("   q", theme.accent).adding(" quit", theme.muted, joined: true)
        .write(x: 1, y: size.height - 1, limit: size.width, into: &buffer)
    }
    return appearance.hasUnicode ? buffer : buffer.spelledInASCII()
  }

  private func drawList(_ scene: Scene, into buffer: inout CellBuffer) {
    let theme = scene.theme
    let inner = buffer.inside
    guard !choices.isEmpty else { return buffer.note("there are no lessons", style: theme.muted) }
    let first = max(0, min(index - inner.height / 2, choices.count - inner.height))
    let slides = choices.map { CharacterWidth.of($0.lesson.slideText) }.max() ?? 0
    for (row, choice) in choices.dropFirst(first).prefix(inner.height).enumerated() {
      let y = inner.y + row
      let isChosen = first + row == index
      let style = isChosen ? theme.chosen : theme.text
      buffer.fill(Rect(x: inner.x, y: y, width: inner.width, height: 1), with: Cell(" ", style))
      let sign = choice.isDone ? "✓" : choice.answered > 0 ? "◐" : "·"
      let ascii = choice.isDone ? "+" : choice.answered > 0 ? "o" : "."
      buffer.write(
        scene.appearance.hasUnicode ? sign : ascii, x: inner.x + 1, y: y,
        style: isChosen ? style : choice.isDone ? theme.good : theme.muted)
      buffer.write(
        choice.lesson.slideText, x: inner.x + 3, y: y, style: isChosen ? style : theme.accent)
      let left = inner.x + 5 + slides
      let right =
        choice.answered > 0
        ? "\(choice.right)/\(choice.lesson.steps.count)" : "\(choice.lesson.minutes) min"
      buffer.write(
        choice.lesson.title.cut(to: max(0, inner.right - left - 9)), x: left, y: y, style: style)
      buffer.write(
        right.rightAligned(to: 7), x: inner.right - 8, y: y, style: isChosen ? style : theme.muted,
        limit: inner.right)
    }
  }

  private func drawDetails(_ scene: Scene, into buffer: inout CellBuffer) {
    guard choices.indices.contains(index) else { return }
    let (choice, area, theme) = (choices[index], buffer.inside, scene.theme)
    let lesson = choice.lesson
    var lines = [
      StyledText(
        "\(lesson.slideText) · preset \(lesson.preset) · \(lesson.steps.count) parts, about "
          + "\(lesson.minutes) minutes", theme.accent)
    ]
    lines += lesson.text.wrapped(to: area.width - 2).map { StyledText($0, theme.text) }
    for (row, line) in lines.prefix(area.height).enumerated() {
      line.fitting(area.width - 2).write(
        x: area.x + 1, y: area.y + row, limit: area.right, into: &buffer)
    }
  }
}
