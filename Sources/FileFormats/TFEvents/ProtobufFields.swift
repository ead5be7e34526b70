/// Fields of a protocol-buffer message as bytes: just what event files need.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func integer(_ field: Int, _ value: Int) {
    key(field, wireType: 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func double(_ field: Int, _ value: Double) {
    key(field, wireType: 1)
    append(value.bitPattern)
  }

  mutating func float(_ field: Int, _ value: Float) {
    key(field, wireType: 5)
    append(value.bitPattern)
  }

  mutating func data(_ field: Int, _ value: some Collection<UInt8>) {
    key(field, wireType: 2)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// A packed list of doubles.
  mutating func doubles(_ field: Int, _ values: [Double]) {
    key(field, wireType: 2)
    varint(UInt64(values.count * 8))
    for value in values { append(value.bitPattern) }
  }

  private mutating func key(_ field: Int, wireType: UInt64) {
    varint(UInt64(field) << 3 | wireType)
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func append<Bits: FixedWidthInteger>(_ bits: Bits) {
    withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

/// Walks through the fields of a message from anywhere; stops at the first that is not whole.
struct ProtobufReader {
  enum Value {
    case integer(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case data(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>
  /// Whether something was not a field.
  private(set) var isBroken = false

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  /// The next field, or nil at the end and where the message is broken.
  mutating func next() -> (field: Int, value: Value)? {
    guard !rest.isEmpty, !isBroken else { return nil }
    guard let key = varint(), let value = value(wireType: key & 7), key >> 3 <= 0x1FFF_FFFF else {
      isBroken = true
      return nil
    }
    return (Int(key >> 3), value)
  }

  private mutating func value(wireType: UInt64) -> Value? {
    switch wireType {
    case 0: varint().map(Value.integer)
    case 1: fixed(UInt64.self).map(Value.fixed64)
    case 5: fixed(UInt32.self).map(Value.fixed32)
    case 2:
      if let count = varint(), count <= UInt64(rest.count) {
        .data(take(Int(count)))
      } else {
        nil
      }
    default: nil
    }
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
      if byte < 0x80 { return value }
    }
    return nil
  }

  private mutating func fixed<Bits: FixedWidthInteger>(_: Bits.Type) -> Bits? {
    let count = MemoryLayout<Bits>.size
    guard rest.count >= count else { return nil }
    return take(count).reversed().reduce(Bits(0)) { $0 << 8 | Bits($1) }
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
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

  var data: ArraySlice<UInt8>? {
    if case .data(let bytes) = self { bytes } else { nil }
  }

  /// Numbers of a repeated field, packed or one at a time.
  func doubles(width: Int) -> [Double] {
    guard case .data(let bytes) = self else { return double.map { [$0] } ?? [] }
    return stride(from: bytes.startIndex, to: bytes.endIndex - width + 1, by: width).map { start in
      let bits = bytes[start..<start + width].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return width == 8
        ? Double(bitPattern: bits) : Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    }
  }
}
