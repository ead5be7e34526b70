import TerminalGraphics
import TrainingEvents

/// A network built by hand deciding one string: its stack is one number, symbol by symbol.
struct StackDrawing {
  let frame: StackFrame

  func draw(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    guard let last = frame.rows.last else {
      return buffer.note("no string read yet", style: theme.muted)
    }
    verdict(last, scene).fitting(area.width - 2).write(
      x: area.x + 1, y: area.y, limit: area.right, into: &buffer)
    var y = area.y + 1
    if let caution = frame.caution {
      for line in caution.wrapped(to: area.width - 2) where y < area.bottom {
        buffer.write(line, x: area.x + 1, y: y, style: theme.warning, limit: area.right)
        y += 1
      }
    }
    let barWidth = min(24, max(0, area.width - 40))
    drawHead(y: y, barWidth: barWidth, area: area, theme, into: &buffer)
    // The verdict stands with the last symbol: where not all rows fit, the first ones leave.
    let rows = frame.rows.suffix(max(0, area.bottom - y - 1))
    for (index, row) in rows.enumerated() {
      draw(row, y: y + 1 + index, barWidth: barWidth, area: area, scene: scene, into: &buffer)
    }
  }

  private func verdict(_ last: StackFrame.Row, _ scene: Scene) -> StyledText {
    let text = frame.rows.map(\.symbol).joined()
    let word = last.accepted ? "is in the language" : "is not in the language"
    let sign = scene.appearance.hasUnicode ? (last.accepted ? "✓" : "✗") : ""
    return StyledText("\(sign) \(text.cutFront(to: 40)) ", scene.theme.title)
      .adding(word, last.accepted ? scene.theme.good : scene.theme.bad)
  }

  private func drawHead(
    y: Int, barWidth: Int, area: Rect, _ theme: Theme, into buffer: inout CellBuffer
  ) {
    guard y < area.bottom else { return }
    buffer.write("  symbol  stack", x: area.x, y: y, style: theme.muted, limit: area.right)
    var x = area.x + 20 + barWidth + 2
    for name in frame.unitNames where x + 8 <= area.right - 4 {
      buffer.write(name.cut(to: 7).rightAligned(to: 7), x: x, y: y, style: theme.muted)
      x += 8
    }
  }

  private func draw(
    _ row: StackFrame.Row, y: Int, barWidth: Int, area: Rect, scene: Scene,
    into buffer: inout CellBuffer
  ) {
    let theme = scene.theme
    buffer.write(
      ReadableSymbol.text(row.symbol).rightAligned(to: 6), x: area.x + 1, y: y, style: theme.title,
      limit: area.right)
    // Enough digits to tell the deepest stacks apart.
    buffer.write(
      NumberText.significant(row.stack, 6).padded(to: 10), x: area.x + 10, y: y,
      style: theme.text, limit: area.right)
    Bars.lie(
      row.stack, x: area.x + 20, y: y, width: barWidth, style: theme.lag,
      appearance: scene.appearance, into: &buffer)
    var x = area.x + 20 + barWidth + 2
    for value in row.units.prefix(frame.unitNames.count) where x + 8 <= area.right - 4 {
      buffer.write(
        NumberText.brief(value, 4).cut(to: 7).rightAligned(to: 7), x: x, y: y, style: theme.muted)
      x += 8
    }
    let sign =
      row.accepted
      ? scene.appearance.glyph("✓", ascii: "y") : scene.appearance.glyph("·", ascii: "-")
    buffer[area.right - 2, y] = Cell(sign, row.accepted ? theme.good : theme.faint)
  }
}
