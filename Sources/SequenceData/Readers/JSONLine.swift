/// One line of a `jsonl` file: an object whose values are numbers or (nested) arrays of numbers.
struct JSONLine {
  enum Value: Equatable {
    case number(Double)
    case row([Double])
    /// Rows of `width` numbers, one behind the other.
    case rows([Double], width: Int)
  }

  static let keys = ["inputs", "tokens", "targets", "target", "source", "vector"]

  let file: String
  let number: Int
  private(set) var values: [String: Value] = [:]
  private let bytes: ArraySlice<UInt8>
  private var at: Int

  init(file: String, number: Int, bytes: ArraySlice<UInt8>) throws(DataError) {
    self.file = file
    self.number = number
    self.bytes = bytes
    at = bytes.startIndex
    try parse()
  }

  private mutating func parse() throws(DataError) {
    try take("{", "an object")
    if try takes("}") { return try end() }
    repeat {
      skipBlanks()
      let start = at
      let key = try string()
      guard Self.keys.contains(key) else {
        throw error(
          "an unknown key", at: start, found: DataError.quote(key),
          expected: Self.keys.joined(separator: ", "),
          suggestion: EditDistance.nearest(to: key, among: Self.keys))
      }
      guard values[key] == nil else {
        throw error("a key that was there before", at: start, found: DataError.quote(key))
      }
      try take(":", "a colon")
      values[key] = try value()
    } while try takes(",")
    try take("}", "a comma or the object's end")
    try end()
  }

  private mutating func end() throws(DataError) {
    skipBlanks()
    guard at == bytes.endIndex else {
      throw error("more after the object", at: at, found: DataError.quote(bytes[at...]))
    }
  }

  private mutating func value() throws(DataError) -> Value {
    guard try takes("[") else { return .number(try numberValue()) }
    if try takes("]") { return .row([]) }
    guard try peeks("[") else { return .row(try rest()) }
    var (all, width): ([Double], Int?) = ([], nil)
    repeat {
      try take("[", "a row of numbers")
      skipBlanks()
      let start = at
      let row = try takes("]") ? [] : try rest()
      guard row.count == width ?? row.count else {
        throw error(
          "a row of another length", at: start, found: "\(row.count) numbers",
          expected: "\(width ?? 0) as in the rows before")
      }
      width = row.count
      all += row
    } while try takes(",")
    try take("]", "a comma or the array's end")
    return .rows(all, width: width ?? 0)
  }

  /// The numbers up to the closing bracket.
  private mutating func rest() throws(DataError) -> [Double] {
    var row: [Double] = []
    repeat { row.append(try numberValue()) } while try takes(",")
    try take("]", "a comma or the array's end")
    return row
  }

  private mutating func numberValue() throws(DataError) -> Double {
    skipBlanks()
    guard let value = NumberScanner.prefix(of: bytes, at: &at) else {
      throw error(
        "not a number", at: at, found: DataError.quote(bytes[at...].prefix(12)),
        expected: "a finite number")
    }
    return value
  }

  private mutating func string() throws(DataError) -> String {
    try take("\"", "a key in quotes")
    let start = at
    while at < bytes.endIndex, bytes[at] != UInt8(ascii: "\"") { at += 1 }
    let key = String(decoding: bytes[start..<at], as: UTF8.self)
    try take("\"", "the closing quote")
    return key
  }

  private mutating func skipBlanks() {
    while at < bytes.endIndex, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0D {
      at += 1
    }
  }

  private mutating func peeks(_ character: Unicode.Scalar) throws(DataError) -> Bool {
    skipBlanks()
    return at < bytes.endIndex && UInt32(bytes[at]) == character.value
  }

  private mutating func takes(_ character: Unicode.Scalar) throws(DataError) -> Bool {
    guard try peeks(character) else { return false }
    at += 1
    return true
  }

  private mutating func take(_ character: Unicode.Scalar, _ name: String) throws(DataError) {
    guard try takes(character) else {
      throw error(
        "not valid JSON", at: at, found: DataError.quote(bytes[at...].prefix(12)), expected: name)
    }
  }

  private func error(
    _ message: String, at: Int, found: String? = nil, expected: String? = nil,
    suggestion: String? = nil
  ) -> DataError {
    DataError(
      file, line: number, column: at - bytes.startIndex + 1, message, found: found,
      expected: expected, suggestion: suggestion)
  }
}
