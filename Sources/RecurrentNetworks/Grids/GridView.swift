import LinearAlgebra

/// Everything that one corner's sweep computed over an image in its last passes, forward and backward,
/// for whoever walks through it cell by cell; valid until the arena is reset.
public struct GridView<Scalar: NetworkScalar> {
  /// Which way the state goes, such as `↘`.
  public var corner: String
  /// Whether rows are swept from the last to the first.
  public var startsAtBottom: Bool
  /// Whether columns are swept from the last to the first.
  public var startsAtRight: Bool
  /// Rows of cells of the image.
  public var rows: Int
  /// Columns of cells.
  public var columns: Int
  /// x, cells × pixels of a block, in the sweep's own order.
  public var inputs: Matrix<Scalar>
  /// s, cells × hidden.
  public var states: Matrix<Scalar>
  /// ∇s after a backward pass, cells × hidden.
  public var stateGradients: Matrix<Scalar>
  /// δ after a backward pass, cells × hidden.
  public var deltas: Matrix<Scalar>
  /// U, hidden × pixels of a block.
  public var inputWeight: ParameterHandle
  /// Wᵥ, hidden × hidden.
  public var verticalWeight: ParameterHandle
  /// Wₕ, hidden × hidden.
  public var horizontalWeight: ParameterHandle
  /// b, hidden.
  public var bias: ParameterHandle
  /// Whether the corners' states are added up instead of standing one behind the other.
  public var isSum: Bool
  /// The row of each cell in the matrices above; cells are counted in reading order.
  public internal(set) var places: [Int] = []
}
