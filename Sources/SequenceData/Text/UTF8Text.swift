/// The text of a file as valid UTF-8 without a byte-order mark, its lines ended by LF or CRLF.
///
/// UTF-16 with a mark is written anew, and so is a CR that alone ends a line. Bytes of 0, which no
/// text has, are refused.
struct UTF8Text {
  let file: String
  let bytes: ArraySlice<UInt8>

  /// Reads and checks a text file.
  static func read(_ path: String) throws(DataError) -> UTF8Text {
    try UTF8Text(file: path, bytes: FileBytes.read(path))
  }

  init(file: String, bytes: [UInt8]) throws(DataError) {
    self.file = file
    var bytes = bytes
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      bytes = try Self.fromUTF16(bytes, file)
    }
    if let offset = Self.firstInvalid(bytes) {
      throw DataError(
        file, line: Self.line(of: offset, in: bytes), "byte \(offset) is not valid UTF-8",
        found: "0x" + String(bytes[offset], radix: 16, uppercase: true), expected: "UTF-8 text")
    }
    if let offset = bytes.firstIndex(of: 0) {
      let isWide = bytes.prefix(64).reduce(0) { $0 + ($1 == 0 ? 1 : 0) } > min(64, bytes.count) / 4
      throw DataError(
        file, line: Self.line(of: offset, in: bytes), "byte \(offset) is 0, which no text has",
        found: isWide ? "perhaps UTF-16 without a mark" : nil, expected: "UTF-8 text")
    }
    Self.endLines(&bytes)
    self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
  }

  private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
    bytes[..<offset].reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
  }

  /// Turns each CR that no LF follows into an LF.
  private static func endLines(_ bytes: inout [UInt8]) {
    guard bytes.contains(0x0D) else { return }
    for i in bytes.indices where bytes[i] == 0x0D {
      if i + 1 == bytes.count || bytes[i + 1] != 0x0A { bytes[i] = 0x0A }
    }
  }

  /// The text of UTF-16 that begins with a byte-order mark.
  private static func fromUTF16(_ bytes: [UInt8], _ file: String) throws(DataError) -> [UInt8] {
    let isLittle = bytes[0] == 0xFF
    guard bytes.count % 2 == 0, !bytes.starts(with: [0xFF, 0xFE, 0, 0]) else {
      throw DataError(
        file, line: 1, "the file begins as UTF-16 does and is none",
        found: bytes.count % 2 == 0 ? "UTF-32" : "an odd number of bytes", expected: "UTF-8 text")
    }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var (at, line) = (2, 1)
    func unit(_ at: Int) -> UInt32 {
      isLittle
        ? UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at])
        : UInt32(bytes[at]) << 8 | UInt32(bytes[at + 1])
    }
    while at < bytes.count {
      var value = unit(at)
      let start = at
      at += 2
      if (0xD800..<0xDC00).contains(value), at < bytes.count,
        (0xDC00..<0xE000).contains(unit(at))
      {
        value = 0x10000 + (value - 0xD800) << 10 + (unit(at) - 0xDC00)
        at += 2
      }
      guard let scalar = Unicode.Scalar(value) else {
        throw DataError(
          file, line: line, "byte \(start) is half a character of UTF-16",
          found: "0x" + String(value, radix: 16, uppercase: true), expected: "UTF-8 text")
      }
      if value == 0x0A { line += 1 }
      text.append(contentsOf: UTF8.encode(scalar) ?? .init())
    }
    return text
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
