import CZlib

/// The cyclic redundancy check of zip, gzip and W&B's logs (RFC 1952, section 8), by zlib.
public enum CRC32 {
  public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(
      truncatingIfNeeded: crc32_z(
        0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }

  /// A check rotated and shifted, so that a check of data with checks in it stays one.
  public static func masked(_ crc: UInt32) -> UInt32 { (crc >> 15 | crc << 17) &+ 0xA282_EAD8 }
}
