/// A strict parser for JSON from anywhere: bounded depth, valid UTF-8 only, duplicate keys refused,
/// memory in proportion to the text.
struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let options: JSONValue.ParsingOptions
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, options: JSONValue.ParsingOptions) {
    self.bytes = bytes
    self.options = options
  }

  mutating func document() throws(JSONError) -> JSONValue {
    skipSpace()
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw error("more text after the value's end") }
    return value
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= options.maximumDepth else {
      throw error("nested deeper than \(options.maximumDepth) levels")
    }
    guard position < bytes.count else { throw error("the text ends where a value is expected") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t") where skip("true"): return .bool(true)
    case UInt8(ascii: "f") where skip("false"): return .bool(false)
    case UInt8(ascii: "n") where skip("null"): return .null
    case UInt8(ascii: "N") where options.acceptsNotFinite && skip("NaN"): return .number(.nan)
    case UInt8(ascii: "I") where options.acceptsNotFinite && skip("Infinity"):
      return .number(.infinity)
    case UInt8(ascii: "-") where options.acceptsNotFinite && skip("-Infinity"):
      return .number(-.infinity)
    default: return try number()
    }
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    guard let parsed = DecimalNumber.scan(bytes, at: &position) else {
      throw error("found \(nextText), expected a value")
    }
    if position < bytes.count, isNumberByte(bytes[position]) {
      position = start
      throw error("not a number that JSON allows")
    }
    switch parsed {
    case .integer(let value): return .integer(value)
    case .real(let value):
      guard value.isFinite else {
        position = start
        throw error("a number too large for 64 bits")
      }
      return .number(value)
    }
  }

  private func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if skip("]") { return elements }
    while true {
      skipSpace()
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if skip("]") { return elements }
      guard skip(",") else { throw error("found \(nextText), expected `,` or `]`") }
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
    position += 1
    var object = JSONObject()
    // A set only pays for itself, and only protects from quadratic time, in large objects.
    var seen: Set<String> = []
    skipSpace()
    if skip("}") { return object }
    while true {
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
        throw error("found \(nextText), expected a key in quotes")
      }
      let keyStart = position
      let key = try string()
      if isDuplicate(key, in: object, seen: &seen) {
        position = keyStart
        throw error("duplicate key \"\(key.prefix(80))\"")
      }
      skipSpace()
      guard skip(":") else { throw error("found \(nextText), expected `:`") }
      skipSpace()
      object.append(key, try value(depth: depth + 1))
      skipSpace()
      if skip("}") { return object }
      guard skip(",") else { throw error("found \(nextText), expected `,` or `}`") }
    }
  }

  private func isDuplicate(
    _ key: String, in object: JSONObject, seen: inout Set<String>
  ) -> Bool {
    guard object.members.count >= 16 else { return object[key] != nil }
    if seen.isEmpty { seen = Set(object.members.map(\.key)) }
    return !seen.insert(key).inserted
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        let text = String(validating: bytes[start..<position], as: UTF8.self)
        guard let text else {
          position = start
          throw error("a string that is not valid UTF-8")
        }
        position += 1
        return text
      case UInt8(ascii: "\\"): return try stringWithEscapes(from: start)
      case 0..<0x20: throw error("a control character inside a string")
      default: position += 1
      }
    }
    throw error("the text ends inside a string")
  }

  private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
    var text = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          position = start
          throw error("a string that is not valid UTF-8")
        }
        position += 1
        return string
      case UInt8(ascii: "\\"):
        let scalar = try escape()
        text.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
      case 0..<0x20: throw error("a control character inside a string")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw error("the text ends inside a string")
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard position + 1 < bytes.count else { throw error("the text ends inside a string") }
    let letter = bytes[position + 1]
    if letter == UInt8(ascii: "u") { return try unicodeEscape() }
    let scalar: Unicode.Scalar? =
      switch letter {
      case UInt8(ascii: "\""): "\""
      case UInt8(ascii: "\\"): "\\"
      case UInt8(ascii: "/"): "/"
      case UInt8(ascii: "b"): "\u{8}"
      case UInt8(ascii: "f"): "\u{C}"
      case UInt8(ascii: "n"): "\n"
      case UInt8(ascii: "r"): "\r"
      case UInt8(ascii: "t"): "\t"
      default: nil
      }
    guard let scalar else { throw error("an escape that JSON does not know") }
    position += 2
    return scalar
  }

  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let start = position
    guard let first = hexUnit() else { throw error("`\\u` needs four hexadecimal digits") }
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, let second = hexUnit(), (0xDC00...0xDFFF).contains(second) {
      let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
      if let scalar = Unicode.Scalar(value) { return scalar }
    }
    position = start
    throw error("half of a surrogate pair")
  }

  /// The four digits of a `\u` escape at the current position.
  private mutating func hexUnit() -> UInt16? {
    guard position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { return nil }
    var value: UInt16 = 0
    for byte in bytes[position + 2..<position + 6] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt16(digit)
    }
    position += 6
    return value
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private mutating func skip(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] {
      return false
    }
    position += count
    return true
  }

  private var nextText: String { JSONError.name(ofByteAt: position, in: bytes) }

  private func error(_ message: String) -> JSONError {
    var line = 1
    var lineStart = 0
    for index in 0..<min(position, bytes.count) where bytes[index] == 0x0A {
      line += 1
      lineStart = index + 1
    }
    return JSONError(line: line, column: position - lineStart + 1, message: message)
  }
}

extension JSONValue {
  /// What to accept beyond RFC 8259, and how much nesting.
  public struct ParsingOptions: Sendable {
    /// Containers inside containers that are still accepted.
    public var maximumDepth: Int
    /// Whether `NaN`, `Infinity` and `-Infinity` are numbers, as Python's json module writes them.
    public var acceptsNotFinite: Bool

    public init(maximumDepth: Int = 64, acceptsNotFinite: Bool = false) {
      self.maximumDepth = maximumDepth
      self.acceptsNotFinite = acceptsNotFinite
    }
  }

  /// Reads one value that fills the whole text.
  public init(
    decoding bytes: some Sequence<UInt8>, options: ParsingOptions = ParsingOptions()
  ) throws(JSONError) {
    // Contiguous storage is read where it stands; anything else is copied once.
    let parse: (UnsafeBufferPointer<UInt8>) -> Result<JSONValue, JSONError> = { buffer in
      var parser = JSONParser(buffer, options: options)
      do throws(JSONError) {
        return .success(try parser.document())
      } catch {
        return .failure(error)
      }
    }
    let result =
      bytes.withContiguousStorageIfAvailable(parse)
      ?? ContiguousArray(bytes).withUnsafeBufferPointer(parse)
    self = try result.get()
  }

  public init(decoding text: String) throws(JSONError) {
    try self.init(decoding: Array(text.utf8))
  }
}
