import TerminalGraphics

/// Every key with its one line, made from the table that dispatches keys, and every command.
enum HelpOverlay {
  private static let keyWidth = 16

  private enum Line {
    case heading(String)
    case key(String, String)
    case space
  }

  static func draw(_ scene: Scene, scroll: Int, into buffer: inout CellBuffer) {
    let columns = columns(in: buffer.size)
    let lines = lines(scene.state, width: columnWidth)
    let rect = frame(in: buffer.size, lines: lines.count)
    Dialog.draw(rect, title: "Keys and commands", scene: scene, into: &buffer)
    let inner = rect.inset(2, 1)
    let hidden = lines.count - scroll - inner.height * columns
    if hidden > 0 {
      let more = " \(hidden) more: \(scene.appearance.hasUnicode ? "↓" : "down") "
      buffer.write(more, x: rect.x + 3, y: rect.bottom - 1, style: scene.theme.muted)
    }
    let shown = lines.dropFirst(scroll).prefix(inner.height * columns)
    for (index, line) in shown.enumerated() {
      let x = inner.x + index / max(1, inner.height) * (columnWidth + 2)
      let place = (x: x, y: inner.y + index % max(1, inner.height))
      let limit = min(inner.right, x + columnWidth)
      switch line {
      case .heading(let text):
        buffer.write(text, x: x, y: place.y, style: scene.theme.title, limit: limit)
      case .key(let label, let summary):
        buffer.write(label, x: x + 2, y: place.y, style: scene.theme.accent, limit: limit)
        buffer.write(
          summary, x: x + keyWidth, y: place.y, style: scene.theme.text, limit: limit)
      case .space: break
      }
    }
  }

  static func lineCount(_ state: DashboardState) -> Int {
    lines(state, width: columnWidth).count
  }

  static func visibleLines(_ state: DashboardState) -> Int {
    let rect = frame(in: state.size, lines: lineCount(state))
    return max(0, rect.height - 2) * columns(in: state.size)
  }

  /// Cells for a key and its line; the smallest screen that the dashboard uses holds one column.
  private static let columnWidth = 56

  private static func columns(in size: Size) -> Int { size.width >= 124 ? 2 : 1 }

  private static func frame(in size: Size, lines: Int) -> Rect {
    let area = DashboardState.area(of: size)
    let columns = columns(in: size)
    let height = (lines + columns - 1) / columns + 2
    return area.centred(
      width: columns * (columnWidth + 2) + 2, height: min(area.height, height))
  }

  /// In a view of its own, the keys of the panel with the focus come first: they are what a person
  /// asks for there.
  private static func lines(_ state: DashboardState, width: Int) -> [Line] {
    let context = state.view == .overview ? nil : state.focusedPanel?.context
    let first = context.flatMap { context in
      KeyBindings.all.first { $0.context == context }?.group
    }
    let groups =
      KeyBinding.Group.allCases.filter { $0 == first }
      + KeyBinding.Group.allCases.filter { $0 != first }
    var lines: [Line] = []
    for group in groups {
      let bindings = KeyBindings.all.filter { $0.group == group }
      guard !bindings.isEmpty else { continue }
      if !lines.isEmpty { lines.append(.space) }
      lines.append(.heading(group.rawValue))
      for binding in bindings { append(binding.label, binding.summary, width, to: &lines) }
    }
    lines += [.space, .heading("Commands, after :")]
    for command in Command.all {
      append("\(command.name) \(command.arguments)", command.summary, width, to: &lines)
    }
    return lines
  }

  private static func append(
    _ label: String, _ summary: String, _ width: Int, to lines: inout [Line]
  ) {
    // A long label takes a line of its own.
    let isLong = CharacterWidth.of(label) > keyWidth - 3
    if isLong { lines.append(.key(label, "")) }
    for (index, part) in summary.wrapped(to: width - keyWidth).enumerated() {
      lines.append(.key(index == 0 && !isLong ? label : "", part))
    }
  }
}
