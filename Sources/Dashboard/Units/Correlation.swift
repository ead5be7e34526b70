import TrainingEvents

/// How closely two series move together, from −1 to 1 (Pearson's r).
enum Correlation {
  /// r of every unit with a signal over the columns; NaN for a unit or a signal that stands still.
  static func ofUnits(in map: StateMap, with signal: [Float]) -> [Float] {
    let columns = min(map.columns, signal.count)
    let pace = map.columnPace
    return (0..<max(0, map.units)).map { unit in
      var sums = Sums()
      for column in stride(from: 0, to: columns, by: pace) {
        sums.add(map.values[column * map.units + unit], signal[column])
      }
      return sums.correlation
    }
  }

  /// r of one unit with a signal over the columns; NaN where either stands still.
  static func ofUnit(_ unit: Int, in map: StateMap, with signal: [Float]) -> Float {
    var sums = Sums()
    for column in 0..<min(map.columns, signal.count) {
      sums.add(map.values[column * map.units + unit], signal[column])
    }
    return sums.correlation
  }

  /// r of every unit with one of them.
  static func ofUnits(in map: StateMap, withUnit unit: Int) -> [Float] {
    guard unit >= 0, unit < map.units else { return [] }
    return ofUnits(in: map, with: (0..<map.columns).map { map.values[$0 * map.units + unit] })
  }

  private struct Sums {
    var count = 0.0
    var x = 0.0
    var y = 0.0
    var xx = 0.0
    var yy = 0.0
    var xy = 0.0

    mutating func add(_ a: Float, _ b: Float) {
      guard a.isFinite, b.isFinite else { return }
      let (a, b) = (Double(a), Double(b))
      count += 1
      x += a
      y += b
      xx += a * a
      yy += b * b
      xy += a * b
    }

    var correlation: Float {
      guard count > 1 else { return .nan }
      let covariance = xy - x * y / count
      let (varianceX, varianceY) = (xx - x * x / count, yy - y * y / count)
      guard varianceX > 1e-12 * max(1, xx), varianceY > 1e-12 * max(1, yy) else { return .nan }
      return Float(covariance / (varianceX * varianceY).squareRoot())
    }
  }
}

extension StateMap {
  /// Every how many columns are looked at where all of them would hold up the screen.
  var columnPace: Int { max(1, values.count / 262_144) }
}
