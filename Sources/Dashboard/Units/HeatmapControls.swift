import TrainingEvents

/// What a person set for the pictures of hidden states.
struct HeatmapControls: Sendable, Equatable {
  /// Which layer, direction or gate; wraps around when a run has fewer.
  var map = 0
  var ranking = UnitRanking.sorting(.activity)
  /// The unit that was picked, counted from 0.
  var unit: Int?
  /// The column that was picked: a place in the text.
  var column: Int?
  /// Rows of the sorted units that are scrolled away.
  var firstRow = 0
  /// Columns of the text that are scrolled away.
  var firstColumn = 0

  /// The chosen map of a frame; nil when the frame has none.
  func map(in frame: HiddenStateFrame?) -> StateMap? {
    guard let frame, !frame.maps.isEmpty else { return nil }
    return frame.maps[mapIndex(in: frame)]
  }

  func mapIndex(in frame: HiddenStateFrame) -> Int {
    let count = frame.maps.count
    return count > 0 ? ((map % count) + count) % count : 0
  }
}

/// What units are put in order by.
enum UnitRanking: Sendable, Equatable {
  case sorting(UnitSorting)
  /// By how closely they follow a pattern in the text.
  case pattern(UnitPattern)

  var words: String {
    switch self {
    case .sorting(let sorting): "by \(sorting.rawValue)"
    case .pattern(let pattern): "by “\(pattern.name)”"
    }
  }
}

extension DashboardState {
  /// The layer, direction or gate that is looked at.
  var shownMap: StateMap? { heatmap.map(in: hiddenStates) }

  /// The unit that is looked at: the one picked, else the first in the order.
  var shownUnit: Int? {
    guard let map = shownMap, map.units > 0 else { return nil }
    if let unit = heatmap.unit, unit < map.units { return unit }
    return unitOrder.order.first { $0 < map.units }
  }

  /// Puts the units of the shown map in order, at once when what they go by changed.
  mutating func updateUnitOrder() {
    guard let hiddenStates, let map = shownMap else { return }
    // Another map than before has no passage yet.
    if pastStep == nil, passage.map.name != map.name || passage.map.units != map.units {
      passage.add(hiddenStates, map)
    }
    // A pattern is looked for in all that was read; the order of activity follows what is seen.
    if case .pattern = heatmap.ranking {
      let passage = shownPassage
      unitOrder.update(
        for: passage.map, symbols: passage.symbols, ranking: heatmap.ranking, clock: clock)
    } else {
      unitOrder.update(for: map, ranking: heatmap.ranking, clock: clock)
    }
  }
}
