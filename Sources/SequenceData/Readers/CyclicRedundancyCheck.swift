/// The checksum of zip and gzip files (CRC-32, RFC 1952 section 8).
package enum CyclicRedundancyCheck {
  package static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    table.withUnsafeBufferPointer { table in
      bytes.withUnsafeBufferPointer { bytes in
        var remainder: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
          remainder = table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)] ^ remainder >> 8
        }
        return remainder ^ 0xFFFF_FFFF
      }
    }
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    var remainder = UInt32(byte)
    for _ in 0..<8 {
      remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1
    }
    return remainder
  }
}
