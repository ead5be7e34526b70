import TerminalGraphics
import TrainingEvents

extension KeyBindings {
  static let units: [KeyBinding] = [
    unit([.up], "↑", hint: "unit", as: "↑ ↓", rank: 5, "pick the unit above") {
      $0.pickUnit(by: -1)
    },
    unit([.down], "↓", "pick the unit below") { $0.pickUnit(by: 1) },
    unit([.pageUp], "page up", "ten units up") { $0.pickUnit(by: -10) },
    unit([.pageDown], "page down", "ten units down") { $0.pickUnit(by: 10) },
    unit([.left], "←", "pick the previous position in the text") { $0.pickColumn(by: -1) },
    unit([.right], "→", "pick the next position in the text") { $0.pickColumn(by: 1) },
    unit([.home], "home", "the first unit and the first position") { state in
      (state.heatmap.firstRow, state.heatmap.firstColumn, state.heatmap.column) = (0, 0, 0)
      state.heatmap.unit = state.unitOrder.order.first
    },
    unit(
      [.character("}")], "}", hint: "layer", as: "{ }", rank: 7,
      "the next layer, direction or gate"
    ) { $0.showMap(by: 1) },
    unit([.character("{")], "{", "the previous layer, direction or gate") { $0.showMap(by: -1) },
    unit(
      [.character("o")], "o", hint: "order", rank: 8,
      "sort units by activity, variance, similarity or number"
    ) { state in
      if case .sorting(let sorting) = state.heatmap.ranking {
        state.rank(by: .sorting(sorting.next))
      } else {
        state.rank(by: .sorting(.activity))
      }
    },
    unit(
      [.character("r")], "r", hint: "read", rank: 6,
      "the picked unit’s activation over a long passage"
    ) { $0.readWithUnit() },
  ]

  private static func unit(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    rank: Int = 8, _ summary: String, change: @escaping @Sendable (inout DashboardState) -> Void
  ) -> KeyBinding {
    .changing(
      keys, label, hint: hint, as: hintLabel, rank: rank, summary, .units, in: .units,
      change: change)
  }
}

extension DashboardState {
  /// Picks a unit so many rows further; the first press picks the one at the top.
  mutating func pickUnit(by rows: Int) {
    guard let map = shownMap else { return show("no hidden states to look at yet") }
    let order = unitOrder.order.filter { $0 < map.units }
    guard !order.isEmpty else { return }
    guard let unit = heatmap.unit, let index = order.firstIndex(of: unit) else {
      heatmap.unit = order[min(max(0, heatmap.firstRow), order.count - 1)]
      return
    }
    let next = min(max(0, index + rows), order.count - 1)
    heatmap.unit = order[next]
    guard let height = heatmapGeometry?.units.count, height > 0 else { return }
    heatmap.firstRow = min(max(heatmap.firstRow, next - height + 1), next)
  }

  /// Picks a place in the text so many columns further.
  mutating func pickColumn(by columns: Int) {
    guard let map = shownMap, map.columns > 0 else {
      return show("no hidden states to look at yet")
    }
    let next = heatmap.column.map { $0 + columns } ?? (columns < 0 ? map.columns - 1 : 0)
    let column = min(max(0, next), map.columns - 1)
    heatmap.column = column
    if heatmap.unit == nil { heatmap.unit = shownUnit }
    guard let width = heatmapGeometry?.grid.count, width > 0 else { return }
    heatmap.firstColumn = min(max(heatmap.firstColumn, column - width + 1), column)
  }

  mutating func showMap(by distance: Int) {
    guard let hiddenStates, hiddenStates.maps.count > 1 else {
      return show("this network has one map of units")
    }
    heatmap.map = heatmap.mapIndex(in: hiddenStates) + distance
    (heatmap.firstRow, heatmap.unit) = (0, nil)
    updateUnitOrder()
    show(shownMap?.name ?? "")
  }

  mutating func rank(by ranking: UnitRanking) {
    heatmap.ranking = ranking
    heatmap.firstRow = 0
    updateUnitOrder()
    show("units \(ranking.words)")
  }

  mutating func readWithUnit() {
    if heatmap.unit == nil { heatmap.unit = shownUnit }
    if view != .states { show(view: .states) }
    focus = .unitReading
    enlarged = true
  }

  /// Where units and columns are in the heatmap on screen; nil when there is none.
  var heatmapGeometry: HeatmapGeometry? {
    guard let frame = hiddenStates, let map = shownMap,
      let rect = placements(in: size).first(where: { $0.panel == .hiddenStates })?.rect
    else { return nil }
    return HeatmapGeometry(self, frame: frame, map: map, area: rect.inset(1, 1))
  }
}
