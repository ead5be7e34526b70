/// Cyclic redundancy checks of 32 bits, sixteen bytes at a time.
public struct CRC32: Sendable {
  /// The check of zip, gzip and W&B's logs (RFC 1952, section 8).
  public static let ieee = CRC32(polynomial: 0xEDB8_8320)
  /// The Castagnoli check of TensorFlow's records and LevelDB's logs (RFC 3720, appendix B.4).
  public static let castagnoli = CRC32(polynomial: 0x82F6_3B78)

  /// `tables[256 k + b]` is byte b's share of the check when k more bytes follow it.
  private let tables: [UInt32]

  init(polynomial: UInt32) {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      tables[byte] = (0..<8).reduce(UInt32(byte)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1
      }
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = tables[Int(before & 0xFF)] ^ before >> 8
    }
    self.tables = tables
  }

  /// The check of some bytes.
  ///
  /// - Parameters:
  ///   - bytes: what is checked
  ///   - earlier: the check of the bytes before these
  public func checksum(_ bytes: UnsafeRawBufferPointer, after earlier: UInt32 = 0) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var crc = ~earlier
      var position = 0
      while position + 16 <= bytes.count {
        let first = Self.word(bytes, position) ^ UInt64(crc)
        let second = Self.word(bytes, position + 8)
        crc = Self.share(first, 8, tables) ^ Self.share(second, 0, tables)
        position += 16
      }
      if position + 8 <= bytes.count {
        crc = Self.share(Self.word(bytes, position) ^ UInt64(crc), 0, tables)
        position += 8
      }
      while position < bytes.count {
        crc = tables[Int((crc ^ UInt32(bytes[position])) & 0xFF)] ^ crc >> 8
        position += 1
      }
      return ~crc
    }
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  /// The share of eight bytes behind which `behind` more follow.
  @inline(__always)
  private static func share(
    _ word: UInt64, _ behind: Int, _ tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    var result: UInt32 = 0
    for byte in 0..<8 {
      result ^= tables[(behind + 7 - byte) << 8 | Int(word >> UInt64(8 * byte) & 0xFF)]
    }
    return result
  }

  /// A check rotated and shifted, so that a check of data with checks in it stays one.
  public static func masked(_ crc: UInt32) -> UInt32 { (crc >> 15 | crc << 17) &+ 0xA282_EAD8 }
}
