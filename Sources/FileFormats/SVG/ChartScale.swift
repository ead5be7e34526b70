import Glibc

/// Maps numbers to a stretch of an axis, and chooses round numbers to label it with.
public struct ChartScale: Sendable, Equatable {
  /// A labelled position.
  public struct Tick: Sendable, Equatable {
    public var value: Double
    public var label: String
  }

  public let isLogarithmic: Bool
  /// The ends of the axis, in the data's unit.
  public let low: Double
  public let high: Double
  /// Distance of the labels that the ends were rounded to; nil where they were not.
  private var roundedStep: Double?

  /// A scale over a range. A range without extent, or that a logarithm cannot show, is widened.
  public init(low: Double, high: Double, isLogarithmic: Bool = false) {
    let bound = 1e300
    var low = low.isFinite ? min(max(low, -bound), bound) : 0
    var high = high.isFinite ? min(max(high, -bound), bound) : 1
    if low > high { swap(&low, &high) }
    if isLogarithmic {
      if high <= 0 { high = 1 }
      if low <= 0 { low = max(high * 1e-6, .leastNormalMagnitude) }
      if high < low * 1.001 { (low, high) = (low / 2, high * 2) }
    } else if high - low <= max(abs(high), abs(low)) * 1e-9 {
      let pad = high == 0 ? 1 : abs(high) * 0.1
      (low, high) = (low - pad, high + pad)
    }
    (self.low, self.high, self.isLogarithmic) = (low, high, isLogarithmic)
  }

  /// Where a value lies, 0 at the low end and 1 at the high one; nil for what has no place.
  public func position(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    if isLogarithmic {
      guard value > 0 else { return nil }
      return (log10(value) - log10(low)) / (log10(high) - log10(low))
    }
    return (value - low) / (high - low)
  }

  /// About `count` labelled positions.
  public func ticks(about count: Int) -> [Tick] {
    isLogarithmic ? logarithmicTicks(about: count) : linearTicks(about: count)
  }

  /// The same range with its ends moved out to round numbers.
  public func rounded(about count: Int) -> ChartScale {
    guard !isLogarithmic else { return self }
    let step = Self.step(for: high - low, about: count)
    guard step > 0, step.isFinite else { return self }
    var result = ChartScale(
      low: (low / step + 1e-9).rounded(.down) * step,
      high: (high / step - 1e-9).rounded(.up) * step)
    result.roundedStep = step
    return result
  }

  private func linearTicks(about count: Int) -> [Tick] {
    let step = roundedStep ?? Self.step(for: high - low, about: count)
    guard step > 0, step.isFinite else { return [] }
    let first = (low / step - 1e-9).rounded(.up)
    return (0...4 * max(1, count)).compactMap { index in
      let value = (first + Double(index)) * step
      guard value <= high + step * 1e-6, value.isFinite else { return nil }
      return Tick(value: value, label: Self.label(value, step: step))
    }
  }

  private func logarithmicTicks(about count: Int) -> [Tick] {
    let first = Int(log10(low).rounded(.down))
    let last = Int(log10(high).rounded(.up))
    // Few decades get the numbers between them too; less than half of one, round linear steps.
    if log10(high) - log10(low) < 0.5 {
      return ChartScale(low: low, high: high).linearTicks(about: count)
    }
    let stride = max(1, (last - first + count - 1) / max(1, count))
    let mantissas: [Double] = last - first <= 2 ? [1, 2, 5] : [1]
    var ticks: [Tick] = []
    for decade in Swift.stride(from: first, through: last, by: stride) {
      for mantissa in mantissas {
        let value = mantissa * pow(10, Double(decade))
        guard value >= low * 0.999, value <= high * 1.001 else { continue }
        let digits = Self.superscript(decade)
        let plain = Self.label(value, step: value)
        ticks.append(Tick(value: value, label: abs(decade) > 3 ? "10\(digits)" : plain))
      }
    }
    return ticks
  }

  /// The round number nearest above an even share: 1, 2 or 5 times a power of ten.
  private static func step(for extent: Double, about count: Int) -> Double {
    let raw = extent / Double(max(1, count))
    guard raw > 0, raw.isFinite else { return 0 }
    let power = pow(10, log10(raw).rounded(.down))
    let mantissa = raw / power
    return power * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10)
  }

  /// A round number with as many decimals as its step needs.
  static func label(_ value: Double, step: Double) -> String {
    let size = abs(value)
    if size >= 1e15 || (size > 0 && step < 1e-6) { return "\(value)" }
    if size == 0, step >= 1 { return "0" }
    if step >= 1_000_000, value.truncatingRemainder(dividingBy: 100_000) == 0 {
      return decimal(value / 1_000_000, places: step >= 1e6 ? 1 : 2) + "M"
    }
    if step >= 1000 { return decimal(value / 1000, places: step >= 1000 ? 1 : 2) + "k" }
    let places = step >= 1 ? 0 : min(9, Int((-log10(step)).rounded(.up) + 0.5))
    return decimal(value, places: places, keepsZeros: true)
  }

  private static func decimal(
    _ value: Double, places: Int, keepsZeros: Bool = false
  ) -> String {
    let unit = pow(10, Double(places))
    let scaled = Int((abs(value) * unit).rounded())
    var text = String(scaled / Int(unit))
    if places > 0, keepsZeros || scaled % Int(unit) != 0 {
      let digits = String(scaled % Int(unit))
      text += "." + String(repeating: "0", count: places - digits.count) + digits
    }
    return value < 0 && scaled != 0 ? "−" + text : text
  }

  private static func superscript(_ value: Int) -> String {
    let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    let text = String(value.magnitude).compactMap(\.wholeNumberValue).map { digits[$0] }
    return (value < 0 ? "⁻" : "") + String(text)
  }
}
