import TrainingEvents

/// The order of units on screen, kept for a few seconds: rows that jump with every frame cannot be
/// read.
struct UnitOrder: Sendable {
  /// Seconds between two sortings.
  static let pause = 6.0

  private(set) var order: [Int] = []
  /// How closely each unit follows the pattern searched for, by unit; empty without a pattern.
  private(set) var correlations: [Float] = []
  private var ranking = UnitRanking.sorting(.activity)
  private var map = ""
  private var sortedAt = -Double.infinity

  /// How closely a unit follows the pattern searched for; nil without one.
  func correlation(of unit: Int) -> Float? {
    guard correlations.indices.contains(unit), correlations[unit].isFinite else { return nil }
    return correlations[unit]
  }

  mutating func update(
    for map: StateMap, symbols: [String] = [], ranking: UnitRanking = .sorting(.activity),
    clock: Double
  ) {
    guard
      order.count != map.units || ranking != self.ranking || map.name != self.map
        || clock - sortedAt >= Self.pause
    else { return }
    (self.ranking, self.map, sortedAt) = (ranking, map.name, clock)
    switch ranking {
    case .sorting(let sorting):
      correlations = []
      order = sorting.order(of: map)
    case .pattern(let pattern):
      correlations = Correlation.ofUnits(in: map, with: pattern.signal(over: symbols))
      order = (0..<max(0, map.units)).map { $0 }.sorted(
        by: correlations.map { $0.isFinite ? abs($0) : -1 }, ascending: false)
    }
  }
}

/// What units are sorted by in the heatmap.
enum UnitSorting: String, Sendable, CaseIterable {
  /// By mean |s(t)|, the most active first.
  case activity
  /// By how much the unit varies over the sequence, the liveliest first.
  case variance
  /// Units that behave alike stand together.
  case similarity
  /// By number.
  case number

  /// Columns looked at for similarity; more change the picture little and cost much.
  private static let columnsCompared = 64

  /// Unit numbers, from 0, in this order.
  func order(of map: StateMap) -> [Int] {
    let units = Array(0..<max(0, map.units))
    switch self {
    case .number: return units
    case .activity: return units.sorted(by: scores(of: map) { abs($0) }, ascending: false)
    case .variance: return units.sorted(by: variances(of: map), ascending: false)
    case .similarity: return chain(map)
    }
  }

  private func scores(of map: StateMap, _ measure: (Float) -> Float) -> [Float] {
    var sums = [Float](repeating: 0, count: max(0, map.units))
    for column in 0..<map.columns {
      for unit in 0..<map.units {
        let value = map.values[column * map.units + unit]
        if value.isFinite { sums[unit] += measure(value) }
      }
    }
    return sums
  }

  private func variances(of map: StateMap) -> [Float] {
    let count = Float(max(1, map.columns))
    let means = scores(of: map) { $0 }.map { $0 / count }
    let squares = scores(of: map) { $0 * $0 }
    return zip(means, squares).map { $1 / count - $0 * $0 }
  }

  /// Starts at the liveliest unit and always goes on to the one most like the last.
  private func chain(_ map: StateMap) -> [Int] {
    guard map.units > 1, map.units <= 1024 else { return Array(0..<max(0, map.units)) }
    var rest = UnitSorting.variance.order(of: map)
    var result = [rest.removeFirst()]
    while let last = result.last, !rest.isEmpty {
      var (best, bestScore) = (0, -Float.infinity)
      for (index, unit) in rest.enumerated() {
        let score = product(last, unit, map)
        if score > bestScore { (best, bestScore) = (index, score) }
      }
      result.append(rest.remove(at: best))
    }
    return result
  }

  private func product(_ a: Int, _ b: Int, _ map: StateMap) -> Float {
    var sum: Float = 0
    let pace = max(1, map.columns / Self.columnsCompared)
    for column in stride(from: 0, to: map.columns, by: pace) {
      let (x, y) = (map.values[column * map.units + a], map.values[column * map.units + b])
      if x.isFinite, y.isFinite { sum += x * y }
    }
    return sum
  }

  var next: UnitSorting {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }
}

extension [Int] {
  /// Stable: units with equal scores keep their order, so that the picture does not flicker.
  fileprivate func sorted(by scores: [Float], ascending: Bool) -> [Int] {
    sorted { a, b in
      if scores[a] == scores[b] { return a < b }
      return ascending ? scores[a] < scores[b] : scores[a] > scores[b]
    }
  }
}
