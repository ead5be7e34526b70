/// A tensor under its name in files; row-major values.
///
/// It holds numbers of 32 bits as such: a copy of a large network must not cost twice its memory.
public struct NamedTensor: Sendable {
  /// The name in files, such as `rnn.weight_hh_l0`.
  public var name: String
  /// Sizes of the dimensions, the outermost first.
  public var shape: [Int]
  private var numbers: Numbers

  private enum Numbers: Sendable {
    case floats([Float])
    case doubles([Double])
  }

  public init(name: String, shape: [Int], values: [Double]) {
    self.name = name
    self.shape = shape
    numbers = .doubles(values)
  }

  public init(name: String, shape: [Int], floats: [Float]) {
    self.name = name
    self.shape = shape
    numbers = .floats(floats)
  }

  /// How many values it holds.
  public var count: Int {
    switch numbers {
    case .floats(let values): values.count
    case .doubles(let values): values.count
    }
  }

  /// One value, the last dimension's neighbours beside each other.
  public subscript(index: Int) -> Double {
    switch numbers {
    case .floats(let values): Double(values[index])
    case .doubles(let values): values[index]
    }
  }

  /// All values; made anew where they are held with 32 bits.
  public var values: [Double] {
    get {
      switch numbers {
      case .floats(let values): values.map(Double.init)
      case .doubles(let values): values
      }
    }
    set { numbers = .doubles(newValue) }
  }

  /// The values where they are held with 32 bits; nil where with 64.
  public var floats: [Float]? {
    if case .floats(let values) = numbers { values } else { nil }
  }

  /// Bytes of the values.
  public var byteCount: Int {
    switch numbers {
    case .floats(let values): values.count * MemoryLayout<Float>.stride
    case .doubles(let values): values.count * MemoryLayout<Double>.stride
    }
  }
}

extension NamedTensor: Equatable {
  /// The same numbers, however they are held.
  public static func == (a: NamedTensor, b: NamedTensor) -> Bool {
    guard a.name == b.name, a.shape == b.shape, a.count == b.count else { return false }
    if let a = a.floats, let b = b.floats { return a == b }
    return (0..<a.count).allSatisfy { a[$0] == b[$0] }
  }
}
