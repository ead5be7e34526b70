/// One object of a `jsonl` file, whose values are numbers, (nested) arrays of numbers, or words as
/// labels. Keys that say nothing here are passed over.
struct JSONLine {
  enum Value: Equatable {
    case number(Double)
    case row([Double])
    /// Rows of `width` numbers, one behind the other.
    case rows([Double], width: Int)
    case word(String)
    case words([String])

    var isNumbers: Bool {
      switch self {
      case .number, .row, .rows: true
      case .word, .words: false
      }
    }
  }

  static let keys = ["inputs", "tokens", "targets", "target", "source", "vector"]
  /// What other tools call the same, taken where the key itself is missing.
  private static let otherNames = [
    "input": "inputs", "features": "inputs", "x": "inputs", "input_ids": "tokens",
    "label": "target", "y": "target", "labels": "targets",
  ]

  let file: String
  /// The line on which the object begins.
  let number: Int
  private(set) var values: [String: Value] = [:]
  /// Keys that were passed over.
  private(set) var otherKeys: [String] = []
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
    var seen: Set<String> = []
    var renamed: [String: Value] = [:]
    repeat {
      skipBlanks()
      let start = at
      let key = try string("a key in quotes")
      guard seen.insert(key).inserted else {
        throw error("a key that was there before", at: start, found: DataError.quote(key))
      }
      try take(":", "a colon")
      let place = at
      if Self.keys.contains(key) {
        values[key] = try value()
      } else if let name = Self.otherNames[key], let value = try? value() {
        renamed[name] = value
      } else {
        at = place
        try skipValue()
        otherKeys.append(key)
      }
    } while try takes(",")
    for (name, value) in renamed where values[name] == nil { values[name] = value }
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
    if try peeks("\"") { return .word(try string("a word")) }
    // A label that is true or false is a class like any other word.
    for word in ["true", "false"] where bytes[at...].starts(with: word.utf8) {
      at += word.utf8.count
      return .word(word)
    }
    guard try takes("[") else { return .number(try numberValue()) }
    if try takes("]") { return .row([]) }
    if try peeks("\"") {
      var words: [String] = []
      repeat { words.append(try string("a word in quotes")) } while try takes(",")
      try take("]", "a comma or the array's end")
      return .words(words)
    }
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

  /// A string; its escapes are left as they are written, except for quotes and backslashes.
  private mutating func string(_ name: String) throws(DataError) -> String {
    try take("\"", name)
    var content: [UInt8] = []
    while at < bytes.endIndex, bytes[at] != UInt8(ascii: "\"") {
      if bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.endIndex {
        let next = bytes[at + 1]
        if next != UInt8(ascii: "\""), next != UInt8(ascii: "\\") { content.append(bytes[at]) }
        at += 1
      }
      content.append(bytes[at])
      at += 1
    }
    try take("\"", "the closing quote")
    return String(decoding: content, as: UTF8.self)
  }

  /// Passes over a value of any kind, up to the comma or bracket that ends it.
  private mutating func skipValue() throws(DataError) {
    var depth = 0
    while at < bytes.endIndex {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        _ = try string("a string")
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ","):
        if depth == 0 { return }
        if bytes[at] != UInt8(ascii: ",") { depth -= 1 }
      default: break
      }
      at += 1
    }
  }

  private mutating func skipBlanks() {
    while at < bytes.endIndex, bytes[at] == 0x20 || (0x09...0x0D).contains(bytes[at]) { at += 1 }
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
    let before = bytes[bytes.startIndex..<min(at, bytes.endIndex)]
    let lines = before.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? bytes.startIndex
    return DataError(
      file, line: number + lines, column: at - start + 1, message, found: found,
      expected: expected, suggestion: suggestion)
  }
}

/// The objects of a `jsonl` file: one a line, or, where a file is one array or has each object over
/// several lines, one after the other.
enum JSONObjects {
  /// - Throws: `DataError` for text between objects, or an object without an end.
  static func forEach(
    of text: UTF8Text, _ body: (_ line: Int, _ object: ArraySlice<UInt8>) throws(DataError) -> Void
  ) throws(DataError) {
    guard isDocument(text) else {
      try text.forEachLine { number, line throws(DataError) in
        if !NumberScanner.trim(line).isEmpty { try body(number, line) }
      }
      return
    }
    let bytes = text.bytes
    var (at, line, isArray, needsComma) = (bytes.startIndex, 1, false, false)
    while at < bytes.endIndex {
      let byte = bytes[at]
      switch byte {
      case 0x0A: line += 1
      case 0x20, 0x09, 0x0D: break
      case UInt8(ascii: "[") where !isArray && !needsComma: isArray = true
      case UInt8(ascii: "]") where isArray: isArray = false
      case UInt8(ascii: ",") where needsComma: needsComma = false
      case UInt8(ascii: "{"):
        let end = self.end(of: bytes, from: at)
        let object = bytes[at..<(end ?? bytes.endIndex)]
        // Its own reader says what is wrong with one that does not end.
        try body(line, object)
        line += object.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
        at = (end ?? bytes.endIndex) - 1
        needsComma = true
      default:
        throw DataError(
          text.file, line: line, "not valid JSON", found: DataError.quote(bytes[at...].prefix(12)),
          expected: "an object")
      }
      at += 1
    }
    guard !isArray else {
      throw DataError(text.file, line: line, "not valid JSON: the array has no end")
    }
  }

  /// Whether the text begins as an array of objects, or with an object that goes on over its line.
  private static func isDocument(_ text: UTF8Text) -> Bool {
    let bytes = text.bytes
    guard let first = bytes.firstIndex(where: { $0 > 0x20 }) else { return false }
    if bytes[first] == UInt8(ascii: "[") {
      return bytes[(first + 1)...].first { $0 > 0x20 } == UInt8(ascii: "{")
    }
    guard bytes[first] == UInt8(ascii: "{") else { return false }
    let lineEnd = bytes[first...].firstIndex(of: 0x0A) ?? bytes.endIndex
    // A line that is an object with a mistake stays a line.
    let line = NumberScanner.trim(bytes[first..<lineEnd].filter { $0 != 0x0D }[...])
    guard let end = end(of: bytes, from: first) else { return line.count == 1 }
    return end > lineEnd && (line.count == 1 || line.last != UInt8(ascii: "}"))
  }

  /// Behind the bracket that closes the one at `start`.
  private static func end(of bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    var (depth, isString, at) = (0, false, start)
    while at < bytes.endIndex {
      switch bytes[at] {
      case UInt8(ascii: "\\") where isString: at += 1
      case UInt8(ascii: "\""): isString.toggle()
      case UInt8(ascii: "{") where !isString, UInt8(ascii: "[") where !isString: depth += 1
      case UInt8(ascii: "}") where !isString, UInt8(ascii: "]") where !isString:
        depth -= 1
        if depth == 0 { return at + 1 }
      default: break
      }
      at += 1
    }
    return nil
  }
}
