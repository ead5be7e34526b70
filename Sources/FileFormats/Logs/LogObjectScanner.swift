import Glibc

/// Picks the numbers out of objects as trainers print them: JSON, and Python's dictionaries
/// (`{'loss': 0.5, 'lr': nan, 'on': True, 'norm': np.float64(1.5)}`).
///
/// It makes no values of what a log does not need, which is what lets a hundred thousand lines be
/// read in the time a screen takes to be drawn. Texts that are numbers count as numbers.
public struct LogObjectScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var position: Int
  private static let depth = 16
  /// Keys of arrays that are more than numbers.
  private let frames: [String]

  /// - Parameters:
  ///   - bytes: one line of a log
  ///   - start: where to begin
  ///   - frames: keys of arrays that `FlatNumbers.hasFrames` tells of
  public init(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int = 0, frames: [String] = []) {
    self.bytes = bytes
    self.frames = frames
    position = start
  }

  /// Reads the next object at or behind the scanner's place; what stands before it, such as a
  /// progress bar or a logger's prefix, is passed over.
  ///
  /// - Returns: the object's bytes, or nil where no brace stands any more.
  /// - Throws: `JSONError` where the object breaks off or is none.
  public mutating func object(into numbers: inout FlatNumbers) throws(JSONError) -> Range<Int>? {
    guard position < bytes.count, let base = bytes.baseAddress,
      let found = memchr(base + position, Int32(UInt8(ascii: "{")), bytes.count - position)
    else { return nil }
    let start = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    position = start
    try members(of: numbers.names.count, depth: 0, &numbers)
    return start..<position
  }

  /// Reads one value whose name stands at the end of `numbers.names`.
  mutating func value(named start: Int, into numbers: inout FlatNumbers) throws(JSONError) {
    skipSpace()
    try value(named: start, depth: 0, &numbers)
  }

  // MARK: Objects

  private mutating func members(
    of parent: Int, depth: Int, _ numbers: inout FlatNumbers
  ) throws(JSONError) {
    position += 1
    let prefix = parent..<numbers.names.count
    // Where the parent's name stands may be cut when a member's name is left out.
    let parentName = Array(numbers.names[prefix])
    skipSpace()
    if skip("}") { return }
    while true {
      skipSpace()
      // Python's dictionaries may end with a comma.
      if skip("}") { return }
      numbers.names.removeLast(max(0, numbers.names.count - numbers.namesEnd))
      let start = numbers.names.count
      if !parentName.isEmpty {
        numbers.names.append(contentsOf: parentName)
        numbers.names.append(FlatNumbers.separator)
      }
      let keyStart = numbers.names.count
      try key(into: &numbers.names)
      skipSpace()
      guard skip(":") else { throw error("found \(nextText), expected `:`") }
      skipSpace()
      if depth == 0 { note(keyStart, &numbers) }
      try value(named: start, depth: depth + 1, &numbers)
      skipSpace()
      if skip("}") { return }
      guard skip(",") else { throw error("found \(nextText), expected `,` or `}`") }
    }
  }

  /// Notes keys that mean more than a number, by what their value begins with.
  private func note(_ start: Int, _ numbers: inout FlatNumbers) {
    guard position < bytes.count else { return }
    func isKey(_ text: String) -> Bool { numbers.names[start...].elementsEqual(text.utf8) }
    switch bytes[position] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      if isKey("event") { numbers.hasEvent = true }
    case UInt8(ascii: "["):
      if frames.contains(where: isKey) { numbers.hasFrames = true }
    case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"):
      if isKey("clipped") { numbers.clipped = bytes[position] | 0x20 == 0x74 }
    default: break
    }
  }

  private mutating func key(into names: inout [UInt8]) throws(JSONError) {
    guard position < bytes.count, isQuote(bytes[position]) else {
      // Python's dictionaries have whole numbers as keys, too.
      let start = position
      guard DecimalNumber.scan(bytes, at: &position) != nil else {
        throw error("found \(nextText), expected a key in quotes")
      }
      names.append(contentsOf: bytes[start..<position])
      return
    }
    let text = try string()
    if text.hasEscapes {
      names.append(contentsOf: unescaped(text.range))
    } else {
      names.append(contentsOf: bytes[text.range])
    }
  }

  // MARK: Values

  private mutating func value(
    named start: Int, depth: Int, _ numbers: inout FlatNumbers
  ) throws(JSONError) {
    guard depth <= Self.depth else { throw error("nested deeper than \(Self.depth) levels") }
    guard position < bytes.count else { throw error("the text ends where a value is expected") }
    switch bytes[position] {
    case UInt8(ascii: "{"): try members(of: start, depth: depth, &numbers)
    case UInt8(ascii: "["), UInt8(ascii: "("):
      try list(depth: depth)
      numbers.addOther(nameFrom: start)
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let text = try string()
      if let number = number(in: text.range) {
        numbers.add(number, nameFrom: start)
      } else if !text.range.isEmpty {
        numbers.addOther(nameFrom: start)
      }
    default:
      switch try plain(depth: depth) {
      case .number(let number): numbers.add(number, nameFrom: start)
      case .other: numbers.addOther(nameFrom: start)
      case .missing: break
      }
    }
  }

  private enum Plain {
    case number(Double)
    case other
    case missing
  }

  /// A number, a word, or a call such as `tensor(0.5)`.
  private mutating func plain(depth: Int) throws(JSONError) -> Plain {
    let start = position
    if let parsed = DecimalNumber.scan(bytes, at: &position) {
      // Python's tensors print whole numbers as `2.`.
      if position < bytes.count, bytes[position] == UInt8(ascii: ".") { position += 1 }
      guard position == bytes.count || isDelimiter(bytes[position]) else {
        position = start
        throw error("not a number")
      }
      return .number(parsed.double)
    }
    while position < bytes.count, isWordByte(bytes[position]) { position += 1 }
    guard position > start else { throw error("found \(nextText), expected a value") }
    let word = bytes[start..<position]
    if position < bytes.count, bytes[position] == UInt8(ascii: "(") {
      return try call(depth: depth)
    }
    if let number = LogNumber.notFinite(word) { return .number(number) }
    let text = String(decoding: word, as: UTF8.self)
    switch text {
    case "null", "None": return .missing
    case "true", "True", "false", "False": return .other
    default:
      position = start
      throw error("found `\(text.prefix(20))`, expected a value")
    }
  }

  /// The number inside `np.float64(0.5)` or `tensor(0.5, device='cuda:0')`.
  private mutating func call(depth: Int) throws(JSONError) -> Plain {
    guard depth <= Self.depth else { throw error("nested deeper than \(Self.depth) levels") }
    position += 1
    skipSpace()
    var result = Plain.other
    if position < bytes.count, !isQuote(bytes[position]), bytes[position] != UInt8(ascii: "["),
      bytes[position] != UInt8(ascii: ")")
    {
      result = try plain(depth: depth + 1)
    }
    try skipRest(until: UInt8(ascii: ")"))
    return result
  }

  /// Passes over a list or tuple and everything in it.
  private mutating func list(depth: Int) throws(JSONError) {
    let end = bytes[position] == UInt8(ascii: "[") ? UInt8(ascii: "]") : UInt8(ascii: ")")
    position += 1
    try skipRest(until: end)
  }

  /// Passes over everything up to the bracket that closes what is open.
  private mutating func skipRest(until end: UInt8) throws(JSONError) {
    var open = [end]
    while position < bytes.count {
      let byte = bytes[position]
      if isQuote(byte) {
        _ = try string()
        continue
      }
      position += 1
      switch byte {
      case open.last:
        open.removeLast()
        if open.isEmpty { return }
      case UInt8(ascii: "["): open.append(UInt8(ascii: "]"))
      case UInt8(ascii: "("): open.append(UInt8(ascii: ")"))
      case UInt8(ascii: "{"): open.append(UInt8(ascii: "}"))
      case UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "}"):
        throw error("a bracket closes what none opened")
      default: break
      }
      guard open.count <= Self.depth else { throw error("nested deeper than \(Self.depth) levels") }
    }
    throw error("the text ends inside brackets")
  }
}
