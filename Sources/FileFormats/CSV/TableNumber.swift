/// Which of `TableNumberFormat.all` a field is a number in, a bit for each.
struct FormatSet: OptionSet, Sendable {
  var rawValue: UInt8

  /// In whichever format: digits alone.
  static let all = FormatSet(rawValue: 0xFF)
  static let point = FormatSet(rawValue: 0x0F)
  static let comma = FormatSet(rawValue: 0xF0)
  /// Without marks of thousands.
  static let plainPoint = FormatSet(rawValue: 0x01)
  static let plainComma = FormatSet(rawValue: 0x10)

  static func family(_ decimal: TableDialect.DecimalMark) -> FormatSet {
    decimal == .point ? point : comma
  }

  func contains(format index: Int) -> Bool { rawValue & 1 << index != 0 }

  func contains(_ format: TableNumberFormat) -> Bool {
    TableNumberFormat.all.firstIndex(of: format).map(contains(format:)) ?? false
  }
}

/// A field that may be a number: its sign, digits and marks, and what stands before or behind them.
struct TableNumber {
  private(set) var formats: FormatSet = []
  /// A point or a comma is among its marks.
  private(set) var isMarked = false
  /// Its only marks are one point or comma before a last group of three digits.
  private(set) var isOneGroup = false
  /// Digits before the first mark.
  private(set) var firstDigits = 0
  private(set) var isFraction = false
  /// A currency or a per cent sign, as its bytes; 0 without.
  private(set) var unit: UInt64 = 0
  private var isNegative = false
  /// The digits and marks, without sign and unit.
  private var body = 0..<0
  private var exponent = 0..<0

  private enum Mark: UInt8 {
    case point = 1
    case comma, apostrophe, blank
  }

  /// Nil for what is no number in any format.
  init?(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    var at = range.lowerBound
    let end = range.upperBound
    Self.skipBlanks(bytes, &at, end)
    let signed = at
    takeSign(bytes, &at, end)
    let hasSign = at > signed
    takeUnit(bytes, &at, end)
    Self.skipBlanks(bytes, &at, end)
    if !hasSign { takeSign(bytes, &at, end) }
    guard takeBody(bytes, &at, end) else { return nil }
    takeExponent(bytes, &at, end)
    Self.skipBlanks(bytes, &at, end)
    if unit == 0 { takeUnit(bytes, &at, end) }
    Self.skipBlanks(bytes, &at, end)
    guard at == end, !formats.isEmpty else { return nil }
  }

  /// The value in a format. Nil where the number is not written so, or is too large.
  func value(
    _ bytes: UnsafeBufferPointer<UInt8>, in format: TableNumberFormat, _ buffer: inout [UInt8]
  ) -> Double? {
    guard formats.contains(format) else { return nil }
    // Written anew as JSON has numbers, which are read exactly.
    buffer.removeAll(keepingCapacity: true)
    if isNegative { buffer.append(UInt8(ascii: "-")) }
    let digitsAt = buffer.count
    let decimal = format.decimal == .point ? UInt8(ascii: ".") : UInt8(ascii: ",")
    var hasPoint = false
    for byte in bytes[body] {
      if byte &- 0x30 < 10 {
        // No zeros in front.
        if !hasPoint, buffer.count == digitsAt + 1, buffer[digitsAt] == 0x30 {
          buffer[digitsAt] = byte
        } else {
          buffer.append(byte)
        }
      } else if byte == decimal {
        if buffer.count == digitsAt { buffer.append(0x30) }
        buffer.append(UInt8(ascii: "."))
        hasPoint = true
      }
    }
    if buffer.last == UInt8(ascii: ".") { buffer.append(0x30) }
    buffer.append(contentsOf: bytes[exponent])
    let value: Double? = buffer.withUnsafeBufferPointer { text in
      var position = 0
      guard let number = DecimalNumber.scan(text, at: &position), position == text.count else {
        return nil
      }
      return number.double
    }
    guard let value, value.isFinite else { return nil }
    return value
  }

  /// The value of digits alone, such as a count.
  func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard !isMarked, exponent.isEmpty, unit == 0, body.count <= 15 else { return nil }
    var value = 0
    for byte in bytes[body] {
      guard byte &- 0x30 < 10 else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return isNegative ? -value : value
  }

