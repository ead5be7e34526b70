import TerminalGraphics

/// A message for a few seconds, laid over the lower border of the panels: it covers neither a
/// curve's newest values nor the keys in the last row.
enum Toast {
  /// Longer messages are cut: what has to be read at leisure belongs in a panel.
  private static let mostLines = 3

  static func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let message = scene.state.message, buffer.size.height > 3 else { return }
    let width = buffer.size.width
    let lines = Array(message.text.wrapped(to: max(1, width - 8)).prefix(mostLines))
    let style = style(of: message.severity, scene.theme)
    let widest = lines.map { CharacterWidth.of($0) }.max() ?? 0
    let bottom = buffer.size.height - 1
    for (index, line) in lines.enumerated() {
      let y = bottom - lines.count + index
      buffer.fill(Rect(x: 2, y: y, width: min(width - 4, widest + 2), height: 1), with: .blank)
      buffer.write(line, x: 3, y: y, style: style, limit: width - 2)
    }
  }

  private static func style(of severity: EventLog.Severity, _ theme: Theme) -> Style {
    switch severity {
    case .plain, .stray: theme.title
    case .good: theme.good
    case .warning: theme.warning
    case .bad: theme.bad
    }
  }
}
