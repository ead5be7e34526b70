/// Numbers in the words of an alert.
enum AlertText {
  /// Two or three digits that count.
  static func number(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var (size, exponent) = (abs(value), 0)
    while size >= 10 {
      size /= 10
      exponent += 1
    }
    while size < 1 {
      size *= 10
      exponent -= 1
    }
    if exponent >= 2 && exponent < 9 { return "\(Int(value.rounded()))" }
    let hundredths = Int((size * 10).rounded())
    let sign = value < 0 ? "−" : ""
    if exponent < -3 || exponent >= 9 {
      let power = exponent < 0 ? "−\(-exponent)" : "\(exponent)"
      return "\(sign)\(hundredths / 10).\(hundredths % 10)e\(power)"
    }
    let scale = exponent >= 0 ? 100.0 : [100.0, 1000, 10_000][min(2, -exponent - 1)]
    let digits = exponent >= 0 ? 2 : 1 - exponent
    let units = Int((abs(value) * scale).rounded())
    let fraction = String(units % Int(scale))
    let zeros = String(repeating: "0", count: max(0, digits - fraction.count))
    return "\(sign)\(units / Int(scale)).\(zeros)\(fraction)"
  }

  static func percent(_ share: Double) -> String {
    share.isFinite ? "\(Int((min(max(share, -10), 10) * 100).rounded())) %" : "–"
  }

  /// A number with so many decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    guard value.isFinite, abs(value) * scale < 1e15 else { return number(value) }
    let whole = Int((abs(value) * scale).rounded())
    let sign = value < 0 && whole > 0 ? "−" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let fraction = String(whole % Int(scale))
    let zeros = String(repeating: "0", count: max(0, decimals - fraction.count))
    return "\(sign)\(whole / Int(scale)).\(zeros)\(fraction)"
  }
}