  func firstDigit(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt8 {
    body.isEmpty ? 0 : bytes[body.lowerBound] &- 0x30
  }

  // MARK: Pieces

  private static func starts(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int, with text: StaticString
  ) -> Bool {
    let count = text.utf8CodeUnitCount
    guard count <= end - at else { return false }
    for i in 0..<count where bytes[at + i] != text.utf8Start[i] { return false }
    return true
  }

  /// Bytes of a blank at this place; 0 where none stands.
  static func blank(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int) -> Int {
    guard at < end else { return 0 }
    switch bytes[at] {
    case 0x20, 0x09: return 1
    case 0xC2: return starts(bytes, at, end, with: "\u{A0}") ? 2 : 0
    case 0xE2:
      return starts(bytes, at, end, with: "\u{202F}") || starts(bytes, at, end, with: "\u{2009}")
        || starts(bytes, at, end, with: "\u{2007}") ? 3 : 0
    default: return 0
    }
  }

  private static func skipBlanks(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ end: Int
  ) {
    while case let size = blank(bytes, at, end), size > 0 { at += size }
  }

  private mutating func takeSign(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ end: Int
  ) {
    guard at < end else { return }
    if bytes[at] == UInt8(ascii: "+") {
      at += 1
    } else if bytes[at] == UInt8(ascii: "-") {
      isNegative = true
      at += 1
    } else if Self.starts(bytes, at, end, with: "\u{2212}") {
      isNegative = true
      at += 3
    }
  }

  private static let units: [StaticString] = [
    "$", "%", "\u{A3}", "\u{A5}", "\u{A2}", "\u{20AC}", "\u{20B9}", "\u{20A9}", "\u{20BD}",
    "\u{20BA}", "\u{20AB}", "\u{20B4}", "\u{20AA}", "\u{E3F}", "\u{20BF}", "EUR", "USD", "GBP",
    "JPY", "CHF", "CNY", "SEK", "NOK", "DKK", "PLN", "CZK", "INR", "KRW", "BRL", "AUD", "CAD",
  ]

  private mutating func takeUnit(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ end: Int
  ) {
    guard at < end, bytes[at] &- 0x30 >= 10, bytes[at] != UInt8(ascii: ".") else { return }
    for name in Self.units where Self.starts(bytes, at, end, with: name) {
      let count = name.utf8CodeUnitCount
      for i in 0..<count { unit = unit << 8 | UInt64(bytes[at + i]) }
      at += count
      return
    }
  }

  /// Digits with marks between them. Sets `formats`.
  private mutating func takeBody(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ end: Int
  ) -> Bool {
    let start = at
    // Four bits for each mark and for the length of the group of digits behind it.
    var (marks, lengths, count): (UInt64, UInt64, Int) = (0, 0, 0)
    var (group, digits) = (0, 0)
    while at < end {
      let byte = bytes[at]
      if byte &- 0x30 < 10 {
        (group, digits, at) = (group + 1, digits + 1, at + 1)
        continue
      }
      let mark: Mark
      var size = 1
      switch byte {
      case UInt8(ascii: "."): mark = .point
      case UInt8(ascii: ","): mark = .comma
      case UInt8(ascii: "'"): mark = .apostrophe
      default:
        if Self.starts(bytes, at, end, with: "\u{2019}") {
          (mark, size) = (.apostrophe, 3)
        } else {
          (mark, size) = (.blank, Self.blank(bytes, at, end))
        }
      }
      let isDigitNext = at + size < end && bytes[at + size] &- 0x30 < 10
      guard size > 0, isDigitNext || mark == .point else { break }
      guard count < 15 else { return false }
      if count == 0 {
        firstDigits = group
      } else {
        lengths |= UInt64(min(group, 15)) << UInt64(4 * (count - 1))
      }
      marks |= UInt64(mark.rawValue) << UInt64(4 * count)
      if mark == .point || mark == .comma { isMarked = true }
      (count, group, at) = (count + 1, 0, at + size)
    }
    guard digits > 0 else { return false }
    body = start..<at
    if count == 0 {
      firstDigits = group
      formats = .all
      return true
    }
    lengths |= UInt64(min(group, 15)) << UInt64(4 * (count - 1))
    func mark(_ index: Int) -> UInt8 { UInt8(marks >> UInt64(4 * index) & 15) }
    func length(_ index: Int) -> Int { Int(lengths >> UInt64(4 * index) & 15) }
    let canGroup = (1...3).contains(firstDigits) && bytes[start] != UInt8(ascii: "0")
    for (index, format) in TableNumberFormat.all.enumerated() {
      let decimal = format.decimal == .point ? Mark.point.rawValue : Mark.comma.rawValue
      let thousands: UInt8? =
        switch format.thousands {
        case .comma: Mark.comma.rawValue
        case .point: Mark.point.rawValue
        case .apostrophe: Mark.apostrophe.rawValue
        case .blank: Mark.blank.rawValue
        case nil: nil
        }
      let hasDecimal = mark(count - 1) == decimal
      let groups = hasDecimal ? count - 1 : count
      let isGrouped = (0..<groups).allSatisfy { mark($0) == thousands && length($0) == 3 }
      if groups == 0 || canGroup && isGrouped { formats.insert(FormatSet(rawValue: 1 << index)) }
    }
    isOneGroup = isMarked && count == 1 && length(0) == 3 && canGroup
    isFraction = isMarked
    return true
  }

  private mutating func takeExponent(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ end: Int
  ) {
    guard at < end, bytes[at] | 0x20 == UInt8(ascii: "e") else { return }
    var to = at + 1
    if to < end, bytes[to] == UInt8(ascii: "-") || bytes[to] == UInt8(ascii: "+") { to += 1 }
    let digitsAt = to
    while to < end, bytes[to] &- 0x30 < 10 { to += 1 }
    guard to > digitsAt else { return }
    exponent = at..<to
    // Nobody groups the digits before an exponent.
    formats.formIntersection([.plainPoint, .plainComma])
    (isFraction, isOneGroup) = (true, false)
    at = to
  }
}
