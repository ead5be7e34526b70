import TerminalGraphics

/// A range of values along one axis, linear or logarithmic.
struct ValueScale: Sendable, Equatable {
  struct Tick: Sendable, Equatable {
    var value: Double
    var label: String
  }

  let lower: Double
  let upper: Double
  let isLogarithmic: Bool

  /// Takes the range as it is; an empty or senseless one is widened until it can be drawn.
  init(_ lower: Double, _ upper: Double, logarithmic: Bool = false) {
    var (low, high) = (lower, upper)
    if !low.isFinite || !high.isFinite { (low, high) = logarithmic ? (0.1, 10) : (0, 1) }
    if low > high { swap(&low, &high) }
    if logarithmic {
      high = max(high, 1e-30)
      low = min(max(low, high * 1e-12), high)
      if high / low < 1.05 { (low, high) = (low / 2, high * 2) }
    } else if high - low <= abs(high) * 1e-9 {
      let margin = max(abs(high) * 0.1, 1e-6)
      (low, high) = (low - margin, high + margin)
    }
    self.lower = low
    self.upper = high
    self.isLogarithmic = logarithmic
  }

  /// The range with a little room on both sides, so that no curve runs along the edge.
  func padded(by share: Double = 0.05) -> ValueScale {
    if isLogarithmic {
      let margin = Logarithm.power10(Logarithm.base10(upper / lower) * share)
      return ValueScale(lower / margin, upper * margin, logarithmic: true)
    }
    let margin = (upper - lower) * share
    return ValueScale(lower - margin, upper + margin)
  }

  /// Where a value lies, 0 at the lower end and 1 at the upper; outside that beyond the ends.
  func fraction(of value: Double) -> Double {
    guard isLogarithmic else { return (value - lower) / (upper - lower) }
    guard value > 0 else { return value.isNaN ? .nan : -1 }
    return Logarithm.base10(value / lower) / Logarithm.base10(upper / lower)
  }

  /// The value at a fraction of the axis.
  func value(at fraction: Double) -> Double {
    guard isLogarithmic else { return lower + (upper - lower) * fraction }
    return lower * Logarithm.power10(Logarithm.base10(upper / lower) * fraction)
  }

  /// Round values inside the range for an axis of `rows` cells, lowest first, each in a row of its
  /// own: at least two wherever there are two rows, because one number alone gives no scale.
  func ticks(rows: Int) -> [Tick] {
    guard rows > 0 else { return [] }
    let most = max(2, rows / 2)
    let candidates = isLogarithmic ? logarithmicTicks(most) : []
    for ticks in [candidates, linearTicks(most), linearTicks(2 * most), linearTicks(4 * most)] {
      let apart = Self.apart(ticks, in: self, rows: rows, atMost: most)
      if apart.count >= 2 { return apart }
    }
    return rows >= 2 ? endTicks(rows) : Array(linearTicks(2).prefix(1))
  }

  /// The row of cells, from 0 at the top, that holds a value; outside `0..<rows` beyond the ends.
  func row(of value: Double, rows: Int) -> Int {
    let fraction = self.fraction(of: value)
    guard fraction.isFinite else { return rows }
    let clamped = min(max(fraction, -10), 10)
    return Int(((1 - clamped) * Double(rows)).rounded(.down)) - (clamped == 0 ? 1 : 0)
  }

  /// Those of the ticks that stand in rows of their own, thinned evenly.
  private static func apart(
    _ ticks: [Tick], in scale: ValueScale, rows: Int, atMost most: Int
  ) -> [Tick] {
    var (kept, taken): ([Tick], Set<Int>) = ([], [])
    for tick in ticks {
      let row = scale.row(of: tick.value, rows: rows)
      if (0..<rows).contains(row), taken.insert(row).inserted { kept.append(tick) }
    }
    guard kept.count > most else { return kept }
    let pace = (kept.count + most - 1) / most
    let thinned = stride(from: 0, to: kept.count, by: pace).map { kept[$0] }
    return thinned.count >= 2 ? thinned : [kept[0], kept[kept.count - 1]]
  }

  private func linearTicks(_ count: Int) -> [Tick] {
    let step = ValueScale.roundStep((upper - lower) / Double(count))
    let first = (lower / step - 1e-9).rounded(.up)
    let last = (upper / step + 1e-9).rounded(.down)
    guard last >= first, last - first < 1000 else { return [] }
    let values = stride(from: first, through: last, by: 1).map { $0 * step }
      // On a logarithmic axis nothing at or below zero has a place.
      .filter { !isLogarithmic || $0 > 0 }
    return Self.labelled(values, step: step)
  }

  /// The middles of the outermost rows, where no round values will do.
  private func endTicks(_ rows: Int) -> [Tick] {
    let half = 0.5 / Double(rows)
    let values = [value(at: half), value(at: 1 - half)]
    return Self.labelled(values, step: abs(values[1] - values[0]) / 10)
  }

  /// Values with as many digits as tell them apart, in powers of ten where decimals would be long.
  private static func labelled(_ values: [Double], step: Double) -> [Tick] {
    let finest = NumberText.power(ofTenBelow: step * 1.000_001)
    let largest = values.map { abs($0) }.max() ?? 0
    let isPlain = finest >= -4 && largest < 1e6
    let digits = max(0, NumberText.power(ofTenBelow: largest) - finest)
    return values.map { value in
      // A sum of steps that should be zero may miss it by its last bit.
      let value = abs(value) < step * 1e-6 ? 0 : value
      return Tick(
        value: value,
        label: isPlain
          ? NumberText.fixed(value, max(0, -finest)) : NumberText.scientific(value, digits))
    }
  }

  private func logarithmicTicks(_ count: Int) -> [Tick] {
    let first = Int(Logarithm.base10(lower).rounded(.up))
    let last = Int(Logarithm.base10(upper).rounded(.down))
    if last - first < 1 { return decadeTicks() }
    let stride = max(1, (last - first + count) / count)
    return Swift.stride(from: last, through: first, by: -stride).reversed().map { exponent in
      let value = Logarithm.power10(Double(exponent))
      return Tick(value: value, label: ValueScale.powerLabel(exponent))
    }
  }

  /// Less than two powers of ten: ticks at 1, 2 and 5.
  private func decadeTicks() -> [Tick] {
    let start = Int(Logarithm.base10(lower).rounded(.down))
    var ticks: [Tick] = []
    for exponent in start...(start + 2) {
      for digit in [1.0, 2, 5] {
        let value = digit * Logarithm.power10(Double(exponent))
        guard value >= lower * 0.999, value <= upper * 1.001 else { continue }
        ticks.append(Tick(value: value, label: NumberText.significant(value, 1)))
      }
    }
    return ticks
  }

  /// The smallest of 1, 2 and 5 times a power of ten that is not below `rough`.
  static func roundStep(_ rough: Double) -> Double {
    guard rough.isFinite, rough > 0 else { return 1 }
    let base = Logarithm.power10(Double(NumberText.power(ofTenBelow: rough)))
    for factor in [1.0, 2, 5, 10] where base * factor >= rough * 0.999_999 {
      return base * factor
    }
    return base * 10
  }

  private static func powerLabel(_ exponent: Int) -> String {
    switch exponent {
    case -2...3: ["0.01", "0.1", "1", "10", "100", "1000"][exponent + 2]
    default: "1e\(exponent < 0 ? "−" : "")\(abs(exponent))"
    }
  }
}
