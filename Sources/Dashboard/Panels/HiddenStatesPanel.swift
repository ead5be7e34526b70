import TerminalGraphics
import TrainingEvents

/// Units × time of s(t), or of a gate, under the symbols that the network reads.
struct HiddenStatesPanel: Panel {
  var name: String { "Hidden state" }
  var summary: String {
    "Hidden state of every unit (rows) at every time step of one sequence (columns); one heatmap for "
      + "each layer, direction and gate."
  }
  var interests: ProbeRequest.Interests { [.hiddenStates] }
  var context: KeyBinding.Context? { .units }

  func absence(in state: DashboardState) -> String? {
    (state.shownMap?.columns ?? 0) > 0 ? nil : Absence.missing("hidden states", state)
  }

  /// Cells before the first column, for labels.
  static let labelWidth = 8

  /// How many columns of two cells fit beside the labels.
  static func columns(in width: Int) -> Int { max(1, (width - labelWidth - 1) / 2) }

  func title(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    var text = StyledText("Hidden state s(t)", theme.title)
    guard let frame = scene.state.hiddenStates, let map = scene.state.shownMap else { return text }
    // Layers, their directions and their gates are all heatmaps that a key leads through.
    let place =
      frame.maps.count > 1
      ? ", heatmap \(scene.state.heatmap.mapIndex(in: frame) + 1) of \(frame.maps.count)" : ""
    text.add("  \(map.name)\(place)", theme.muted)
    let shade = Shade(map: Self.colors(of: map, theme), appearance: scene.appearance)
    text.add("  \(NumberText.brief(Double(map.lowest))) ", theme.muted)
    for level in 0...8 {
      let cell = shade.cell(Double(level) / 8)
      text.add(String(Character(cell.glyph)), cell.style, joined: true)
    }
    text.add(" \(NumberText.brief(Double(map.highest)))", theme.muted, joined: true)
    text.add("  \(NumberText.grouped(map.units)) units", theme.muted)
    text.add(" \(scene.state.heatmap.ranking.words)", theme.muted)
    return text
  }

  /// States have a sign; gates go from closed to open.
  static func colors(of map: StateMap, _ theme: Theme) -> ColorMap {
    map.lowest < 0 ? theme.diverging : theme.sequential
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let frame = scene.state.hiddenStates, let map = scene.state.shownMap, map.columns > 0
    else { return }
    let view = HeatmapGeometry(scene.state, frame: frame, map: map, area: buffer.inside)
    drawSymbols(frame, view, scene: scene, into: &buffer)
    drawUnits(map, view, scene: scene, into: &buffer)
    var y = buffer.inside.bottom - 1
    if view.hasGuess {
      drawGuess(frame, view, y: y, scene: scene, into: &buffer)
      y -= 1
    }
    if view.hasProbability {
      drawProbability(frame, view, y: y, scene: scene, into: &buffer)
    }
    drawPicked(frame, map, view, scene: scene, into: &buffer)
  }

  private func label(
    _ text: String, y: Int, style: Style, into buffer: inout CellBuffer
  ) {
    let cut = text.cut(to: Self.labelWidth - 1)
    buffer.write(
      cut.rightAligned(to: Self.labelWidth - 1), x: buffer.inside.x, y: y, style: style)
  }

  private func drawUnits(
    _ map: StateMap, _ view: HeatmapGeometry, scene: Scene, into buffer: inout CellBuffer
  ) {
    let shade = Shade(map: Self.colors(of: map, scene.theme), appearance: scene.appearance)
    let marked = Set(scene.state.markedUnits?.units ?? [])
    for (row, unit) in view.units.enumerated() {
      let y = view.area.y + 1 + row
      let isPicked = unit == scene.state.heatmap.unit
      let plain = marked.contains(unit) ? scene.theme.accent : scene.theme.muted
      label(
        map.name(ofUnit: unit), y: y, style: isPicked ? scene.theme.chosen : plain, into: &buffer)
      for column in 0..<view.grid.count {
        let value = map.values[(column + view.firstColumn) * map.units + unit]
        let cell = shade.cell(value, lowest: map.lowest, highest: map.highest)
        buffer.fill(view.rect(column, y: y), with: cell)
      }
    }
  }

