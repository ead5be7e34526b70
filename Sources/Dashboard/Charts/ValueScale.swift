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

  /// Round values inside the range, `count` of them or fewer, lowest first.
  func ticks(atMost count: Int) -> [Tick] {
    guard count > 0 else { return [] }
    return isLogarithmic ? logarithmicTicks(count) : linearTicks(count)
  }

  private func linearTicks(_ count: Int) -> [Tick] {
    let step = ValueScale.roundStep((upper - lower) / Double(count))
    let decimals = max(0, -NumberText.power(ofTenBelow: step * 1.000_001))
    let first = (lower / step - 1e-9).rounded(.up)
    let last = (upper / step + 1e-9).rounded(.down)
    guard last >= first, last - first < 1000 else { return [] }
    return stride(from: first, through: last, by: 1).map { index in
      let value = index * step
      return Tick(value: value, label: NumberText.fixed(value, decimals))
    }
  }

  private func logarithmicTicks(_ count: Int) -> [Tick] {
    let first = Int(Logarithm.base10(lower).rounded(.up))
    let last = Int(Logarithm.base10(upper).rounded(.down))
    if last - first < 1 { return decadeTicks(count) }
    let stride = max(1, (last - first + count) / count)
    return Swift.stride(from: last, through: first, by: -stride).reversed().map { exponent in
      let value = Logarithm.power10(Double(exponent))
      return Tick(value: value, label: ValueScale.powerLabel(exponent))
    }
  }

  /// Less than two powers of ten: ticks at 1, 2 and 5.
  private func decadeTicks(_ count: Int) -> [Tick] {
    let start = Int(Logarithm.base10(lower).rounded(.down))
    var ticks: [Tick] = []
    for exponent in start...(start + 2) {
      for digit in [1.0, 2, 5] {
        let value = digit * Logarithm.power10(Double(exponent))
        guard value >= lower * 0.999, value <= upper * 1.001 else { continue }
        ticks.append(Tick(value: value, label: NumberText.significant(value, 1)))
      }
    }
    while ticks.count > count, ticks.count > 1 { ticks.remove(at: ticks.count / 2) }
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
