/// What one field of a table may be, before its column decides.
enum TableCell {
  case missing
  case number(TableNumber)
  /// A number that is not finite, as a word.
  case infinite
  case date
  case text

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    if Self.isMissing(bytes, range) {
      self = .missing
    } else if let number = TableNumber(bytes, range) {
      self = .number(number)
    } else if Self.isInfinite(bytes, range) {
      self = .infinite
    } else if TableDate.matches(bytes, range) {
      self = .date
    } else {
      self = .text
    }
  }

  /// What pandas, R, spreadsheets, SQL and people write where there is no value, in small letters.
  private static let missingWords: Set<String> = [
    "na", "n/a", "#n/a", "#na", "n.a.", "<na>", "nan", "-nan", "nat", "null", "none", "nil",
    "missing", "?", "-", "--", ".", "..", "...", "–", "—", "\\n", "#value!", "#div/0!", "#ref!",
    "#num!", "#name?", "#null!",
  ]

  private static let infiniteWords: Set<String> = [
    "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "∞", "+∞", "-∞", "−∞",
  ]

  private static func isMissing(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    range.isEmpty || (word(bytes, range).map(missingWords.contains) ?? false)
  }

  private static func isInfinite(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) -> Bool {
    word(bytes, range).map(infiniteWords.contains) ?? false
  }

  /// In small letters; nil for what begins as a number does, or is too long.
  private static func word(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) -> String? {
    guard let first = range.first, range.count <= 10 else { return nil }
    // Nearly every field of a table of numbers ends here.
    if bytes[first] &- 0x30 < 10 || range.count > 1 && bytes[first + 1] &- 0x30 < 10 { return nil }
    return String(decoding: bytes[range], as: UTF8.self).lowercased()
  }
}

/// Dates and times of day, in whichever order and with whichever marks: `2020-01-31`,
/// `31.01.2020 10:00`, `Jan 2020`, `2020Q1`, `2020-01-01T00:00:00+01:00`, `2020年1月`.
enum TableDate {
  static func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    guard (4...48).contains(range.count) else { return false }
    var groups = 0
    var (hasMark, hasColon, hasYear, hasMonth, hasPeriod, hasZone) =
      (false, false, false, false, false, false)
    // Of the word between two blanks: its points, and whether it is digits alone.
    var (points, isBare, hasBareWord, hasDottedWord) = (0, false, false, false)
    func endWord() {
      if points > 1 { hasDottedWord = true } else if isBare { hasBareWord = true }
      (points, isBare) = (0, false)
    }
    var at = range.lowerBound
    var last: UInt8 = 0
    while at < range.upperBound {
      let byte = bytes[at]
      let start = at
      if byte &- 0x30 < 10 {
        while at < range.upperBound, bytes[at] &- 0x30 < 10 { at += 1 }
        if start == range.lowerBound || last == UInt8(ascii: " ") { isBare = true }
        switch at - start {
        case 1, 2: break
        case 4 where hasZone || !hasYear: hasYear = true
        // Of a second, digits behind the point go on for long.
        case 3...9 where last == UInt8(ascii: ".") && hasColon: break
        // 20200131T100000
        case 8 where groups == 0, 6 where groups == 1 && last | 0x20 == UInt8(ascii: "t"): break
        default: return false
        }
        groups += 1
      } else if isLetter(byte) {
        while at < range.upperBound, isLetter(bytes[at]) { at += 1 }
        let word = String(decoding: bytes[start..<at], as: UTF8.self).lowercased()
        if months.contains(word) {
          hasMonth = true
        } else if periods.contains(word) {
          hasPeriod = true
        } else if !words.contains(word) {
          return false
        }
      } else {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"):
          if groups > 0 { hasMark = true }
          if byte == UInt8(ascii: ":") { hasColon = true }
          if byte == UInt8(ascii: "-"), hasColon { hasZone = true }
          isBare = false
        case UInt8(ascii: "."): points += 1
        case UInt8(ascii: " "): endWord()
        case UInt8(ascii: "+") where hasColon: hasZone = true
        case UInt8(ascii: ","):
          // Between day and year; not a decimal comma.
          guard at + 1 < range.upperBound, bytes[at + 1] == 0x20 else { return false }
        default: return false
        }
        at += 1
      }
      last = byte
    }
    endWord()
    guard groups > 1 || groups == 1 && (hasMonth || hasPeriod && hasYear) else { return false }
    // 2020-01 1.5 is a date and a number, not a date.
    return hasMonth || hasPeriod && hasYear || (hasMark || hasDottedWord) && !hasBareWord
  }

  /// A day written as one number, such as 20200131.
  static func isCompact(_ value: Int) -> Bool {
    (1800_00_00..<2200_00_00).contains(value) && (1...12).contains(value / 100 % 100)
      && (1...31).contains(value % 100)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") || byte >= 0x80
  }

  private static let months: Set<String> = Set(
    """
    jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july
    august september october november december januar februar märz mrz mär mai juni juli okt
    oktober dez dezember janv janvier févr février mars avr avril juin juil juillet août septembre
    octobre novembre déc décembre ene enero febrero marzo abr abril mayo junio julio ago agosto
    septiembre octubre noviembre dic diciembre gen gennaio febbraio aprile mag maggio giu giugno
    lug luglio agosto set settembre ott ottobre dicembre 年 月
    """.split(whereSeparator: \.isWhitespace).map(String.init))

  private static let periods: Set<String> = ["q", "w", "kw", "h", "t"]

  private static let words: Set<String> = Set(
    """
    z am pm a p m utc gmt cet cest est edt pst pdt mon tue wed thu fri sat sun monday tuesday
    wednesday thursday friday saturday sunday mo di mi do fr sa so st nd rd th of 日 時 分 秒
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}
