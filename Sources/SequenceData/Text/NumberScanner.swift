/// Decimal numbers from bytes, without making a String of each.
enum NumberScanner {
  /// The number that `field` spells, blanks around it allowed: digits, point, exponent, sign.
  /// `nan`, `inf` and hexadecimal are not numbers here. Nil when the field is anything else.
  static func double(_ field: ArraySlice<UInt8>) -> Double? {
    let trimmed = trim(field)
    var i = trimmed.startIndex
    guard let value = prefix(of: trimmed, at: &i), i == trimmed.endIndex else { return nil }
    return value
  }

  static func trim(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var field = field
    while let first = field.first, first == 0x20 || first == 0x09 { field.removeFirst() }
    while let last = field.last, last == 0x20 || last == 0x09 { field.removeLast() }
    return field
  }

  /// Reads a number that starts at `i` and moves `i` behind it; nil, with `i` unmoved, when none
  /// starts there or it is too large for a `Double`.
  static func prefix(of bytes: ArraySlice<UInt8>, at i: inout Int) -> Double? {
    var at = i
    func byte() -> UInt8 { at < bytes.endIndex ? bytes[at] : 0 }
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    let isNegative = byte() == UInt8(ascii: "-")
    if isNegative || byte() == UInt8(ascii: "+") { at += 1 }
    var (mantissa, digits, significant, exponent): (UInt64, Int, Int, Int) = (0, 0, 0, 0)
    var isFraction = false
    while true {
      if isDigit(byte()) {
        digits += 1
        if significant < 18 {
          mantissa = mantissa * 10 + UInt64(byte() - 0x30)
          if mantissa > 0 { significant += 1 }
          if isFraction { exponent -= 1 }
        } else {
          significant += 1
          if !isFraction { exponent += 1 }
        }
      } else if byte() == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else {
        break
      }
      at += 1
    }
    guard digits > 0 else { return nil }
    if byte() == UInt8(ascii: "e") || byte() == UInt8(ascii: "E") {
      let mark = at
      at += 1
      let isSmall = byte() == UInt8(ascii: "-")
      if isSmall || byte() == UInt8(ascii: "+") { at += 1 }
      if isDigit(byte()) {
        var power = 0
        while isDigit(byte()) {
          power = min(power * 10 + Int(byte() - 0x30), 100_000)
          at += 1
        }
        exponent += isSmall ? -power : power
      } else {
        at = mark
      }
    }
    // Exact when mantissa and power of ten both are (Clinger 1990); else the standard library's.
    let value: Double?
    if significant <= 18, mantissa <= 1 << 53, (-22...22).contains(exponent) {
      let power = powersOfTen[abs(exponent)]
      let magnitude = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
      value = isNegative ? -magnitude : magnitude
    } else {
      value = Double(String(decoding: bytes[i..<at], as: UTF8.self))
    }
    guard let value, value.isFinite else { return nil }
    i = at
    return value
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}

extension String {
  /// Without blanks and tabs at its ends.
  var trimmingBlanks: String {
    String(decoding: NumberScanner.trim(Array(utf8)[...]), as: UTF8.self)
  }
}
