/// Decimal numbers as JSON, CSV and the run record write them, read from and written to bytes.
///
/// Reading is exact: the `Double` nearest to the decimal text. A record of a million steps holds
/// several million numbers of 16 digits, so the usual ones take one wide integer division instead
/// of a general conversion.
public enum DecimalNumber {
  /// A number read from text.
  public enum Parsed: Equatable, Sendable {
    /// Written without fraction or exponent, and it fits.
    case integer(Int)
    case real(Double)

    public var double: Double {
      switch self {
      case .integer(let value): Double(value)
      case .real(let value): value
      }
    }
  }

  /// Reads the longest number that the JSON grammar allows from `position` on (RFC 8259,
  /// section 6: no leading zeros, no `+`, digits on both sides of the point).
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - position: where the number starts; moved behind it on success, untouched otherwise.
  /// - Returns: the number, or nil where none stands.
  public static func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, at position: inout Int
  ) -> Parsed? {
    let end = bytes.count
    var at = position
    var negative = false
    if at < end, bytes[at] == UInt8(ascii: "-") {
      negative = true
      at += 1
    }
    var mantissa: UInt64 = 0
    var digits = 0
    var dropped = 0
    func take(_ digit: UInt8) {
      // 19 digits always fit in 64 bits; longer numbers take the slow way.
      if digits < 19 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        if mantissa != 0 { digits += 1 }
      } else {
        dropped += 1
      }
    }

    guard at < end, let first = digit(bytes[at]) else { return nil }
    take(first)
    at += 1
    if first != 0 {
      while at < end, let next = digit(bytes[at]) {
        take(next)
        at += 1
      }
    }
    var isInteger = true
    var exponent = 0
    if at + 1 < end, bytes[at] == UInt8(ascii: "."), digit(bytes[at + 1]) != nil {
      isInteger = false
      at += 1
      let pointAt = at
      // Many digits are usual: eight at a time while all of them surely fit.
      while digits <= 11, let eight = eightDigits(bytes, at: at) {
        mantissa = mantissa &* 100_000_000 &+ eight
        if mantissa != 0 { digits += 8 }
        at += 8
      }
      while at < end, let next = digit(bytes[at]) {
        take(next)
        at += 1
      }
      exponent = pointAt - at
    }
    if let (written, behind) = scanExponent(bytes, at: at) {
      isInteger = false
      at = behind
      exponent += written
    }

    defer { position = at }
    if isInteger, dropped == 0, let magnitude = Int(exactly: mantissa), magnitude != 0 || !negative
    {
      return .integer(negative ? -magnitude : magnitude)
    }
    if dropped == 0, let magnitude = exactDouble(mantissa, timesTenTo: exponent) {
      return .real(negative ? -magnitude : magnitude)
    }
    return .real(slowDouble(bytes[position..<at]))
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? value : nil
  }

  /// The number that eight digits make; nil where there are fewer.
  private static func eightDigits(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt64? {
    guard bytes.count - start >= 8 else { return nil }
    let word = UInt64(
      littleEndian: UnsafeRawBufferPointer(bytes)
        .loadUnaligned(fromByteOffset: start, as: UInt64.self))
    let high: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
    guard word & high | ((word &+ 0x0606_0606_0606_0606) & high) >> 4 == 0x3333_3333_3333_3333
    else { return nil }
    // Neighbours are joined: to pairs, to fours, to all eight.
    let pairs = ((word & 0x0F0F_0F0F_0F0F_0F0F) &* 2561) >> 8
    let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* 6_553_601) >> 16
    return ((fours & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) >> 32
  }

  /// An exponent such as `e-05`, bounded so that a hostile one cannot overflow.
  private static func scanExponent(
    _ bytes: UnsafeBufferPointer<UInt8>, at start: Int
  ) -> (value: Int, behind: Int)? {
    var at = start
    guard at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") else { return nil }
    at += 1
    var negative = false
    if at < bytes.count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
      negative = bytes[at] == UInt8(ascii: "-")
      at += 1
    }
    guard at < bytes.count, digit(bytes[at]) != nil else { return nil }
    var value = 0
    while at < bytes.count, let next = digit(bytes[at]) {
      value = min(100_000, value * 10 + Int(next))
      at += 1
    }
    return (negative ? -value : value, at)
  }

  private static let powersOfTen: [UInt64] = (0...19).map { count in
    (0..<count).reduce(1) { power, _ in power * 10 }
  }

  /// `mantissa · 10^exponent`, correctly rounded, for exponents from −19 to 0; nil otherwise.
  ///
  /// The quotient of a 128-bit numerator and the power of ten is exact up to its remainder, so
  /// rounding half to even needs no more than the remainder's being zero or not.
  private static func exactDouble(_ mantissa: UInt64, timesTenTo exponent: Int) -> Double? {
    guard mantissa != 0 else { return 0 }
    guard exponent <= 0, exponent >= -19 else { return nil }
    if exponent == 0 { return Double(mantissa) }
    let power = powersOfTen[-exponent]
    // Both are doubles themselves: their quotient is rounded once.
    if mantissa <= 1 << 53, power <= 1 << 53 { return Double(mantissa) / Double(power) }
    let divisorShift = power.leadingZeroBitCount
    let divisor = power << UInt64(divisorShift)
    // One bit below the top keeps the numerator's high word under the divisor.
    let mantissaShift = mantissa.leadingZeroBitCount
    let high = (mantissa << UInt64(mantissaShift)) >> 1
    let low = (mantissa << UInt64(mantissaShift)) << 63
    let (quotient, remainder) = divisor.dividingFullWidth((high, low))
    let surplus = UInt64(quotient.leadingZeroBitCount)
    // Normalised: 53 bits are kept, 10 or 11 are cut.
    let cut = 11 - surplus
    var kept = quotient >> cut
    let rest = quotient & ((1 << cut) - 1)
    let half: UInt64 = 1 << (cut - 1)
    if rest > half || (rest == half && (remainder != 0 || kept & 1 == 1)) { kept += 1 }
    let scale = divisorShift - mantissaShift - 63 + Int(cut)
    // Far from the smallest and the largest: a power of two loses nothing.
    return Double(kept) * Double(bitPattern: UInt64(scale + 1023) << 52)
  }

  /// Not `strtod`, which reads a decimal comma once the program has taken on a person's locale.
  private static func slowDouble(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double {
    Double(String(decoding: text, as: UTF8.self)) ?? .nan
  }

  /// Appends the shortest text that reads back as the same value; whole numbers without `.0`.
  ///
  /// - Precondition: the value is finite; the formats differ in what they write otherwise.
  public static func append(_ value: Double, to bytes: inout [UInt8]) {
    if value == value.rounded(), abs(value) < 1e15, !(value == 0 && value.sign == .minus) {
      append(Int(value), to: &bytes)
    } else {
      bytes.append(contentsOf: value.description.utf8)
    }
  }

  /// Appends an integer's decimal digits.
  public static func append(_ value: Int, to bytes: inout [UInt8]) {
    var rest = value.magnitude
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// A value rounded to `places` decimals, for numbers whose further digits say nothing, such as
  /// microseconds of a clock.
  public static func rounded(_ value: Double, places: Int) -> Double {
    guard places >= 0, places < 16, abs(value) < 1e15 else { return value }
    let power = Double(powersOfTen[places])
    return (value * power).rounded() / power
  }
}
