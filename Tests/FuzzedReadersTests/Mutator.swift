import LinearAlgebra

/// Turns whole inputs into nearly whole ones: the same seed always gives the same inputs.
struct Mutator {
  private var random: SeededRandom

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
  }

  mutating func below(_ count: Int) -> Int { count > 0 ? random.index(below: count) : 0 }

  /// Texts that parsers trip over.
  private static let tokens = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "NaN", "-",
    "-0",
    "0", "1e999", "1e-999", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "18446744073709551615", "4294967296", "1.7976931348623157e308", "0.00000000000000000001",
    "[[[[",
    "\"__metadata__\":{}", "\"shape\":[]", "\"step\":", "\"event\":\"step\"", "\n", " ",
    "\u{1B}[2J",
    "\u{202E}", "é", "😀", "1e400", "0.1e", "00",
  ].map { Array($0.utf8) }

  /// One to six changes.
  mutating func mutate(_ input: [UInt8], others: [[UInt8]]) -> [UInt8] {
    var bytes = input
    for _ in 0...below(6) { change(&bytes, others) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8], _ others: [[UInt8]]) {
    let at = below(bytes.count + 1)
    let end = min(bytes.count, at + below(16))
    switch below(11) {
    case 0: if at < bytes.count { bytes[at] ^= 1 << UInt8(below(8)) }
    case 1: if at < bytes.count { bytes[at] = UInt8(below(256)) }
    case 2: bytes.removeSubrange(at..<end)
    case 3: bytes.insert(contentsOf: Self.tokens[below(Self.tokens.count)], at: at)
    case 4: bytes.replaceSubrange(at..<end, with: Self.tokens[below(Self.tokens.count)])
    case 5: bytes.insert(contentsOf: bytes[at..<end], at: below(bytes.count))
    case 6: bytes.removeSubrange(at...)
    case 7:
      let other = others[below(others.count)]
      let start = below(other.count)
      bytes.replaceSubrange(at..., with: other[start...])
    case 8: replaceNumber(&bytes, from: at)
    case 9: bytes.insert(contentsOf: (0..<below(9)).map { _ in UInt8(below(256)) }, at: at)
    default:
      // Little-endian integers at the edges of what fits.
      guard at + 8 <= bytes.count else { return }
      let edges: [UInt64] = [0, 1, 7, 8, 0x7F, 0xFFFF_FFFF, 1 << 62, .max, .max >> 1, 100_000_001]
      let edge = edges[below(edges.count)]
      for offset in 0..<8 { bytes[at + offset] = UInt8(truncatingIfNeeded: edge >> (8 * offset)) }
    }
  }

  /// Replaces the first digits behind a place.
  private mutating func replaceNumber(_ bytes: inout [UInt8], from at: Int) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let first = bytes[at...].firstIndex(where: { digits.contains($0) }) else { return }
    let end = bytes[first...].firstIndex { !digits.contains($0) } ?? bytes.count
    bytes.replaceSubrange(first..<end, with: Self.tokens[below(Self.tokens.count)])
  }
}
