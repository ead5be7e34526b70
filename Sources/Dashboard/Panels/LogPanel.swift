import TerminalGraphics

/// What happened, newest at the bottom, with older entries above as far as a person scrolls.
struct LogPanel: Panel {
  var name: String { "Log" }
  var summary: String {
    "Alerts, commands, best validations and snapshots, the newest at the bottom."
  }
  var context: KeyBinding.Context? { .log }

  /// Cells for the step's number.
  private static let stepWidth = 8

  func title(_ scene: Scene) -> StyledText {
    let log = scene.state.log
    let text = StyledText("Log", scene.theme.title)
    guard log.scroll > 0 else { return text }
    return text.adding("  \(log.scroll) newer below", scene.theme.accent)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let area = buffer.inside
    let log = scene.state.log
    guard !log.entries.isEmpty else {
      return buffer.note("nothing happened yet", style: scene.theme.muted)
    }
    var bottom = area.bottom
    for entry in log.entries.dropLast(log.scroll).reversed() {
      let lines = Self.lines(entry, width: area.width - Self.stepWidth - 3)
      let top = bottom - lines.count
      // An entry that would lose its first line says less than none at all, unless it is alone.
      if top < area.y && bottom < area.bottom { break }
      bottom = max(area.y, top)
      draw(entry, lines: lines, y: bottom, scene: scene, into: &buffer)
      if bottom <= area.y { break }
    }
  }

  private static func lines(_ entry: EventLog.Entry, width: Int) -> [String] {
    let text = entry.text.wrapped(to: width)
    let advice = entry.advice.map { $0.wrapped(to: width) } ?? []
    return text.isEmpty ? [""] : text + advice
  }

  private func draw(
    _ entry: EventLog.Entry, lines: [String], y: Int, scene: Scene, into buffer: inout CellBuffer
  ) {
    let area = buffer.inside
    let step = NumberText.grouped(entry.step).rightAligned(to: Self.stepWidth)
    buffer.write(step, x: area.x, y: y, style: scene.theme.muted)
    let (sign, style) = look(entry.severity, scene)
    buffer[area.x + Self.stepWidth + 1, y] = Cell(sign, style)
    let textLines = entry.text.wrapped(to: area.width - Self.stepWidth - 3).count
    for (index, line) in lines.enumerated() where y + index < area.bottom {
      buffer.write(
        line, x: area.x + Self.stepWidth + 3, y: y + index,
        style: index < max(1, textLines) ? scene.theme.text : scene.theme.muted,
        limit: area.right)
    }
  }

  private func look(_ severity: EventLog.Severity, _ scene: Scene) -> (Unicode.Scalar, Style) {
    let appearance = scene.appearance
    switch severity {
    case .plain: return (" ", scene.theme.text)
    case .good: return (appearance.glyph("●", ascii: "*"), scene.theme.good)
    case .warning: return (appearance.glyph("▲", ascii: "!"), scene.theme.warning)
    case .bad: return (appearance.glyph("✗", ascii: "x"), scene.theme.bad)
    case .stray: return (appearance.glyph("›", ascii: ">"), scene.theme.muted)
    }
  }
}

extension PanelKind {
  static let log = PanelKind(LogPanel())
}