  private func drawSymbols(
    _ frame: HiddenStateFrame, _ view: HeatmapGeometry, scene: Scene, into buffer: inout CellBuffer
  ) {
    let y = view.area.y
    label("reading", y: y, style: scene.theme.muted, into: &buffer)
    let marked = scene.state.markedColumns
    for column in 0..<view.grid.count where column + view.firstColumn < frame.symbols.count {
      let rect = view.rect(column, y: y)
      let text = ReadableSymbol.text(frame.symbols[column + view.firstColumn])
      let isPicked = column + view.firstColumn == scene.state.heatmap.column
      buffer.write(
        text.cut(to: rect.width), x: rect.x, y: y,
        style: isPicked || marked?.contains(column + view.firstColumn) ?? false
          ? scene.theme.chosen : scene.theme.title, limit: rect.right)
    }
  }

  private func drawProbability(
    _ frame: HiddenStateFrame, _ view: HeatmapGeometry, y: Int, scene: Scene,
    into buffer: inout CellBuffer
  ) {
    label("p(next)", y: y, style: scene.theme.muted, into: &buffer)
    for column in 0..<view.grid.count
    where column + view.firstColumn < frame.targetProbability.count {
      let glyph = Bars.level(
        Double(frame.targetProbability[column + view.firstColumn]), appearance: scene.appearance)
      buffer.fill(view.rect(column, y: y), with: Cell(glyph, scene.theme.smoothed))
    }
  }

  /// What the network expected next, bright where it was right.
  private func drawGuess(
    _ frame: HiddenStateFrame, _ view: HeatmapGeometry, y: Int, scene: Scene,
    into buffer: inout CellBuffer
  ) {
    let isVerdict = scene.state.run?.task == .handBuilt
    label(isVerdict ? "accept" : "argmax", y: y, style: scene.theme.muted, into: &buffer)
    for column in 0..<view.grid.count where column + view.firstColumn < frame.prediction.count {
      let rect = view.rect(column, y: y)
      let place = column + view.firstColumn
      let guess = frame.prediction[place]
      let isRight = place + 1 < frame.symbols.count && frame.symbols[place + 1] == guess
      buffer.write(
        ReadableSymbol.text(guess).cut(to: rect.width), x: rect.x, y: y,
        style: isRight ? scene.theme.good : scene.theme.faint, limit: rect.right)
    }
  }

  /// The picked unit's value at the picked column, written into the border below.
  private func drawPicked(
    _ frame: HiddenStateFrame, _ map: StateMap, _ view: HeatmapGeometry, scene: Scene,
    into buffer: inout CellBuffer
  ) {
    guard let unit = scene.state.heatmap.unit, unit < map.units else { return }
    var text = StyledText(" unit \(map.name(ofUnit: unit))", scene.theme.accent)
    if let column = scene.state.heatmap.column, column < map.columns {
      let symbol = column < frame.symbols.count ? ReadableSymbol.text(frame.symbols[column]) : "·"
      let value = NumberText.fixed(Double(map.values[column * map.units + unit]), 2)
      text.add(" at \(symbol) \(value)", scene.theme.text)
    }
    if let follows = scene.state.unitOrder.correlation(of: unit) {
      text.add("  r \(NumberText.fixed(Double(follows), 2))", scene.theme.text)
    }
    text.add("  r shows it over the text ", scene.theme.muted)
    text.fitting(view.area.width - 4).write(
      x: view.area.x + 2, y: view.area.bottom, limit: view.area.right - 1, into: &buffer)
  }
}

extension PanelKind {
  static let hiddenStates = PanelKind(HiddenStatesPanel())
}
