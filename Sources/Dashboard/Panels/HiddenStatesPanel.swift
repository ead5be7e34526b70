import TerminalGraphics
import TrainingEvents

/// Units × time of s(t), under the symbols that the network reads.
struct HiddenStatesPanel: Panel {
  /// Cells before the first column, for labels.
  static let labelWidth = 8

  /// How many columns of two cells fit beside the labels.
  static func columns(in width: Int) -> Int { max(1, (width - labelWidth - 1) / 2) }

  func title(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    var text = StyledText("Hidden state s(t)", theme.title)
    guard let map = scene.state.hiddenStates?.maps.first else { return text }
    text.add("  \(map.name)", theme.muted)
    let shade = Shade(map: theme.diverging, appearance: scene.appearance)
    text.add("  \(NumberText.brief(Double(map.lowest))) ", theme.muted)
    for level in 0...8 {
      let cell = shade.cell(Double(level) / 8)
      text.add(String(Character(cell.glyph)), cell.style, joined: true)
    }
    text.add(" \(NumberText.brief(Double(map.highest)))", theme.muted, joined: true)
    text.add("  \(NumberText.grouped(map.units)) units by activity", theme.muted)
    return text
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let frame = scene.state.hiddenStates, let map = frame.maps.first, map.columns > 0 else {
      return buffer.note("waiting for the first look inside", style: scene.theme.muted)
    }
    let area = buffer.inside
    let grid = Grid(frame: frame, map: map, width: area.width - Self.labelWidth)
    drawSymbols(frame, grid: grid, y: area.y, scene: scene, into: &buffer)
    let hasProbability = area.height >= 4 && !frame.targetProbability.isEmpty
    let hasGuess = area.height >= 10 && !frame.prediction.isEmpty
    let unitRows = area.height - 1 - (hasProbability ? 1 : 0) - (hasGuess ? 1 : 0)
    let order = scene.state.unitOrder.order
    let shade = Shade(map: scene.theme.diverging, appearance: scene.appearance)
    for (row, unit) in order.prefix(max(0, unitRows)).enumerated() where unit < map.units {
      let y = area.y + 1 + row
      label("\(unit)", y: y, scene: scene, into: &buffer)
      for column in 0..<grid.count {
        let value = map.values[column * map.units + unit]
        let cell = shade.cell(value, lowest: map.lowest, highest: map.highest)
        buffer.fill(grid.rect(column, y: y, left: area.x + Self.labelWidth), with: cell)
      }
    }
    var y = area.bottom - 1
    if hasGuess {
      drawGuess(frame, grid: grid, y: y, scene: scene, into: &buffer)
      y -= 1
    }
    if hasProbability { drawProbability(frame, grid: grid, y: y, scene: scene, into: &buffer) }
  }

  /// Which columns fit and how wide each is: two cells, or more where symbols are words.
  struct Grid {
    let count: Int
    let cellWidth: Int

    init(frame: HiddenStateFrame, map: StateMap, width: Int) {
      let widest = frame.symbols.map { CharacterWidth.of(ReadableSymbol.text($0)) }.max() ?? 1
      cellWidth = widest <= 2 ? 2 : min(8, widest + 1)
      count = max(0, min(map.columns, width / cellWidth))
    }

    func rect(_ column: Int, y: Int, left: Int) -> Rect {
      Rect(x: left + column * cellWidth, y: y, width: cellWidth, height: 1)
    }
  }

  private func label(_ text: String, y: Int, scene: Scene, into buffer: inout CellBuffer) {
    let cut = text.cut(to: Self.labelWidth - 1)
    buffer.write(
      cut.rightAligned(to: Self.labelWidth - 1), x: buffer.inside.x, y: y,
      style: scene.theme.muted)
  }

  private func drawSymbols(
    _ frame: HiddenStateFrame, grid: Grid, y: Int, scene: Scene, into buffer: inout CellBuffer
  ) {
    label("reading", y: y, scene: scene, into: &buffer)
    for column in 0..<min(grid.count, frame.symbols.count) {
      let rect = grid.rect(column, y: y, left: buffer.inside.x + Self.labelWidth)
      let text = ReadableSymbol.text(frame.symbols[column])
      buffer.write(
        text.cut(to: rect.width), x: rect.x, y: y, style: scene.theme.title, limit: rect.right)
    }
  }

  private func drawProbability(
    _ frame: HiddenStateFrame, grid: Grid, y: Int, scene: Scene, into buffer: inout CellBuffer
  ) {
    label("p(next)", y: y, scene: scene, into: &buffer)
    for column in 0..<min(grid.count, frame.targetProbability.count) {
      let glyph = Bars.level(
        Double(frame.targetProbability[column]), appearance: scene.appearance)
      buffer.fill(
        grid.rect(column, y: y, left: buffer.inside.x + Self.labelWidth),
        with: Cell(glyph, scene.theme.smoothed))
    }
  }

  /// What the network expected next, bright where it was right.
  private func drawGuess(
    _ frame: HiddenStateFrame, grid: Grid, y: Int, scene: Scene, into buffer: inout CellBuffer
  ) {
    label("guess", y: y, scene: scene, into: &buffer)
    for column in 0..<min(grid.count, frame.prediction.count) {
      let rect = grid.rect(column, y: y, left: buffer.inside.x + Self.labelWidth)
      let guess = frame.prediction[column]
      let isRight = column + 1 < frame.symbols.count && frame.symbols[column + 1] == guess
      buffer.write(
        ReadableSymbol.text(guess).cut(to: rect.width), x: rect.x, y: y,
        style: isRight ? scene.theme.good : scene.theme.faint, limit: rect.right)
    }
  }
}

/// Symbols that would not be seen, such as a blank, as signs.
enum ReadableSymbol {
  static func text(_ symbol: String) -> String {
    switch symbol {
    case " ": "␣"
    case "\n": "⏎"
    case "\t": "⇥"
    case "": "·"
    default: symbol
    }
  }
}
