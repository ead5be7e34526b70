/// Why a zip archive could not be read, in one line.
public struct ZipError: Error, Equatable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }

  public static let notAnArchive = ZipError("is not a zip archive")
  static let damaged = ZipError("the zip archive is damaged")

  static func quoted(_ name: String) -> String {
    "“" + String(name.prefix(40)) + (name.count > 40 ? "…”" : "”")
  }
}

/// The members of a zip file, stored or deflated; what NumPy and PyTorch write and no more: no
/// encryption, no several disks.
public struct ZipArchive {
  private let bytes: [UInt8]
  private var members: [String: Member] = [:]

  private struct Member {
    var method: Int
    var packedSize: Int
    var size: Int
    var checksum: UInt32
    var headerOffset: Int
  }

  public init(_ bytes: [UInt8]) throws(ZipError) {
    self.bytes = bytes
    guard var (count, at) = directory() else { throw .notAnArchive }
    while count > 0 {
      count -= 1
      guard at >= 0, at <= bytes.count - 46, word(at, 4) == 0x0201_4B50 else { throw .damaged }
      let (nameLength, extraLength, commentLength) = (
        word(at + 28, 2), word(at + 30, 2), word(at + 32, 2)
      )
      guard at + 46 + nameLength + extraLength <= bytes.count else { throw .damaged }
      let name = String(decoding: bytes[at + 46..<at + 46 + nameLength], as: UTF8.self)
      var member = Member(
        method: word(at + 10, 2), packedSize: word(at + 20, 4), size: word(at + 24, 4),
        checksum: UInt32(truncatingIfNeeded: word(at + 16, 4)), headerOffset: word(at + 42, 4))
      guard word(at + 8, 2) & 1 == 0 else {
        throw ZipError("the member \(ZipError.quoted(name)) is encrypted")
      }
      readWideSizes(of: &member, extra: at + 46 + nameLength..<at + 46 + nameLength + extraLength)
      members[name] = member
      at += 46 + nameLength + extraLength + commentLength
    }
  }

  public var names: [String] { members.keys.sorted() }

  /// Bytes of a member's unpacked content, as the archive says; nil when there is none of this
  /// name.
  public func size(of name: String) -> Int? { members[name]?.size }

  /// The unpacked content of a member; nil when there is none of this name.
  ///
  /// - Parameters:
  ///   - name: the member's
  ///   - limit: bytes that are unpacked at most
  ///   - needsChecksum: whether a checksum of 0 must be true; PyTorch can leave checksums out
  /// - Throws: `ZipError` for a member that is larger, damaged or packed in an unknown way.
  public func content(
    of name: String, limit: Int, needsChecksum: Bool = true
  ) throws(ZipError) -> ArraySlice<UInt8>? {
    guard let member = members[name] else { return nil }
    let header = member.headerOffset
    guard header >= 0, header <= bytes.count - 30, word(header, 4) == 0x0403_4B50 else {
      throw .damaged
    }
    let start = header + 30 + word(header + 26, 2) + word(header + 28, 2)
    guard member.packedSize >= 0, start <= bytes.count,
      member.packedSize <= bytes.count - start
    else { throw .damaged }
    let packed = bytes[start..<start + member.packedSize]
    let content: ArraySlice<UInt8>
    switch member.method {
    case 0: content = packed
    case 8:
      content = (Inflate.decompress(packed, limit: min(max(0, member.size), limit)) ?? [])[...]
    default:
      throw ZipError(
        "the member \(ZipError.quoted(name)) is packed in an unknown way: found method "
          + "\(member.method), expected stored or deflated")
    }
    let hasChecksum = needsChecksum || member.checksum != 0
    guard content.count == member.size,
      !hasChecksum || content.withUnsafeBytes({ CRC32.checksum($0) }) == member.checksum
    else {
      throw ZipError("the member \(ZipError.quoted(name)) does not unpack")
    }
    return content
  }

  /// How many members the archive lists, and where the list begins.
  private func directory() -> (count: Int, offset: Int)? {
    guard let end = endOfDirectory() else { return nil }
    let plain = (count: word(end + 10, 2), offset: word(end + 16, 4))
    guard plain.count == 0xFFFF || plain.offset == 0xFFFF_FFFF else { return plain }
    // What does not fit stands in a wider record, which a locator before this one leads to.
    guard end >= 20, word(end - 20, 4) == 0x0706_4B50 else { return plain }
    let wide = word(end - 12, 8)
    guard wide >= 0, wide <= bytes.count - 56, word(wide, 4) == 0x0606_4B50 else { return nil }
    return (word(wide + 32, 8), word(wide + 48, 8))
  }

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
