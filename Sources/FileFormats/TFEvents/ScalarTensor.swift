/// TensorFlow 2 writes a scalar as a tensor of one number, in any of its types.
enum ScalarTensor {
  /// The numbers of types in a tensor's message.
  private enum DataType {
    static let float = 1, double = 2, int32 = 3, uint8 = 4, int16 = 5, int8 = 6, int64 = 9
    static let bool = 10, bfloat16 = 14, uint16 = 17, half = 19, uint32 = 22, uint64 = 23
  }

  /// The one number of a tensor; nil where it holds none, or more than one.
  ///
  /// Fields: 1 type, 4 the numbers as bytes; else by type 5 float, 6 double, 7 integers up to 32
  /// bits, 10 int64, 11 bool, 13 half and bfloat16 (as bits), 16 uint32, 17 uint64.
  static func number(_ bytes: UnsafeRawBufferPointer) -> Double? {
    var reader = ProtobufReader(bytes)
    var type = 0
    var numbers: [Double] = []
    var content: UnsafeRawBufferPointer?
    while let (field, value) = reader.next() {
      switch field {
      case 1: type = value.int ?? 0
      case 4: content = value.data
      case 5: numbers += value.doubles(width: 4)
      case 6: numbers += value.doubles(width: 8)
      case 7, 10, 11: numbers += value.integers.map { Double(Int64(bitPattern: $0)) }
      case 13:
        numbers += value.integers.map { bits in
          let bits = UInt16(truncatingIfNeeded: bits)
          return type == DataType.bfloat16 ? bfloat16(bits) : half(bits)
        }
      case 16, 17: numbers += value.integers.map { Double($0) }
      default: break
      }
    }
    if let content, !content.isEmpty { return number(content, type: type) }
    return numbers.count == 1 && !reader.isBroken ? numbers[0] : nil
  }

  private static func number(_ content: UnsafeRawBufferPointer, type: Int) -> Double? {
    func bits<Bits: FixedWidthInteger>(_: Bits.Type) -> Bits? {
      guard content.count == MemoryLayout<Bits>.size else { return nil }
      return Bits(littleEndian: content.loadUnaligned(as: Bits.self))
    }
    return switch type {
    case DataType.float: bits(UInt32.self).map { Double(Float(bitPattern: $0)) }
    case DataType.double: bits(UInt64.self).map { Double(bitPattern: $0) }
    case DataType.int32: bits(Int32.self).map { Double($0) }
    case DataType.uint8, DataType.bool: bits(UInt8.self).map { Double($0) }
    case DataType.int16: bits(Int16.self).map { Double($0) }
    case DataType.int8: bits(Int8.self).map { Double($0) }
    case DataType.int64: bits(Int64.self).map { Double($0) }
    case DataType.uint16: bits(UInt16.self).map { Double($0) }
    case DataType.uint32: bits(UInt32.self).map { Double($0) }
    case DataType.uint64: bits(UInt64.self).map { Double($0) }
    case DataType.half: bits(UInt16.self).map(half)
    case DataType.bfloat16: bits(UInt16.self).map(bfloat16)
    default: nil
    }
  }

  private static func bfloat16(_ bits: UInt16) -> Double {
    Double(Float(bitPattern: UInt32(bits) << 16))
  }

  /// IEEE 754 half precision: one sign, five exponent and ten fraction bits.
  static func half(_ bits: UInt16) -> Double {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF) / 1024
    return switch exponent {
    case 0: sign * fraction * 0x1p-14
    case 31: fraction == 0 ? sign * .infinity : .nan
    default: sign * (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
