import Glibc

/// The names of a log's series, each with a number.
///
/// Programs write the same names in the same order again and again: the name that followed last
/// time is tried first, so that most are found by one comparison of bytes.
struct LogNames: Sendable {
  /// More series than this were not made for people; what comes beyond is counted, not kept.
  static let most = 20_000

  private var bytes: [UInt8] = []
  private var ranges: [Range<Int>] = []
  /// The name that stood behind each name last time.
  private var following: [Int] = []
  private var byHash: [UInt64: Int] = [:]
  private var previous = -1
  /// What each name means here.
  private(set) var roles: [ForeignNames.Ranked?] = []
  /// Values that came under names beyond `most`.
  private(set) var refused = 0

  var count: Int { ranges.count }

  subscript(id: Int) -> String { String(decoding: bytes[ranges[id]], as: UTF8.self) }

  /// The number of a name; nil when there are too many already.
  mutating func id(of name: UnsafeRawBufferPointer, hasRole: Bool = true) -> Int? {
    if previous >= 0, previous < following.count {
      let expected = following[previous]
      if expected >= 0, matches(expected, name) {
        previous = expected
        return expected
      }
    }
    var hash = Self.hash(name)
    while let found = byHash[hash] {
      if matches(found, name) { return note(found) }
      hash &+= 1
    }
    guard count < Self.most else {
      refused += 1
      return nil
    }
    let start = bytes.count
    bytes.append(contentsOf: name)
    ranges.append(start..<bytes.count)
    following.append(-1)
    byHash[hash] = count - 1
    roles.append(hasRole ? ForeignNames.rank(self[count - 1]) : nil)
    return note(count - 1)
  }

  private mutating func note(_ id: Int) -> Int {
    if previous >= 0 { following[previous] = id }
    previous = id
    return id
  }

  private func matches(_ id: Int, _ name: UnsafeRawBufferPointer) -> Bool {
    let range = ranges[id]
    guard range.count == name.count else { return false }
    return bytes.withUnsafeBytes { all in
      guard let known = all.baseAddress, let given = name.baseAddress else { return range.isEmpty }
      return memcmp(known + range.lowerBound, given, range.count) == 0
    }
  }

  /// FNV-1a, 64 bits.
  private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}
