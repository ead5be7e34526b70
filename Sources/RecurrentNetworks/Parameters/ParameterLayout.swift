/// One named tensor of a network: where it stands in the flat vector and how it begins.
public struct Parameter: Sendable, Equatable {
  /// Starting values.
  public enum Start: Sendable, Equatable {
    /// Zeros.
    case zero
    /// Ones.
    case one
    /// Uniform in ±bound.
    case uniform(bound: Double)
    /// Standard normal, PyTorch's default for embeddings.
    case normal
    /// A recurrent matrix of square blocks, one for each gate.
    case recurrent(NetworkConfiguration.RecurrentInitialization)
    /// Glorot and Bengio 2010: uniform in ±√(6 / (rows + columns)), block by block.
    case glorot(blocks: Int)
    /// Uniform in ±bound, with `by` added to some rows, as to the forget gate's.
    case raised(bound: Double, by: Double, rows: Range<Int>)
    /// Rows ν, θ and γ of an LRU, logarithms all: λ = exp(−ν + iθ) uniform in the ring between two
    /// radii (Orvieto et al. 2023, lemma 3.2), and γ = √(1 − |λ|²).
    case ring(inner: Double, outer: Double)
  }

  /// The name in files, PyTorch's.
  public var name: String
  /// The lecture's symbol, such as `W`.
  public var symbol: String
  /// Rows of the matrix, or values of the vector.
  public var rows: Int
  /// Columns of the matrix; 1 for a vector.
  public var columns: Int
  /// Whether files hold it as a vector of `rows` values.
  public var isVector: Bool
  /// First scalar in the flat vector.
  public var offset: Int
  /// What it begins as.
  public var start: Start
  /// How many of PyTorch's tensors this one stands for: 2 for a bias that PyTorch keeps as
  /// `bias_ih` and `bias_hh`, whose sum is all that matters. Such a bias counts twice in the
  /// gradient's norm and moves twice in an update, so that training agrees step by step.
  public var multiplicity: Int
  /// Gates whose rows stand one below the other, in the order of the cell's; 1 where rows are of
  /// none, as those of V or of a cell without gates.
  public var gates: Int

  /// Values in all.
  public var count: Int { rows * columns }
}

/// Refers to one parameter of a layout.
public struct ParameterHandle: Sendable, Equatable {
  let index: Int
  let offset: Int
  let rows: Int
  let columns: Int
}

/// All parameters of a network, in the order of the flat vector.
public struct ParameterLayout: Sendable, Equatable {
  /// In the order of the flat vector.
  public private(set) var parameters: [Parameter] = []
  /// Scalars in all.
  public private(set) var count = 0
  /// What PyTorch's files may call a parameter besides its own name, such as `head.weight` where it is
  /// `embedding.weight`; by that other name.
  private(set) var tiedNames: [String: String] = [:]

  public init() {}

  /// Lets a parameter stand for what files may call by another name, too.
  /// - Parameters:
  ///   - name: the other name
  ///   - parameter: what is used in its place
  mutating func tie(_ name: String, to parameter: ParameterHandle) {
    tiedNames[name] = parameters[parameter.index].name
  }

  /// Appends a rows × columns matrix, `gates` blocks of rows.
  public mutating func matrix(
    _ name: String, symbol: String, _ rows: Int, _ columns: Int, start: Parameter.Start,
    gates: Int = 1
  ) -> ParameterHandle {
    append(
      name, symbol, rows, columns, isVector: false, start: start, multiplicity: 1, gates: gates)
  }

  /// Appends a vector of `size` values, `gates` blocks of them.
  public mutating func vector(
    _ name: String, symbol: String, _ size: Int, start: Parameter.Start, multiplicity: Int = 1,
    gates: Int = 1
  ) -> ParameterHandle {
    append(
      name, symbol, size, 1, isVector: true, start: start, multiplicity: multiplicity,
      gates: gates)
  }

  private mutating func append(
    _ name: String, _ symbol: String, _ rows: Int, _ columns: Int, isVector: Bool,
    start: Parameter.Start, multiplicity: Int, gates: Int
  ) -> ParameterHandle {
    let parameter = Parameter(
      name: name, symbol: symbol, rows: rows, columns: columns, isVector: isVector, offset: count,
      start: start, multiplicity: multiplicity, gates: gates)
    parameters.append(parameter)
    // Each parameter starts on a cache line; the gap stays zero and takes no part in anything.
    count += (parameter.count + 15) / 16 * 16
    return ParameterHandle(
      index: parameters.count - 1, offset: parameter.offset, rows: rows, columns: columns)
  }

  /// Trainable values, without the gaps between parameters; a merged bias counts once.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
}
