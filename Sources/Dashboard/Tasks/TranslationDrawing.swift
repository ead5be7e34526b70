import TerminalGraphics
import TrainingEvents

/// Source, target and output of one example, and where the decoder looked while it wrote.
struct TranslationDrawing {
  let frame: TranslationFrame

  func draw(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    var y = area.y
    if let score = frame.score {
      ScoreText.styled(score, name: "exact match", unit: "sequence", theme).fitting(area.width - 2)
        .write(x: area.x + 1, y: y, limit: area.right, into: &buffer)
      y += 1
    }
    let isRight = frame.output == frame.target
    y = line("source", frame.source.map { ($0, theme.text) }, y: y, scene, area, &buffer)
    y = line("target", frame.target.map { ($0, theme.text) }, y: y, scene, area, &buffer)
    let output = frame.output.enumerated().map { index, symbol in
      let fits = index < frame.target.count && frame.target[index] == symbol
      return (symbol, fits ? theme.good : theme.bad)
    }
    y = line("output", output, y: y, scene, area, &buffer)
    guard y < area.bottom else { return }
    buffer.write(
      ScoreText.comparison(isRight, isEmpty: frame.output.isEmpty, scene.appearance), x: area.x + 1,
      y: y, style: isRight ? theme.good : theme.bad, limit: area.right)
    drawAttention(
      scene, in: area.cutTop(y - area.y + 2).rest, into: &buffer)
  }

  /// Symbols of one character stand close, words apart.
  private var gap: String {
    (frame.source + frame.target).allSatisfy { $0.count <= 1 } ? "" : " "
  }

  private func line(
    _ label: String, _ symbols: [(String, Style)], y: Int, _ scene: Scene, _ area: Rect,
    _ buffer: inout CellBuffer
  ) -> Int {
    guard y < area.bottom else { return y }
    buffer.write(label, x: area.x + 1, y: y, style: scene.theme.muted, limit: area.right)
    var (x, row) = (area.x + 9, y)
    for (symbol, style) in symbols {
      let text = ReadableSymbol.text(symbol) + gap
      if x + CharacterWidth.of(text) > area.right, x > area.x + 9 {
        (x, row) = (area.x + 9, row + 1)
        guard row < area.bottom else { return row }
      }
      x = buffer.write(text, x: x, y: row, style: style, limit: area.right)
    }
    return row + 1
  }

  private func drawAttention(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let (sources, outputs) = (frame.source.count, frame.output.count)
    guard area.height >= 3, sources > 0, outputs > 0 else { return }
    guard frame.attention.count >= sources * outputs else {
      buffer.write(
        "no attention: the context C is all that the decoder knows of the source", x: area.x + 1,
        y: area.y, style: scene.theme.muted, limit: area.right)
      return
    }
    let labelWidth = min(10, frame.output.map { CharacterWidth.of($0) }.max() ?? 1) + 1
    let grid = SymbolGrid(
      frame.source, columns: sources, width: area.width - labelWidth - 1)
    let left = area.x + 1 + labelWidth
    let shade = Shade(map: scene.theme.sequential, appearance: scene.appearance)
    buffer.write(
      "α".rightAligned(to: labelWidth - 1), x: area.x + 1, y: area.y, style: scene.theme.muted)
    for column in 0..<grid.count {
      let rect = grid.rect(column, y: area.y, left: left)
      buffer.write(
        ReadableSymbol.text(frame.source[column]).cut(to: rect.width), x: rect.x, y: rect.y,
        style: scene.theme.title, limit: rect.right)
    }
    for row in 0..<min(outputs, area.height - 1) {
      let y = area.y + 1 + row
      buffer.write(
        ReadableSymbol.text(frame.output[row]).cut(to: labelWidth - 1)
          .rightAligned(to: labelWidth - 1), x: area.x + 1, y: y, style: scene.theme.title)
      for column in 0..<grid.count {
        let weight = frame.attention[row * sources + column]
        buffer.fill(
          grid.rect(column, y: y, left: left),
          with: shade.cell(weight, lowest: 0, highest: 1))
      }
    }
    // Where rows are left for it whole.
    let legend =
      "α: attention, from 0 to 1, of each output (row) to each symbol of the source (column)"
      .wrapped(to: area.width - 2)
    let below = area.y + outputs + 2
    guard below + legend.count <= area.bottom else { return }
    for (row, line) in legend.enumerated() {
      buffer.write(
        line, x: area.x + 1, y: below + row, style: scene.theme.muted, limit: area.right)
    }
  }
}
