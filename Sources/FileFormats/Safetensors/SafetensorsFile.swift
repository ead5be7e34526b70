/// Named tensors as Hugging Face's safetensors format holds them: what PyTorch, JAX and others
/// read and write without running code.
///
/// A file is a `u64` little-endian N, N bytes of JSON, then the tensors' data. The JSON maps each
/// name to `dtype`, `shape` and `data_offsets`, counted from the first byte behind the JSON.
public struct SafetensorsFile: Sendable, Equatable {
  /// The longest header that is read, as in the reference implementation.
  public static let maximumHeaderBytes = 100_000_000

  /// One tensor, row-major.
  public struct Tensor: Sendable, Equatable {
    public var name: String
    public var dataType: DataType
    /// Extents, slowest first; empty for a single number.
    public var shape: [Int]
    /// Little-endian elements, `elementCount * dataType.byteCount` bytes.
    public var data: [UInt8]

    /// A tensor from raw data. Encoding fails when the data's size does not fit the shape.
    public init(name: String, dataType: DataType, shape: [Int], data: [UInt8]) {
      self.name = name
      self.dataType = dataType
      self.shape = shape
      self.data = data
    }

    /// Elements in the tensor; nil when their number does not fit in 63 bits.
    public var elementCount: Int? { SafetensorsFile.elementCount(of: shape) }
  }

  /// The type of a tensor's elements.
  public enum DataType: String, Sendable, CaseIterable {
    case bool = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case float8e5m2 = "F8_E5M2"
    case float8e4m3 = "F8_E4M3"
    case int16 = "I16"
    case uint16 = "U16"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int32 = "I32"
    case uint32 = "U32"
    case float32 = "F32"
    case complex64 = "C64"
    case float64 = "F64"
    case int64 = "I64"
    case uint64 = "U64"

    /// Bytes of one element.
    public var byteCount: Int {
      switch self {
      case .bool, .uint8, .int8, .float8e5m2, .float8e4m3: 1
      case .int16, .uint16, .float16, .bfloat16: 2
      case .int32, .uint32, .float32: 4
      case .complex64, .float64, .int64, .uint64: 8
      }
    }
  }

  /// The tensors, ordered by their place in the file once decoded.
  public var tensors: [Tensor]
  /// Free text under `__metadata__`.
  public var metadata: [String: String]

  public init(tensors: [Tensor] = [], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor with this name.
  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }

  static func elementCount(of shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, extent >= 0 else { return nil }
      count = product
    }
    return count
  }
}
