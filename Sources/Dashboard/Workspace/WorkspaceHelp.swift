import TerminalGraphics

/// All keys of a workspace in a box over it.
enum WorkspaceHelp {
  private static let keyWidth = 14

  private enum Line {
    case heading(String)
    case key(String, String)
    case space
  }

  static func draw(scroll: Int, _ scene: Scene, into buffer: inout CellBuffer) {
    let (rect, lines) = place(buffer.size)
    Dialog.draw(rect, title: "Keys in a list of runs", scene: scene, into: &buffer)
    let inner = rect.inset(2, 1)
    let theme = scene.theme
    for (row, line) in lines.dropFirst(scroll).prefix(inner.height).enumerated() {
      let y = inner.y + row
      switch line {
      case .heading(let text):
        buffer.write(text, x: inner.x, y: y, style: theme.title, limit: inner.right)
      case .key(let label, let summary):
        buffer.write(label, x: inner.x + 1, y: y, style: theme.accent, limit: inner.right)
        buffer.write(summary, x: inner.x + keyWidth, y: y, style: theme.text, limit: inner.right)
      case .space: break
      }
    }
    let hidden = lines.count - scroll - inner.height
    if hidden > 0 {
      let more = " \(hidden) more: \(scene.appearance.hasUnicode ? "↓" : "down") "
      buffer.write(more, x: rect.x + 3, y: rect.bottom - 1, style: theme.muted)
    }
  }

  /// Lines that can be scrolled away.
  static func mostScroll(_ size: Size) -> Int {
    let (rect, lines) = place(size)
    return max(0, lines.count - rect.inset(2, 1).height)
  }

  private static func place(_ size: Size) -> (rect: Rect, lines: [Line]) {
    let area = Rect(x: 0, y: 1, width: size.width, height: size.height - 2)
    let width = min(84, area.width - 2)
    let lines = lines(width: width - 4)
    return (area.centred(width: width, height: min(area.height, lines.count + 2)), lines)
  }

  private static func lines(width: Int) -> [Line] {
    var lines: [Line] = []
    for context in [WorkspaceKey.Context.list, .any, .chart, .filter, .curve] {
      if !lines.isEmpty { lines.append(.space) }
      lines.append(.heading(context.rawValue))
      for key in WorkspaceKeys.all where key.context == context {
        for (row, part) in key.summary.wrapped(to: max(8, width - keyWidth)).enumerated() {
          lines.append(.key(row == 0 ? key.label : "", part))
        }
      }
    }
    return lines
  }
}
