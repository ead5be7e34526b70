import Testing

@testable import FileFormats

/// W&B's logs: blocks of 32 KiB, whose ends may be too short for another record.
@Suite struct WandbBlocksTests {
  private static let header = Array(":W&B".utf8) + [0, 0, 0]

  /// A whole record: checksum, length, type 1, data.
  private static func record(_ data: [UInt8]) -> [UInt8] {
    let crc = ([1] + data).withUnsafeBytes { CRC32.checksum($0) }
    return (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * UInt32($0))) }
      + [UInt8(data.count & 255), UInt8(data.count >> 8), 1] + data
  }

  /// Three blocks, of which the first two end in three bytes that belong to nothing.
  private static let log: (bytes: [UInt8], records: [[UInt8]]) = {
    let records = [32_751, 32_758, 11].map { count in
      (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + count) }
    }
    var bytes = header
    for data in records.dropLast() { bytes += record(data) + [0, 0, 0] }
    return (bytes + record(records[2]), records)
  }()

  /// However the bytes come, each record is found behind the end of a block.
  @Test(arguments: [7, 1000, 32_768, 40_000, 1 << 20])
  func recordsAreFoundBehindTheEndOfABlock(piece: Int) {
    var blocks = WandbBlocks()
    var found: [[UInt8]] = []
    var damage: [WandbError] = []
    let bytes = Self.log.bytes
    for start in stride(from: 0, to: bytes.count, by: piece) {
      damage += bytes[start..<min(start + piece, bytes.count)].withUnsafeBytes { part in
        blocks.append(part) { found.append(Array($0)) }
      }
    }
    #expect(found == Self.log.records && damage.isEmpty && blocks.isAtBoundary)
  }

  /// A file that begins otherwise is none of W&B's, which its first seven bytes show.
  @Test func anotherFileIsKnownByItsBeginning() {
    for (count, damage) in [(6, []), (7, [WandbError.header(found: Array("GIF8".utf8))])] {
      var blocks = WandbBlocks()
      let found = Array("GIF89a;".utf8.prefix(count)).withUnsafeBytes { blocks.append($0) { _ in } }
      #expect(found == damage)
    }
  }

  /// Damage hides the record that it is in, and is told by its place in the file.
  @Test func damageHidesOneRecord() {
    var bytes = Self.log.bytes
    bytes[32_768 + 500] ^= 1
    var blocks = WandbBlocks()
    var found: [[UInt8]] = []
    var damage: [WandbError] = []
    for half in [bytes[..<40_000], bytes[40_000...]] {
      damage += half.withUnsafeBytes { part in blocks.append(part) { found.append(Array($0)) } }
    }
    #expect(found == [Self.log.records[0], Self.log.records[2]])
    #expect(damage == [.checksum(offset: 32_768)])
  }
}
