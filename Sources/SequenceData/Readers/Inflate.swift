/// Decompression of DEFLATE data (RFC 1951).
///
/// Input that breaks the format's rules, ends early or yields more than `limit` bytes gives nil;
/// memory grows only as output is really produced.
struct Inflate {
  private let input: ArraySlice<UInt8>
  private var at: Int
  private var bits: UInt64 = 0
  private var bitCount = 0
  private var output: [UInt8] = []
  private let limit: Int

  static func decompress(_ input: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
    var inflate = Inflate(input, limit: limit)
    return inflate.run() ? inflate.output : nil
  }

  /// Unpacks a gzip file of one member (RFC 1952); nil when it is not one.
  static func gunzip(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    guard bytes.count >= 18, bytes[0] == 0x1F, bytes[1] == 0x8B, bytes[2] == 8 else { return nil }
    let flags = bytes[3]
    var at = 10
    if flags & 4 != 0 { at += 2 + Int(bytes[10]) + Int(bytes[11]) << 8 }
    for flag in [8, 16] as [UInt8] where flags & flag != 0 {
      while at < bytes.count, bytes[at] != 0 { at += 1 }
      at += 1
    }
    if flags & 2 != 0 { at += 2 }
    guard at < bytes.count - 8 else { return nil }
    return decompress(bytes[at..<bytes.count - 8], limit: limit)
  }

  private init(_ input: ArraySlice<UInt8>, limit: Int) {
    self.input = input
    self.limit = limit
    at = input.startIndex
    output.reserveCapacity(min(limit, input.count * 4))
  }

  private mutating func run() -> Bool {
    while true {
      guard let isLast = take(1), let kind = take(2) else { return false }
      let succeeded: Bool
      switch kind {
      case 0: succeeded = copyStored()
      case 1: succeeded = expand(Self.fixedLiterals, Self.fixedDistances)
      case 2:
        guard let (literals, distances) = readTables() else { return false }
        succeeded = expand(literals, distances)
      default: succeeded = false
      }
      guard succeeded else { return false }
      if isLast == 1 { return true }
    }
  }

  /// The next `count` bits (16 at most), lowest first; nil past the end.
  private mutating func take(_ count: Int) -> Int? {
    fill()
    guard bitCount >= count else { return nil }
    let value = Int(bits & ((1 << UInt64(count)) - 1))
    bits >>= UInt64(count)
    bitCount -= count
    return value
  }

  private mutating func fill() {
    while bitCount <= 56, at < input.endIndex {
      bits |= UInt64(input[at]) << UInt64(bitCount)
      bitCount += 8
      at += 1
    }
  }

  private mutating func copyStored() -> Bool {
    _ = take(bitCount % 8)
    guard let length = take(16), let check = take(16), length == check ^ 0xFFFF,
      output.count + length <= limit
    else { return false }
    for _ in 0..<length {
      guard let byte = take(8) else { return false }
      output.append(UInt8(byte))
    }
    return true
  }

  private mutating func expand(_ literals: HuffmanTable, _ distances: HuffmanTable) -> Bool {
    while true {
      guard let symbol = decode(literals) else { return false }
      if symbol < 256 {
        guard output.count < limit else { return false }
        output.append(UInt8(symbol))
        continue
      }
      if symbol == 256 { return true }
      guard symbol - 257 < Self.lengths.count else { return false }
      let (base, extra) = Self.lengths[symbol - 257]
      guard let more = take(extra), let code = decode(distances), code < Self.distances.count
      else { return false }
      let (near, far) = Self.distances[code]
      guard let further = take(far) else { return false }
      let (length, distance) = (base + more, near + further)
      guard distance <= output.count, output.count + length <= limit else { return false }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }

  private mutating func decode(_ table: HuffmanTable) -> Int? {
    fill()
    guard let (symbol, length) = table.lookUp(bits), length <= bitCount else { return nil }
    bits >>= UInt64(length)
    bitCount -= length
    return symbol
  }

  /// The code lengths that a dynamic block carries, themselves coded.
  private mutating func readTables() -> (HuffmanTable, HuffmanTable)? {
    guard let literalCount = take(5), let distanceCount = take(5), let codeCount = take(4) else {
      return nil
    }
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    var codeLengths = [Int](repeating: 0, count: 19)
    for place in order.prefix(codeCount + 4) {
      guard let length = take(3) else { return nil }
      codeLengths[place] = length
    }
    guard let codes = HuffmanTable(codeLengths) else { return nil }
    let total = literalCount + 257 + distanceCount + 1
    var lengths: [Int] = []
    while lengths.count < total {
      guard let symbol = decode(codes) else { return nil }
      switch symbol {
      case 16:
        guard let last = lengths.last, let more = take(2) else { return nil }
        lengths += repeatElement(last, count: 3 + more)
      case 17:
        guard let more = take(3) else { return nil }
        lengths += repeatElement(0, count: 3 + more)
      case 18:
        guard let more = take(7) else { return nil }
        lengths += repeatElement(0, count: 11 + more)
      default: lengths.append(symbol)
      }
    }
    guard lengths.count == total,
      let literals = HuffmanTable(Array(lengths[..<(literalCount + 257)])),
      let distances = HuffmanTable(Array(lengths[(literalCount + 257)...]))
    else { return nil }
    return (literals, distances)
  }

  private static let lengths: [(Int, Int)] =
    zip(
      [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        131, 163, 195, 227, 258,
      ],
      [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
    ).map { ($0, $1) }

  private static let distances: [(Int, Int)] = (0..<30).map { code in
    code < 4 ? (code + 1, 0) : (1 + (2 + code % 2) << (code / 2 - 1), code / 2 - 1)
  }

  private static let fixedLiterals = HuffmanTable(
    Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112)
      + Array(repeating: 7, count: 24) + Array(repeating: 8, count: 8)) ?? .empty

  private static let fixedDistances = HuffmanTable(Array(repeating: 5, count: 30)) ?? .empty
}

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
    let entry = entries[Int(bits) & (entries.count - 1)]
    return entry.length > 0 ? (Int(entry.symbol), Int(entry.length)) : nil
  }
}
