/// Walks through the fields of a protocol-buffer message from anywhere; stops at the first that is
/// not whole. What it hands out lives no longer than the bytes it was given.
struct ProtobufReader {
  enum Value {
    case integer(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case data(UnsafeRawBufferPointer)
  }

  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  /// Whether something was not a field.
  private(set) var isBroken = false

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// The next field, or nil at the end and where the message is broken.
  @inline(__always)
  mutating func next() -> (field: Int, value: Value)? {
    guard position < bytes.count, !isBroken else { return nil }
    guard let key = varint(), let value = value(wireType: key & 7), key >> 3 <= 0x1FFF_FFFF else {
      isBroken = true
      return nil
    }
    return (Int(key >> 3), value)
  }

  /// The next number of a packed list of varints.
  mutating func packed() -> UInt64? { position < bytes.count ? varint() : nil }

  @inline(__always)
  private mutating func value(wireType: UInt64) -> Value? {
    switch wireType {
    case 0: varint().map(Value.integer)
    case 1: fixed(UInt64.self).map(Value.fixed64)
    case 5: fixed(UInt32.self).map(Value.fixed32)
    case 2:
      if let count = varint(), count <= UInt64(bytes.count - position) {
        .data(take(Int(count)))
      } else {
        nil
      }
    default: nil
    }
  }

  @inline(__always)
  private mutating func varint() -> UInt64? {
    // Most are one byte.
    if position < bytes.count, bytes[position] < 0x80 {
      defer { position += 1 }
      return UInt64(bytes[position])
    }
    return longVarint()
  }

  private mutating func longVarint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { return nil }
      let byte = bytes[position]
      position += 1
      if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
      if byte < 0x80 { return value }
    }
    return nil
  }

  @inline(__always)
  private mutating func fixed<Bits: FixedWidthInteger>(_: Bits.Type) -> Bits? {
    let count = MemoryLayout<Bits>.size
    guard bytes.count - position >= count else { return nil }
    defer { position += count }
    return Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Bits.self))
  }

  @inline(__always)
  private mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }
}

extension ProtobufReader.Value {
  var double: Double? {
    switch self {
    case .fixed64(let bits): Double(bitPattern: bits)
    case .fixed32(let bits): Double(Float(bitPattern: bits))
    default: nil
    }
  }

  var int: Int? {
    if case .integer(let bits) = self { Int(Int64(bitPattern: bits)) } else { nil }
  }

  var data: UnsafeRawBufferPointer? {
    if case .data(let bytes) = self { bytes } else { nil }
  }

  var text: String? { data.map { String(decoding: $0, as: UTF8.self) } }

  /// Numbers of a repeated field, packed or one at a time.
  func doubles(width: Int) -> [Double] {
    guard case .data(let bytes) = self else { return double.map { [$0] } ?? [] }
    return stride(from: 0, through: bytes.count - width, by: width).map { start in
      width == 8
        ? Double(
          bitPattern: UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)))
        : Double(
          Float(
            bitPattern: UInt32(
              littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))))
    }
  }

  /// Whole numbers of a repeated field, packed or one at a time.
  var integers: [UInt64] {
    switch self {
    case .integer(let bits): return [bits]
    case .data(let bytes):
      var reader = ProtobufReader(bytes)
      var result: [UInt64] = []
      while let value = reader.packed() { result.append(value) }
      return result
    default: return []
    }
  }
}
