extension SafetensorsFile.DataType {
  /// Whether `floats` and `doubles` read it.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }
}

extension SafetensorsFile.Tensor {
  /// A tensor of 32-bit floating-point numbers.
  public init(name: String, shape: [Int], floats: [Float]) {
    self.init(
      name: name, dataType: .float32, shape: shape,
      data: Self.bytes(of: floats.lazy.map(\.bitPattern), count: floats.count))
  }

  /// A tensor of 64-bit floating-point numbers.
  public init(name: String, shape: [Int], doubles: [Double]) {
    self.init(
      name: name, dataType: .float64, shape: shape,
      data: Self.bytes(of: doubles.lazy.map(\.bitPattern), count: doubles.count))
  }

  /// The elements as `Float`; F16, BF16 and F32 exactly, F64 rounded to nearest.
  public func floats() throws(SafetensorsError) -> [Float] {
    switch dataType {
    case .float32: elements(UInt32.self) { Float(bitPattern: $0) }
    case .float64: elements(UInt64.self) { Float(Double(bitPattern: $0)) }
    case .float16: elements(UInt16.self, Self.half)
    case .bfloat16: elements(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    default: throw .wrongType(name: name, found: dataType)
    }
  }

  /// The elements as `Double`, each exactly.
  public func doubles() throws(SafetensorsError) -> [Double] {
    switch dataType {
    case .float64: elements(UInt64.self) { Double(bitPattern: $0) }
    default: try floats().map(Double.init)
    }
  }

  private static func bytes<Bits: FixedWidthInteger>(
    of patterns: some Sequence<Bits>, count: Int
  ) -> [UInt8] {
    var data: [UInt8] = []
    data.reserveCapacity(count * MemoryLayout<Bits>.size)
    for pattern in patterns {
      withUnsafeBytes(of: pattern.littleEndian) { data.append(contentsOf: $0) }
    }
    return data
  }

  private func elements<Bits: FixedWidthInteger, Number>(
    _: Bits.Type, _ convert: (Bits) -> Number
  ) -> [Number] {
    let size = MemoryLayout<Bits>.size
    return data.withUnsafeBytes { raw in
      (0..<raw.count / size).map { index in
        convert(Bits(littleEndian: raw.loadUnaligned(fromByteOffset: index * size, as: Bits.self)))
      }
    }
  }

  /// IEEE 754 binary16, spelled out because `Float16` does not exist on every platform.
  private static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    }
  }
}
