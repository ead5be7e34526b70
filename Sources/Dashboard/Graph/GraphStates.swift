import TerminalGraphics
import TrainingEvents

/// The hidden state under the unfolded graph, the values of each time step below its own column: what
/// runs along the arrows.
struct GraphStates {
  let scene: Scene
  let raster: UnfoldedDrawing.Raster

  /// Fewer rows would show too few units to be worth the look.
  static let leastRows = 6

  /// The map to be shown; nil where the graph's columns are not those of what was read.
  static func map(_ state: DashboardState) -> StateMap? {
    guard !state.graph.isWalking, let frame = state.hiddenStates, let map = state.shownMap,
      map.units > 0, map.columns == state.graphColumns.count, map.columns == frame.symbols.count
    else { return nil }
    return map
  }

  func draw(in area: Rect, into buffer: inout CellBuffer) {
    guard let map = Self.map(scene.state), area.height >= Self.leastRows else { return }
    HiddenStatesPanel().title(scene).fitting(area.width - 4).write(
      x: area.x + 3, y: area.y, limit: area.right, into: &buffer)
    let shade = Shade(
      map: HiddenStatesPanel.colors(of: map, scene.theme), appearance: scene.appearance)
    let units = scene.state.unitOrder.order.filter { $0 < map.units }.prefix(area.height - 1)
    for (row, unit) in units.enumerated() {
      let y = area.y + 1 + row
      let name = map.name(ofUnit: unit).cut(to: UnfoldedDrawing.margin - 3)
      buffer.write(
        name.rightAligned(to: UnfoldedDrawing.margin - 2), x: area.x, y: y, style: scene.theme.muted
      )
      for (place, column) in raster.shown.enumerated() {
        guard let column else { continue }
        let x = raster.left + place * raster.pitch
        let value = map.values[column * map.units + unit]
        let width = min(raster.pitch - 2, area.right - 1 - x)
        buffer.fill(
          Rect(x: x, y: y, width: width, height: 1),
          with: shade.cell(value, lowest: map.lowest, highest: map.highest))
      }
    }
  }
}
