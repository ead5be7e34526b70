/// The Castagnoli cyclic redundancy check of TensorFlow's records and LevelDB's logs (RFC 3720, appendix
/// B.4), which zlib does not have, sixteen bytes at a time; and the masked form in which both hold it.
public enum CRC32C {
  public static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    // Contiguous storage is read where it stands; anything else is copied once.
    bytes.withContiguousStorageIfAvailable { checksum(UnsafeRawBufferPointer($0)) }
      ?? Array(bytes).withUnsafeBytes { checksum($0) }
  }

  public static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    CRC32.masked(checksum(bytes))
  }

  static func masked(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    CRC32.masked(checksum(bytes))
  }

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var crc = ~(0 as UInt32)
      var position = 0
      while position + 16 <= bytes.count {
        let first = word(bytes, position) ^ UInt64(crc)
        let second = word(bytes, position + 8)
        crc = share(first, 8, tables) ^ share(second, 0, tables)
        position += 16
      }
      if position + 8 <= bytes.count {
        crc = share(word(bytes, position) ^ UInt64(crc), 0, tables)
        position += 8
      }
      while position < bytes.count {
        crc = tables[Int((crc ^ UInt32(bytes[position])) & 0xFF)] ^ crc >> 8
        position += 1
      }
      return ~crc
    }
  }

  /// `tables[256 k + b]` is byte b's share of the check when k more bytes follow it.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      tables[byte] = (0..<8).reduce(UInt32(byte)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
      }
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = tables[Int(before & 0xFF)] ^ before >> 8
    }
    return tables
  }()

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
}
