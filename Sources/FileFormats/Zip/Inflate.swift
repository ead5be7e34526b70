import CZlib

/// Decompression of DEFLATE data (RFC 1951), by zlib.
///
/// Input that breaks the format's rules, ends early or yields more than `limit` bytes gives nil;
/// memory grows only as output is really produced.
public enum Inflate {
  /// The content of a DEFLATE stream that fills `input` to its last byte.
  public static func decompress(_ input: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
    // A negative size of the window stands for data without a header.
    unpack(input, limit: limit, windowBits: -MAX_WBITS)
  }

  /// Unpacks a gzip file of one member (RFC 1952), its checksum verified; nil when it is not one.
  public static func gunzip(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    guard bytes.count >= 18 else { return nil }
    // The size that the file says of itself, in 32 bits, is known before anything is unpacked.
    let declared = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard declared <= limit else { return nil }
    // Sixteen more ask for the header and the trailer of gzip.
    return unpack(bytes[...], limit: declared, windowBits: MAX_WBITS + 16)
  }

  private static func unpack(
    _ input: ArraySlice<UInt8>, limit: Int, windowBits: Int32
  ) -> [UInt8]? {
    guard limit >= 0 else { return nil }
    var stream = z_stream()
    guard unfold_inflate_init(&stream, windowBits) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    var rest = input
    while true {
      // One byte more than allowed shows a stream that yields too much.
      let room = min(piece.count, limit - output.count + 1)
      // zlib counts in 32 bits.
      let given = rest.prefix(1 << 30)
      let (status, taken, made) = given.withUnsafeBufferPointer { bytes in
        piece.withUnsafeMutableBufferPointer { piece in
          // zlib reads here, though its signature lets it write.
          stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
          stream.avail_in = UInt32(bytes.count)
          stream.next_out = piece.baseAddress
          stream.avail_out = UInt32(room)
          let status = inflate(&stream, Z_NO_FLUSH)
          return (status, bytes.count - Int(stream.avail_in), room - Int(stream.avail_out))
        }
      }
      rest = rest.dropFirst(taken)
      output += piece.prefix(made)
      guard output.count <= limit else { return nil }
      switch status {
      case Z_STREAM_END: return rest.isEmpty ? output : nil
      // Neither side moved: the input ends early.
      case Z_OK where taken > 0 || made > 0: continue
      default: return nil
      }
    }
  }
}
