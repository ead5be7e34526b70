/// The Castagnoli cyclic redundancy check, and the masked form in which TensorFlow's records hold
/// it.
public enum CRC32C {
  public static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    // Contiguous storage is read where it stands; anything else is copied once.
    bytes.withContiguousStorageIfAvailable { checksum(UnsafeRawBufferPointer($0)) }
      ?? Array(bytes).withUnsafeBytes { checksum($0) }
  }

  public static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    CRC32.masked(checksum(bytes))
  }

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    CRC32.castagnoli.checksum(bytes)
  }

  static func masked(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    CRC32.masked(checksum(bytes))
  }
}
