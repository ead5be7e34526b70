import TrainingEvents

/// Which units of a map do no work, and how activations spread.
struct UnitHealth: Equatable {
  /// Units that stay at an end of their range nearly all the time.
  let saturated: [Int]
  /// Units that never leave a narrow band.
  let dead: [Int]
  /// Share of all values at an end of the range, from 0 to 1.
  let saturatedShare: Double

  /// As far from the end as 0.97 is from 1 in a range of −1…1.
  private static let edge: Float = 0.015
  private static let band: Float = 0.01

  init(_ map: StateMap) {
    let margin = (map.highest - map.lowest) * Self.edge
    let (low, high) = (map.lowest + margin, map.highest - margin)
    var (saturated, dead) = ([Int](), [Int]())
    var (all, atEnd) = (0, 0)
    for unit in 0..<max(0, map.units) {
      var (count, ends) = (0, 0)
      var (least, most) = (Float.infinity, -Float.infinity)
      for column in stride(from: 0, to: map.columns, by: map.columnPace) {
        let value = map.values[column * map.units + unit]
        guard value.isFinite else { continue }
        count += 1
        if map.isBounded, value <= low || value >= high { ends += 1 }
        least = min(least, value)
        most = max(most, value)
      }
      all += count
      atEnd += ends
      guard count > 0 else { continue }
      if Double(ends) >= 0.9 * Double(count) {
        saturated.append(unit)
      } else if most - least < (map.highest - map.lowest) * Self.band {
        dead.append(unit)
      }
    }
    self.saturated = saturated
    self.dead = dead
    saturatedShare = all > 0 ? Double(atEnd) / Double(all) : 0
  }

  /// How many values fall into each of `bins` equal parts of the map's range.
  static func histogram(of map: StateMap, bins: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: max(0, bins))
    guard bins > 0, map.highest > map.lowest else { return counts }
    for value in map.values where value.isFinite {
      let share = (value - map.lowest) / (map.highest - map.lowest)
      guard share.isFinite else { continue }
      counts[min(bins - 1, Int(min(max(share, 0), 1) * Float(bins)))] += 1
    }
    return counts
  }
}
