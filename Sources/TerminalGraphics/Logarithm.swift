/// Logarithms and powers to plotting accuracy, so that drawing needs no mathematics library.
public enum Logarithm {
  private static let ln2 = 0.693_147_180_559_945_3
  private static let ln10 = 2.302_585_092_994_046

  /// Natural logarithm, relative error below 1e-9; −∞ at 0, NaN below.
  public static func natural(_ value: Double) -> Double {
    guard value > 0 else { return value == 0 ? -.infinity : .nan }
    guard value.isFinite else { return value }
    // ln m = 2 artanh((m − 1)/(m + 1)), and t is at most a third.
    let t = (value.significand - 1) / (value.significand + 1)
    let square = t * t
    var term = t
    var sum = 0.0
    for power in stride(from: 1.0, through: 19, by: 2) {
      sum += term / power
      term *= square
    }
    return Double(value.exponent) * ln2 + 2 * sum
  }

  public static func base10(_ value: Double) -> Double { natural(value) / ln10 }

  public static func base2(_ value: Double) -> Double { natural(value) / ln2 }

  /// e to the power of `value`.
  public static func exp(_ value: Double) -> Double {
    guard value.isFinite else { return value > 0 ? .infinity : value < 0 ? 0 : .nan }
    guard value > -745, value < 709 else { return value > 0 ? .infinity : 0 }
    let whole = (value / ln2).rounded()
    let rest = value - whole * ln2
    var (term, sum) = (1.0, 1.0)
    for index in 1...14 {
      term *= rest / Double(index)
      sum += term
    }
    return Double(sign: .plus, exponent: Int(whole), significand: sum)
  }

  /// 10 to the power of `value`.
  public static func power10(_ value: Double) -> Double { exp(value * ln10) }
}
