import TerminalGraphics

/// Every key with its one line, made from the table that dispatches keys.
enum HelpOverlay {
  static func draw(_ scene: Scene, scroll: Int, into buffer: inout CellBuffer) {
    let rect = frame(in: buffer.size)
    Dialog.draw(rect, title: "Keys", scene: scene, into: &buffer)
    let inner = rect.inset(2, 1)
    let hidden = lineCount(in: buffer.size) - scroll - inner.height
    if hidden > 0 {
      let more = " \(hidden) more: \(scene.appearance.hasUnicode ? "↓" : "down") "
      buffer.write(more, x: rect.x + 3, y: rect.bottom - 1, style: scene.theme.muted)
    }
    for (row, line) in lines(width: inner.width).dropFirst(scroll).enumerated() {
      let y = inner.y + row
      guard y < inner.bottom else { break }
      switch line {
      case .heading(let text):
        buffer.write(text, x: inner.x, y: y, style: scene.theme.title, limit: inner.right)
      case .key(let label, let summary):
        buffer.write(label, x: inner.x + 2, y: y, style: scene.theme.accent)
        buffer.write(
          summary, x: inner.x + keyWidth, y: y, style: scene.theme.text, limit: inner.right)
      case .space: break
      }
    }
  }

  static func lineCount(in size: Size) -> Int {
    lines(width: frame(in: size).width - 4).count
  }

  static func visibleLines(in size: Size) -> Int { max(0, frame(in: size).height - 2) }

  private static let keyWidth = 16

  private enum Line {
    case heading(String)
    case key(String, String)
    case space
  }

  private static func frame(in size: Size) -> Rect {
    let area = DashboardState.area(of: size)
    let height = min(area.height, lines(width: 66).count + 2)
    return area.centred(width: 70, height: height)
  }

  private static func lines(width: Int) -> [Line] {
    var lines: [Line] = []
    for group in KeyBinding.Group.allCases {
      let bindings = KeyBindings.all.filter { $0.group == group }
      guard !bindings.isEmpty else { continue }
      if !lines.isEmpty { lines.append(.space) }
      lines.append(.heading(group.rawValue))
      for binding in bindings {
        for (index, part) in binding.summary.wrapped(to: width - keyWidth).enumerated() {
          lines.append(.key(index == 0 ? binding.label : "", part))
        }
      }
    }
    return lines
  }
}
