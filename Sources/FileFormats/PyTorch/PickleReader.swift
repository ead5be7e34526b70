/// Reads Python's pickles (protocols 0 to 5) without running anything: numbers, strings, lists,
/// tuples, dictionaries, and globals of a given set with what they would be called with. Any other
/// global, and every operation that would set a state or build an object, is refused by name.
///
/// Work and memory are bounded by the pickle's size: every operation adds at most what it takes from
/// the bytes or from the stack.
struct PickleReader {
  let bytes: ArraySlice<UInt8>
  var at: Int
  /// Whether a global may stand in the pickle.
  let allows: (String) -> Bool
  var stack: [PickleValue] = []
  var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  var pickle = Pickle()
  /// Elements that calls copied.
  var copied = 0

  /// - Parameter bytes: a pickle, and perhaps something behind it.
  static func read(
    _ bytes: ArraySlice<UInt8>, allowing allows: @escaping (String) -> Bool
  ) throws(PickleError) -> Pickle {
    var reader = PickleReader(bytes: bytes, at: bytes.startIndex, allows: allows)
    while try reader.step() {}
    return reader.pickle
  }

  init(bytes: ArraySlice<UInt8>, at: Int, allows: @escaping (String) -> Bool) {
    self.bytes = bytes
    self.at = at
    self.allows = allows
  }

