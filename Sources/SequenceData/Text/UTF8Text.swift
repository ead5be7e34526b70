/// The bytes of a text file, known to be valid UTF-8 and without a byte-order mark.
struct UTF8Text {
  let file: String
  let bytes: ArraySlice<UInt8>

  /// Reads and checks a text file.
  static func read(_ path: String) throws(DataError) -> UTF8Text {
    try UTF8Text(file: path, bytes: FileBytes.read(path))
  }

  init(file: String, bytes: [UInt8]) throws(DataError) {
    self.file = file
    if let offset = Self.firstInvalid(bytes) {
      let line = bytes[..<offset].reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
      let looksWide = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
      throw DataError(
        file, line: line, "byte \(offset) is not valid UTF-8",
        found: looksWide ? "UTF-16" : "0x" + String(bytes[offset], radix: 16, uppercase: true),
        expected: "UTF-8 text")
    }
    self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
  }

  /// Offset of the first byte that no valid UTF-8 has at its place (Unicode 15, table 3-7).
  static func firstInvalid(_ bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBufferPointer { bytes in
      var i = 0
      while i < bytes.count {
        let lead = bytes[i]
        if lead < 0x80 {
          i += 1
          continue
        }
        let (length, low, high): (Int, UInt8, UInt8)
        switch lead {
        case 0xC2...0xDF: (length, low, high) = (2, 0x80, 0xBF)
        case 0xE0: (length, low, high) = (3, 0xA0, 0xBF)
        case 0xED: (length, low, high) = (3, 0x80, 0x9F)
        case 0xE1...0xEF: (length, low, high) = (3, 0x80, 0xBF)
        case 0xF0: (length, low, high) = (4, 0x90, 0xBF)
        case 0xF1...0xF3: (length, low, high) = (4, 0x80, 0xBF)
        case 0xF4: (length, low, high) = (4, 0x80, 0x8F)
        default: return i
        }
        guard i + length <= bytes.count, (low...high).contains(bytes[i + 1]) else { return i }
        for k in 2..<max(length, 2) where !(0x80...0xBF).contains(bytes[i + k]) { return i }
        i += length
      }
      return nil
    }
  }

  /// Calls `body` with each line's number (from 1) and its bytes without the line's end (LF or
  /// CRLF). A missing final newline makes no difference.
  func forEachLine(
    _ body: (_ number: Int, _ line: ArraySlice<UInt8>) throws(DataError) -> Void
  ) throws(DataError) {
    var number = 1
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      let trimmed = end > start && bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
      try body(number, bytes[start..<trimmed])
      number += 1
      start = end + 1
    }
  }
}
