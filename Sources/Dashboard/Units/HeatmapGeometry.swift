import TerminalGraphics
import TrainingEvents

/// Which units and columns of a map are where in a panel. Drawing and the mouse both go by it.
struct HeatmapGeometry {
  /// The cells inside the panel's border.
  let area: Rect
  let grid: SymbolGrid
  /// The unit of every row, from the top.
  let units: [Int]
  let firstColumn: Int
  let hasProbability: Bool
  let hasGuess: Bool

  init(_ state: DashboardState, frame: HiddenStateFrame, map: StateMap, area: Rect) {
    self.area = area
    grid = SymbolGrid(
      frame.symbols, columns: map.columns, width: area.width - HiddenStatesPanel.labelWidth)
    hasProbability = area.height >= 4 && frame.targetProbability.contains(where: \.isFinite)
    hasGuess = area.height >= 10 && frame.prediction.contains { !$0.isEmpty }
    let rows = max(0, area.height - 1 - (hasProbability ? 1 : 0) - (hasGuess ? 1 : 0))
    let order = state.unitOrder.order.filter { $0 < map.units }
    let first = min(state.heatmap.firstRow, max(0, order.count - rows))
    units = Array(order.dropFirst(max(0, first)).prefix(rows))
    firstColumn = min(max(0, state.heatmap.firstColumn), max(0, map.columns - grid.count))
  }

  func rect(_ column: Int, y: Int) -> Rect {
    grid.rect(column, y: y, left: area.x + HiddenStatesPanel.labelWidth)
  }

  /// The unit and the column of the text under a cell.
  func hit(x: Int, y: Int) -> (unit: Int?, column: Int?) {
    let row = y - area.y - 1
    let column = grid.column(at: x, left: area.x + HiddenStatesPanel.labelWidth)
    return (units.indices.contains(row) ? units[row] : nil, column.map { $0 + firstColumn })
  }
}
