/// Cuts valid UTF-8 into the characters a person sees: é is one symbol whether written as one
/// scalar or two, and so is a family emoji. CRLF counts as one line end.
struct SymbolScanner {
  enum Symbol: Equatable {
    /// A scalar below U+0300, which joins nothing before it and is joined by nothing after it.
    case scalar(UInt32)
    case cluster(Character)
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// Characters of a stretch that needed Unicode's segmentation rules, last one first.
  private var pending: [Character] = []

  /// The bytes must be valid UTF-8 and outlive the scanner.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  mutating func next() -> Symbol? {
    if let character = pending.popLast() { return .cluster(character) }
    guard position < bytes.count else { return nil }
    let byte = bytes[position]
    let length = byte < 0x80 ? 1 : byte < 0xCC ? 2 : 0
    let after = position + length
    if length > 0, after >= bytes.count || bytes[after] < 0xCC {
      let start = position
      position = after
      if length == 2, after <= bytes.count {
        return .scalar(UInt32(byte & 0x1F) << 6 | UInt32(bytes[start + 1] & 0x3F))
      }
      if byte == UInt8(ascii: "\r"), after < bytes.count, bytes[after] == UInt8(ascii: "\n") {
        position += 1
        return .scalar(10)
      }
      return .scalar(UInt32(byte))
    }
    segment()
    return next()
  }

  /// Takes the stretch up to the line's end or the next two neighbouring ASCII bytes, both of them
  /// places where one character ends for certain, and lets the standard library cut it.
  private mutating func segment() {
    var end = position + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n"),
      !(bytes[end] < 0x80 && bytes[end - 1] < 0x80)
    {
      end += 1
    }
    let joinsNext = end < bytes.count && bytes[end - 1] < 0x80
    if joinsNext, end - 1 > position { end -= 1 }
    let stretch = UnsafeBufferPointer(rebasing: bytes[position..<end])
    pending = Array(String(decoding: stretch, as: UTF8.self))
    pending.reverse()
    position = end
  }
}