  /// Carries out one operation; false after the last.
  private mutating func step() throws(PickleError) -> Bool {
    let start = at
    let code = try byte()
    switch code {
    case 0x80: at += 1  // PROTO
    case 0x95: at += 8  // FRAME
    case UInt8(ascii: "."):
      pickle.root = try pop()
      pickle.end = at
      return false
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "0"):
      if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case UInt8(ascii: "1"): _ = try popMark()
    case UInt8(ascii: "2"): stack.append(try top())
    default:
      if let value = try literal(code) {
        stack.append(value)
        return true
      }
      if try container(code) { return true }
      if try memory(code) { return true }
      guard try object(code) else { throw .unknownOpcode(code, at: start) }
    }
    return true
  }

  // MARK: Literals

  private mutating func literal(_ code: UInt8) throws(PickleError) -> PickleValue? {
    switch code {
    case UInt8(ascii: "N"): return PickleValue.none
    case 0x88: return .boolean(true)
    case 0x89: return .boolean(false)
    case UInt8(ascii: "I"):
      let text = try line()
      if text == "00" || text == "01" { return .boolean(text == "01") }
      return .integer(try whole(text))
    case UInt8(ascii: "L"):
      let text = try line()
      return .integer(try whole(text.hasSuffix("L") ? String(text.dropLast()) : text))
    case UInt8(ascii: "J"): return .integer(Int(Int32(truncatingIfNeeded: try word(4))))
    case UInt8(ascii: "K"): return .integer(try word(1))
    case UInt8(ascii: "M"): return .integer(try word(2))
    case 0x8A: return try long(count: try word(1))
    case 0x8B: return try long(count: try word(4))
    case UInt8(ascii: "F"):
      guard let number = Double(try line()) else { throw .damaged(at: at) }
      return .real(number)
    case UInt8(ascii: "G"):
      let pattern = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return .real(Double(bitPattern: pattern))
    case UInt8(ascii: "S"): return .text(String(try line().dropFirst().dropLast()))
    case UInt8(ascii: "V"): return .text(try line())
    case UInt8(ascii: "X"), UInt8(ascii: "T"): return .text(try text(try word(4)))
    case 0x8C, UInt8(ascii: "U"): return .text(try text(try word(1)))
    case 0x8D: return .text(try text(try word(8)))
    case UInt8(ascii: "B"): return .bytes(try take(try word(4)))
    case UInt8(ascii: "C"): return .bytes(try take(try word(1)))
    case 0x8E, 0x96: return .bytes(try take(try word(8)))
    default: return nil
    }
  }

  private func whole(_ text: String) throws(PickleError) -> Int {
    guard let number = Int(text) else { throw .damaged(at: at) }
    return number
  }

  private mutating func long(count: Int) throws(PickleError) -> PickleValue {
    let digits = try take(count)
    guard count <= 8 else { return .bytes(digits) }
    var pattern: UInt64 = (digits.last ?? 0) & 0x80 == 0 ? 0 : .max
    for digit in digits.reversed() { pattern = pattern << 8 | UInt64(digit) }
    return .integer(Int(bitPattern: UInt(pattern)))
  }

  // MARK: Containers

  private mutating func container(_ code: UInt8) throws(PickleError) -> Bool {
    switch code {
    case UInt8(ascii: "]"), 0x8F: push(list: [])
    case UInt8(ascii: "l"), 0x91: push(list: try popMark())
    case UInt8(ascii: "a"): try append([try pop()])
    case UInt8(ascii: "e"), 0x90: try append(try popMark())
    case UInt8(ascii: ")"): push(tuple: [])
    case UInt8(ascii: "t"): push(tuple: try popMark())
    case 0x85...0x87:
      let count = Int(code) - 0x84
      guard stack.count - (marks.last ?? 0) >= count else { throw .damaged(at: at) }
      let elements = Array(stack.suffix(count))
      stack.removeLast(count)
      push(tuple: elements)
    case UInt8(ascii: "}"): push(entries: [])
    case UInt8(ascii: "d"): push(entries: try paired(try popMark()))
    case UInt8(ascii: "s"):
      let (value, key) = (try pop(), try pop())
      try set([.init(key: key, value: value)])
    case UInt8(ascii: "u"): try set(try paired(try popMark()))
    default: return false
    }
    return true
  }

  mutating func push(list elements: [PickleValue]) {
    stack.append(.list(pickle.sequences.count))
    pickle.sequences.append(elements)
  }

  mutating func push(tuple elements: [PickleValue]) {
    stack.append(.tuple(pickle.sequences.count))
    pickle.sequences.append(elements)
  }

  mutating func push(entries: [Pickle.Entry]) {
    stack.append(.dictionary(pickle.dictionaries.count))
    pickle.dictionaries.append(entries)
  }

  mutating func append(_ elements: [PickleValue]) throws(PickleError) {
    guard case .list(let place) = try top() else { throw .damaged(at: at) }
    pickle.sequences[place].append(contentsOf: elements)
  }

  mutating func set(_ entries: [Pickle.Entry]) throws(PickleError) {
    guard case .dictionary(let place) = try top() else { throw .damaged(at: at) }
    pickle.dictionaries[place].append(contentsOf: entries)
  }

  private func paired(_ values: [PickleValue]) throws(PickleError) -> [Pickle.Entry] {
    guard values.count % 2 == 0 else { throw .damaged(at: at) }
    return stride(from: 0, to: values.count, by: 2).map {
      Pickle.Entry(key: values[$0], value: values[$0 + 1])
    }
  }

  // MARK: Memory

  private mutating func memory(_ code: UInt8) throws(PickleError) -> Bool {
    switch code {
    case UInt8(ascii: "p"): memo[try whole(try line())] = try top()
    case UInt8(ascii: "q"): memo[try word(1)] = try top()
    case UInt8(ascii: "r"): memo[try word(4)] = try top()
    case 0x94: memo[memo.count] = try top()
    case UInt8(ascii: "g"): try recall(try whole(try line()))
    case UInt8(ascii: "h"): try recall(try word(1))
    case UInt8(ascii: "j"): try recall(try word(4))
    default: return false
    }
    return true
  }

  private mutating func recall(_ place: Int) throws(PickleError) {
    guard let value = memo[place] else { throw .damaged(at: at) }
    stack.append(value)
  }

  // MARK: Stack and bytes

  func top() throws(PickleError) -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else { throw .damaged(at: at) }
    return value
  }

  mutating func pop() throws(PickleError) -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func popMark() throws(PickleError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw .damaged(at: at) }
    let values = Array(stack[mark...])
    stack.removeLast(values.count)
    return values
  }

  private mutating func byte() throws(PickleError) -> UInt8 {
    guard at < bytes.endIndex else { throw .ended }
    at += 1
    return bytes[at - 1]
  }

  private mutating func take(_ count: Int) throws(PickleError) -> ArraySlice<UInt8> {
    guard at <= bytes.endIndex, count >= 0, count <= bytes.endIndex - at else { throw .ended }
    at += count
    return bytes[at - count..<at]
  }

  /// A little-endian number without a sign.
  private mutating func word(_ count: Int) throws(PickleError) -> Int {
    let value = try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(clamping: value)
  }

  mutating func text(_ count: Int) throws(PickleError) -> String {
    String(decoding: try take(count), as: UTF8.self)
  }

  mutating func line() throws(PickleError) -> String {
    guard at <= bytes.endIndex, let end = bytes[at...].firstIndex(of: 0x0A) else { throw .ended }
    defer { at = end + 1 }
    return String(decoding: bytes[at..<end], as: UTF8.self)
  }
}
