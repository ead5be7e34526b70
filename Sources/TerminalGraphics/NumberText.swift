/// Numbers as a person reads them: few digits, units, no surprises for values that are none.
public enum NumberText {
  /// With a fixed count of decimals, such as `2.187`.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return odd(value) }
    let decimals = min(max(0, decimals), 12)
    let scale = power(decimals)
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return scientific(value) }
    let units = Int(scaled)
    let whole = units / Int(scale)
    let sign = value < 0 && units > 0 ? "−" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let fraction = String(units % Int(scale))
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(sign)\(whole).\(zeros)\(fraction)"
  }

  /// With so many digits that count, such as `0.0020`, `1.08`, `1.2e−6`.
  public static func significant(_ value: Double, _ digits: Int = 3) -> String {
    guard value.isFinite else { return odd(value) }
    guard value != 0 else { return "0" }
    let exponent = magnitude(value)
    if exponent < -4 || exponent >= 6 { return scientific(value, digits - 1) }
    return fixed(value, max(0, digits - 1 - exponent))
  }

  /// With so many decimals, or more where fewer than two digits that count would be left: a small
  /// loss is never `0.000`.
  public static func decimals(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, value != 0, magnitude(value) < 1 - decimals else {
      return fixed(value, decimals)
    }
    return significant(value, 2)
  }

  /// With so many digits that count and no zeros at the end, such as `5` or `0.8`.
  public static func brief(_ value: Double, _ digits: Int = 3) -> String {
    let text = significant(value, digits)
    guard text.contains("."), !text.contains("e") else { return text }
    var kept = text[...]
    while kept.last == "0" { kept.removeLast() }
    if kept.last == "." { kept.removeLast() }
    return String(kept)
  }

  /// Such as `3.2e−5`.
  public static func scientific(_ value: Double, _ decimals: Int = 1) -> String {
    guard value.isFinite else { return odd(value) }
    guard value != 0 else { return "0" }
    var exponent = magnitude(value)
    var mantissa = value / tenToThe(exponent)
    if abs(mantissa) >= 10 - 0.5 / power(decimals) {
      mantissa /= 10
      exponent += 1
    }
    return "\(fixed(mantissa, decimals))e\(exponent < 0 ? "−" : "")\(abs(exponent))"
  }

  /// A whole number with its thousands apart, such as `12,480`.
  public static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var result = value < 0 ? "−" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }

  /// In thousands and millions, such as `612 k` or `1.4 M`.
  public static func compact(_ value: Double) -> String {
    guard value.isFinite else { return odd(value) }
    let size = abs(value)
    for (limit, unit) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where size >= limit * 0.9995 {
      let scaled = value / limit
      return "\(fixed(scaled, abs(scaled) < 9.95 ? 1 : 0)) \(unit)"
    }
    return size < 9.95 && size != size.rounded() ? fixed(value, 1) : fixed(value, 0)
  }

  /// A share from 0 to 1, such as `11 %` or `0.3 %`.
  public static func percent(_ share: Double) -> String {
    guard share.isFinite else { return odd(share) }
    let percent = share * 100
    if percent != 0, abs(percent) < 0.1 { return "<0.1 %" }
    return "\(fixed(percent, abs(percent) < 9.95 && percent != 0 ? 1 : 0)) %"
  }

  /// Seconds with their units, such as `8 s`, `4 min 12 s`, `1 h 2 min`, `3 d 4 h`.
  /// - Parameters:
  ///   - seconds: from 0 on
  ///   - units: how many units are told at most, the largest ones; the rest is rounded
  public static func duration(_ seconds: Double, units: Int = 2) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "–" }
    func parts(_ total: Int) -> [(count: Int, unit: String, size: Int)] {
      let isDays = total >= 2 * 86_400
      let hours = total / 3600
      let all = [
        (isDays ? total / 86_400 : 0, "d", 86_400), (isDays ? hours % 24 : hours, "h", 3600),
        (total / 60 % 60, "min", 60), (total % 60, "s", 1),
      ]
      let first = all.firstIndex { $0.0 > 0 } ?? all.count - 1
      return Array(all[first...].prefix(max(1, units)))
    }
    let whole = Int(seconds.rounded())
    let least = parts(whole).last?.size ?? 1
    let told = parts((whole + least / 2) / least * least)
    let text = told.enumerated().filter { $0.offset == 0 || $0.element.count > 0 }
    return text.map { "\($0.element.count) \($0.element.unit)" }.joined(separator: " ")
  }

  /// Such as `212 KB` or `38 MB`, in powers of 1024.
  public static func bytes(_ count: Int) -> String {
    let value = Double(max(0, count))
    for (limit, unit) in [(1_073_741_824.0, "GB"), (1_048_576, "MB"), (1024, "KB")]
    where value >= limit {
      let scaled = value / limit
      return "\(fixed(scaled, scaled < 9.95 ? 1 : 0)) \(unit)"
    }
    return "\(max(0, count)) B"
  }

  /// The exponent of the largest power of ten that is not above |value|, such as −3 for 0.0024.
  public static func power(ofTenBelow value: Double) -> Int { magnitude(value) }

  private static func magnitude(_ value: Double) -> Int {
    var exponent = 0
    var size = abs(value)
    guard size > 0, size.isFinite else { return 0 }
    while size >= 10 {
      size /= 10
      exponent += 1
    }
    while size < 1 {
      size *= 10
      exponent -= 1
    }
    return exponent
  }

  private static func odd(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞"
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func power(_ exponent: Int) -> Double { tenToThe(exponent) }

  private static func tenToThe(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<abs(exponent) { result *= 10 }
    return exponent < 0 ? 1 / result : result
  }
}
