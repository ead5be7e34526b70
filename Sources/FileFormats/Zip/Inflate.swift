/// Decompression of DEFLATE data (RFC 1951).
///
/// Input that breaks the format's rules, ends early or yields more than `limit` bytes gives nil;
/// memory grows only as output is really produced.
public struct Inflate {
  private let input: ArraySlice<UInt8>
  private var at: Int
  private var bits: UInt64 = 0
  private var bitCount = 0
  private var output: [UInt8] = []
  private let limit: Int

  /// The content of a DEFLATE stream that fills `input` to its last byte.
  public static func decompress(_ input: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
    guard limit >= 0 else { return nil }
    var inflate = Inflate(input, limit: limit)
    guard inflate.run(), inflate.at - inflate.bitCount / 8 == input.endIndex else { return nil }
    return inflate.output
  }

  /// Unpacks a gzip file of one member (RFC 1952), its checksum verified; nil when it is not one.
  public static func gunzip(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    guard bytes.count >= 18, bytes[0] == 0x1F, bytes[1] == 0x8B, bytes[2] == 8 else { return nil }
    let flags = bytes[3]
    var at = 10
    if flags & 4 != 0 { at += 2 + Int(bytes[10]) + Int(bytes[11]) << 8 }
    for flag in [8, 16] as [UInt8] where flags & flag != 0 {
      while at < bytes.count, bytes[at] != 0 { at += 1 }
      at += 1
    }
    if flags & 2 != 0 { at += 2 }
    let end = bytes.count - 8
    func word(_ at: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
    }
    // The size that the file says of itself, in 32 bits, is known before anything is unpacked.
    let declared = Int(word(end + 4))
    guard at < end, declared <= limit,
      let content = decompress(bytes[at..<end], limit: declared)
    else { return nil }
    guard word(end) == content.withUnsafeBytes({ CRC32.ieee.checksum($0) }),
      word(end + 4) == UInt32(truncatingIfNeeded: content.count)
    else { return nil }
    return content
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

  /// Shortest length and number of extra bits of the symbols from 257.
  private static let lengths: [(Int, Int)] = {
    let extra = [
      0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5,
    ]
    var (table, base): ([(Int, Int)], Int) = ([], 3)
    for bits in extra {
      table.append((base, bits))
      base += 1 << bits
    }
    // The longest match has a symbol of its own.
    return table + [(258, 0)]
  }()

  /// Nearest distance and number of extra bits of the distance symbols.
  private static let distances: [(Int, Int)] = {
    var (table, base): ([(Int, Int)], Int) = ([], 1)
    for code in 0..<30 {
      let bits = max(0, code / 2 - 1)
      table.append((base, bits))
      base += 1 << bits
    }
    return table
  }()

  private static let fixedLiterals: HuffmanTable = {
    var lengths = [Int](repeating: 8, count: 288)
    for symbol in 144..<256 { lengths[symbol] = 9 }
    for symbol in 256..<280 { lengths[symbol] = 7 }
    return HuffmanTable(lengths) ?? .empty
  }()

  private static let fixedDistances = HuffmanTable([Int](repeating: 5, count: 30)) ?? .empty
}
