/// A canonical Huffman code of at most 15 bits, as one table indexed by the next 15 bits.
struct HuffmanTable {
  /// Symbol and code length in each entry; length 0 where no code begins with these bits.
  private var entries: [(symbol: UInt16, length: UInt8)]

  static let empty = HuffmanTable()

  private init() { entries = [] }

  /// Nil when the lengths describe more codes than there is room for.
  init?(_ lengths: [Int]) {
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths {
      guard (0...15).contains(length) else { return nil }
      counts[length] += 1
    }
    counts[0] = 0
    var (code, next): (Int, [Int]) = (0, [0])
    for length in 1...15 {
      code = (code + counts[length - 1]) << 1
      guard code + counts[length] <= 1 << length else { return nil }
      next.append(code)
    }
    let longest = counts.lastIndex { $0 > 0 } ?? 1
    entries = Array(repeating: (0, 0), count: 1 << longest)
    for (symbol, length) in lengths.enumerated() where length > 0 {
      // The stream brings a code's highest bit first, in its lowest bits.
      var (reversed, rest) = (0, next[length])
      for _ in 0..<length {
        reversed = reversed << 1 | rest & 1
        rest >>= 1
      }
      next[length] += 1
      for index in stride(from: reversed, to: entries.count, by: 1 << length) {
        entries[index] = (UInt16(symbol), UInt8(length))
      }
    }
  }

  func lookUp(_ bits: UInt64) -> (symbol: Int, length: Int)? {
    guard !entries.isEmpty else { return nil }
    let entry = entries[Int(truncatingIfNeeded: bits) & (entries.count - 1)]
    return entry.length > 0 ? (Int(entry.symbol), Int(entry.length)) : nil
  }
}
