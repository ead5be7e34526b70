/// The order in which people count: `run.2` stands before `run.10`.
enum NaturalOrder {
  static func precedes(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if isDigit(a[i]), isDigit(b[j]) {
        let (x, y) = (digits(a, &i), digits(b, &j))
        if x.count != y.count { return x.count < y.count }
        if x != y { return x.lexicographicallyPrecedes(y) }
      } else {
        if a[i] != b[j] { return a[i] < b[j] }
        i += 1
        j += 1
      }
    }
    return a.count - i < b.count - j
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// The digits from a place on, without leading zeros.
  private static func digits(_ text: [UInt8], _ position: inout Int) -> ArraySlice<UInt8> {
    let start = position
    while position < text.count, isDigit(text[position]) { position += 1 }
    return text[start..<position].drop { $0 == 0x30 }
  }
}
