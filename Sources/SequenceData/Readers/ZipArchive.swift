/// The members of a zip file, stored or deflated; what NumPy writes and no more: no encryption, no
/// several disks.
struct ZipArchive {
  let file: String
  private let bytes: [UInt8]
  private var members: [String: Member] = [:]

  private struct Member {
    var method: Int
    var packedSize: Int
    var size: Int
    var checksum: UInt32
    var headerOffset: Int
  }

  init(file: String, bytes: [UInt8]) throws(DataError) {
    self.file = file
    self.bytes = bytes
    guard let end = endOfDirectory() else {
      throw DataError(file, "is not a zip archive", expected: "an npz file as NumPy saves it")
    }
    let count = word(end + 10, 2)
    var at = word(end + 16, 4)
    for _ in 0..<count {
      guard at + 46 <= bytes.count, word(at, 4) == 0x0201_4B50 else { throw damaged }
      let (nameLength, extraLength, commentLength) = (
        word(at + 28, 2), word(at + 30, 2), word(at + 32, 2)
      )
      guard at + 46 + nameLength + extraLength <= bytes.count else { throw damaged }
      let name = String(decoding: bytes[at + 46..<at + 46 + nameLength], as: UTF8.self)
      var member = Member(
        method: word(at + 10, 2), packedSize: word(at + 20, 4), size: word(at + 24, 4),
        checksum: UInt32(truncatingIfNeeded: word(at + 16, 4)), headerOffset: word(at + 42, 4))
      guard word(at + 8, 2) & 1 == 0 else {
        throw DataError(file, "the member \(DataError.quote(name)) is encrypted")
      }
      readWideSizes(of: &member, extra: at + 46 + nameLength..<at + 46 + nameLength + extraLength)
      members[name] = member
      at += 46 + nameLength + extraLength + commentLength
    }
  }

  var names: [String] { members.keys.sorted() }

  /// The unpacked content of a member; nil when there is none of this name.
  func content(of name: String) throws(DataError) -> [UInt8]? {
    guard let member = members[name] else { return nil }
    let header = member.headerOffset
    guard header >= 0, header <= bytes.count - 30, word(header, 4) == 0x0403_4B50 else {
      throw damaged
    }
    let start = header + 30 + word(header + 26, 2) + word(header + 28, 2)
    guard member.packedSize >= 0, start <= bytes.count,
      member.packedSize <= bytes.count - start
    else { throw damaged }
    let packed = bytes[start..<start + member.packedSize]
    let content: [UInt8]
    switch member.method {
    case 0: content = Array(packed)
    case 8:
      content =
        Inflate.decompress(packed, limit: min(max(0, member.size), FileBytes.unpackedLimit)) ?? []
    default:
      throw DataError(
        file, "the member \(DataError.quote(name)) is packed in an unknown way",
        found: "method \(member.method)", expected: "stored or deflated")
    }
    guard content.count == member.size,
      CyclicRedundancyCheck.checksum(content[...]) == member.checksum
    else { throw DataError(file, "the member \(DataError.quote(name)) does not unpack") }
    return content
  }

  private var damaged: DataError { DataError(file, "the zip archive is damaged") }

  /// Offset of the record that ends the archive, before a comment of at most 64 KiB.
  private func endOfDirectory() -> Int? {
    guard bytes.count >= 22 else { return nil }
    return stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 0xFFFF), by: -1)
      .first { word($0, 4) == 0x0605_4B50 }
  }

  /// Sizes that do not fit in 32 bits stand in a zip64 field, in this order, where the plain ones
  /// are all ones.
  private func readWideSizes(of member: inout Member, extra: Range<Int>) {
    var at = extra.lowerBound
    while at + 4 <= extra.upperBound {
      let (kind, size) = (word(at, 2), word(at + 2, 2))
      var (field, end) = (at + 4, min(at + 4 + size, extra.upperBound))
      at += 4 + size
      guard kind == 1 else { continue }
      func next() -> Int? {
        guard field + 8 <= end else {
          end = field
          return nil
        }
        defer { field += 8 }
        return word(field, 8)
      }
      if member.size == 0xFFFF_FFFF { member.size = next() ?? -1 }
      if member.packedSize == 0xFFFF_FFFF { member.packedSize = next() ?? -1 }
      if member.headerOffset == 0xFFFF_FFFF { member.headerOffset = next() ?? -1 }
    }
  }

  private func word(_ at: Int, _ size: Int) -> Int {
    guard at >= 0, at <= bytes.count - size else { return -1 }
    var value: UInt64 = 0
    for i in 0..<size { value |= UInt64(bytes[at + i]) << UInt64(8 * i) }
    return Int(truncatingIfNeeded: min(value, UInt64(Int.max)))
  }
}
