/// A number as it stands on screen, with what its digits leave open.
struct ShownNumber {
  /// How it is written, which says what its unit is worth.
  enum Form {
    case number
    /// From 0 to 1, written in percent.
    case share
    /// In thousands and millions.
    case compact
    /// Seconds, written as `1 h 2 min` or `4 min 12 s`.
    case duration
    case bytes
  }

  var value: Double
  /// Half a unit of the last digit.
  var slack: Double
  /// Whether the screen cut it short, so that nothing can be said of it.
  var isCut = false

  /// Reads the number that a text begins with; nil where it begins with none.
  init?(_ text: Substring, as form: Form = .number) {
    var signs = Array(text.drop { $0 == " " }.prefix(28))[...]
    let isBelow = signs.first == "<"
    if isBelow { signs.removeFirst() }
    guard !signs.starts(with: Array("none")) else {
      (value, slack) = (0, 0)
      return
    }
    let isNegative = signs.first == "−" || signs.first == "-"
    if isNegative { signs.removeFirst() }
    guard var (number, unit) = Self.digits(&signs) else { return nil }
    if signs.first == "e", let exponent = Self.exponent(&signs) {
      number *= exponent
      unit *= exponent
    }
    isCut = signs.first == "…"
    switch form {
    case .number: break
    case .share:
      guard signs.starts(with: [" ", "%"]) else { return nil }
      (number, unit) = (number / 100, unit / 100)
    case .compact:
      let factor: Double = ["k": 1e3, "M": 1e6, "G": 1e9][Self.unit(signs)] ?? 1
      (number, unit) = (number * factor, unit * factor)
    case .bytes:
      let factors = ["B": 1, "KB": 1024, "MB": 1_048_576, "GB": 1_073_741_824.0]
      guard let factor = factors[Self.unit(signs)] else { return nil }
      (number, unit) = (number * factor, unit * factor)
    case .duration:
      guard var size = Self.seconds(&signs) else { return nil }
      number *= size
      while signs.first == " " {
        var rest = signs.dropFirst()
        guard let part = Self.digits(&rest), let next = Self.seconds(&rest), next < size else {
          break
        }
        number += part.number * next
        (signs, size) = (rest, next)
      }
      unit = size
    }
    // What is below a bound lies somewhere between it and 0.
    value = isBelow ? number / 2 : isNegative ? -number : number
    slack = isBelow ? number / 2 : unit / 2
  }

  /// Whether it is what somebody writes who means `value`. Curves are kept in single precision.
  func means(_ value: Double) -> Bool {
    abs(value - self.value) <= slack * 1.0001 + 2e-7 * abs(value)
  }

  /// The size of a unit of time after a number and a blank.
  private static func seconds(_ signs: inout ArraySlice<Character>) -> Double? {
    for (name, size) in [(" d", 86_400.0), (" h", 3600), (" min", 60), (" s", 1)]
    where signs.starts(with: Array(name)) {
      let rest = signs.dropFirst(name.count)
      guard rest.first.map({ !$0.isLetter && $0 != "/" }) ?? true else { continue }
      signs = rest
      return size
    }
    return nil
  }

  private static func digits(
    _ signs: inout ArraySlice<Character>
  ) -> (number: Double, unit: Double)? {
    var (text, unit) = ("", 1.0)
    var hasPoint = false
    while let sign = signs.first {
      let isFollowed = signs.dropFirst().first.map(isDigit) ?? false
      if isDigit(sign) {
        text.append(sign)
        if hasPoint { unit /= 10 }
      } else if sign == ".", !hasPoint, isFollowed {
        hasPoint = true
        text.append(sign)
      } else if sign != "," || hasPoint || !isFollowed || text.isEmpty {
        break
      }
      signs.removeFirst()
    }
    return Double(text).map { ($0, unit) }
  }

  private static func exponent(_ signs: inout ArraySlice<Character>) -> Double? {
    var rest = signs.dropFirst()
    let isNegative = rest.first == "−" || rest.first == "-"
    if isNegative { rest.removeFirst() }
    guard let (number, _) = digits(&rest) else { return nil }
    signs = rest
    return (0..<Int(number)).reduce(1) { power, _ in isNegative ? power / 10 : power * 10 }
  }

  private static func unit(_ signs: ArraySlice<Character>) -> String {
    String(signs.drop { $0 == " " }.prefix { $0.isLetter })
  }

  private static func isDigit(_ sign: Character) -> Bool { sign.isASCII && sign.isNumber }
}
