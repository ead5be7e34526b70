import Glibc

/// The bytes below a log's objects: texts in quotation marks, numbers, and what lies between.
extension LogObjectScanner {
  mutating func string() throws(JSONError) -> (range: Range<Int>, hasEscapes: Bool) {
    let quote = bytes[position]
    position += 1
    let start = position
    // Most have no escapes: the next quote ends them.
    guard let base = bytes.baseAddress,
      let found = memchr(base + start, Int32(quote), bytes.count - start)
    else {
      position = bytes.count
      throw error("the text ends inside a string")
    }
    let end = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    guard memchr(base + start, Int32(UInt8(ascii: "\\")), end - start) != nil else {
      position = end + 1
      return (start..<end, false)
    }
    while position < bytes.count {
      let byte = bytes[position]
      if byte == quote {
        defer { position += 1 }
        return (start..<position, true)
      }
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    position = bytes.count
    throw error("the text ends inside a string")
  }

  /// A key with escapes, read as JSON reads it; kept as it is written where it is none.
  func unescaped(_ range: Range<Int>) -> [UInt8] {
    let quote = [UInt8(ascii: "\"")]
    let value = try? JSONValue(decoding: quote + Array(bytes[range]) + quote)
    return value?.string.map { Array($0.utf8) } ?? Array(bytes[range])
  }

  /// The number that a text as a whole is; nil where it is none.
  func number(in range: Range<Int>) -> Double? {
    LogNumber.parse(UnsafeBufferPointer(rebasing: bytes[range]))
  }

  // MARK: Bytes

  func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }

  func isDelimiter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ")"), 0x20, 0x09,
      0x0A, 0x0D:
      true
    default: false
    }
  }

  func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "-"), UInt8(ascii: "+"):
      true
    default: false
    }
  }

  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  mutating func skip(_ byte: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  var nextText: String { JSONError.name(ofByteAt: position, in: bytes) }

  func error(_ message: String) -> JSONError {
    JSONError(line: 1, column: min(position, bytes.count) + 1, message: message)
  }
}
