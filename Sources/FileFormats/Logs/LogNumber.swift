/// Numbers as logs write them in text.
public enum LogNumber {
  /// The number that a text as a whole is, blanks around it aside: `1.5`, `+2`, `.5`, `nan`, `-inf`.
  /// - Returns: nil where it is none.
  public static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var (start, end) = (0, text.count)
    while start < end, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
    while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
    guard end > start else { return nil }
    let trimmed = UnsafeBufferPointer(rebasing: text[start..<end])
    var position = 0
    if let number = DecimalNumber.scan(trimmed, at: &position), position == trimmed.count {
      return number.double
    }
    if let number = notFinite(trimmed[...]) { return number }
    // What other programs write beside: `+2`, `.5`, `2.`, leading zeros.
    let isNumber =
      trimmed.count <= 64
      && trimmed.allSatisfy { byte in
        (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
      }
    return isNumber ? Double(String(decoding: trimmed, as: UTF8.self)) : nil
  }

  /// `nan`, `inf` and their kin, in any case; nil for other words.
  static func notFinite(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
    guard word.count >= 3, word.count <= 9, let first = word.first else { return nil }
    // Most words are `null` or `true`.
    guard "nNiI-+".utf8.contains(first) else { return nil }
    switch String(decoding: word, as: UTF8.self).lowercased() {
    case "nan", "-nan", "+nan": return .nan
    case "inf", "infinity", "+inf", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: return nil
    }
  }
}
