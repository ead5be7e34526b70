/// A number type that networks compute in: `Float` for training, `Double` for checking gradients.
///
/// The requirements are the inner loops of training. Generic code calls one of them per matrix or
/// time step, so that nothing slow happens per element even where it is not specialised. Matrices
/// are row-major; a stride is the distance between rows in scalars.
public protocol NetworkScalar: BinaryFloatingPoint, BitwiseCopyable, LosslessStringConvertible,
  Sendable
{
  /// Columns of one panel of a packed matrix.
  static var panelWidth: Int { get }

  /// C ← α op(A) op(B) + β C, with C of rows × columns and the given depth (BLAS gemm).
  static func multiply(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, depth: Int, alpha: Self,
    a: UnsafePointer<Self>, aStride: Int, b: UnsafePointer<Self>, bStride: Int, beta: Self,
    c: UnsafeMutablePointer<Self>, cStride: Int)
  /// Packs B (depth × columns) with element (k, j) at `b[k * row + j * column]` into panels.
  static func pack(
    depth: Int, columns: Int, b: UnsafePointer<Self>, row: Int, column: Int,
    into packed: UnsafeMutablePointer<Self>)
  /// C ← A · B, or C ← C + A · B, with B packed.
  static func multiplyPacked(
    rows: Int, columns: Int, depth: Int, a: UnsafePointer<Self>, aStride: Int,
    packed: UnsafePointer<Self>, c: UnsafeMutablePointer<Self>, cStride: Int, accumulate: Bool)

  /// y ← tanh x.
  static func tanh(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// y ← 1/(1 + e^−x).
  static func sigmoid(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// d ← (1 − s²) ⊙ ds.
  static func tanhBackward(
    _ count: Int, s: UnsafePointer<Self>, ds: UnsafePointer<Self>, d: UnsafeMutablePointer<Self>)

  /// y ← max(0, x).
  static func relu(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// d ← ds where s > 0, else 0.
  static func reluBackward(
    _ count: Int, s: UnsafePointer<Self>, ds: UnsafePointer<Self>, d: UnsafeMutablePointer<Self>)

  /// One LSTM step over rows; see `LSTMCell`.
  static func lstmForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Self>, previousCell: UnsafePointer<Self>,
    previousStride: Int, cell: UnsafeMutablePointer<Self>, tanhCell: UnsafeMutablePointer<Self>,
    state: UnsafeMutablePointer<Self>, stateStride: Int)
  static func lstmBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Self>, previousCell: UnsafePointer<Self>,
    previousStride: Int, tanhCell: UnsafePointer<Self>, dState: UnsafePointer<Self>,
    dStateStride: Int, dCell: UnsafeMutablePointer<Self>, dGates: UnsafeMutablePointer<Self>)

  /// One GRU step over rows; see `GRUCell`.
  static func gruForward(
    rows: Int, hidden: Int, input: UnsafeMutablePointer<Self>, recurrent: UnsafePointer<Self>,
    recurrentNew: UnsafeMutablePointer<Self>, previous: UnsafePointer<Self>, previousStride: Int,
    state: UnsafeMutablePointer<Self>, stateStride: Int)
  static func gruBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Self>, recurrentNew: UnsafePointer<Self>,
    previous: UnsafePointer<Self>, previousStride: Int, dState: UnsafePointer<Self>,
    dStateStride: Int, dInput: UnsafeMutablePointer<Self>, dRecurrent: UnsafeMutablePointer<Self>,
    dPrevious: UnsafeMutablePointer<Self>, dPreviousStride: Int)

  /// Row r of y ← row `index[r]` of the table (zero when negative), plus the bias if there is one.
  static func gather(
    rows: Int, columns: Int, table: UnsafePointer<Self>, tableStride: Int,
    index: UnsafePointer<Int32>, bias: UnsafePointer<Self>?, y: UnsafeMutablePointer<Self>,
    yStride: Int)
  /// Row `index[r]` of the table += row r of x; negative indices are passed over.
  static func scatterAdd(
    rows: Int, columns: Int, x: UnsafePointer<Self>, xStride: Int, index: UnsafePointer<Int32>,
    table: UnsafeMutablePointer<Self>, tableStride: Int)
  /// y (rows × columns) ← transpose of x, or y ← y + transpose of x.
  static func transpose(
    rows: Int, columns: Int, x: UnsafePointer<Self>, xStride: Int, y: UnsafeMutablePointer<Self>,
    yStride: Int, accumulate: Bool)
  /// sums[j] += Σ over rows of x[r][j].
  static func addColumnSums(
    rows: Int, columns: Int, x: UnsafePointer<Self>, stride: Int,
    sums: UnsafeMutablePointer<Self>)

  /// Replaces each row of logits by (ŷ − onehot(target)) · scale and returns Σ −log ŷ[target] in
  /// nats. Rows with a negative target cost nothing and get a zero gradient.
  static func softmaxCrossEntropy(
    rows: Int, columns: Int, logits: UnsafeMutablePointer<Self>, stride: Int,
    targets: UnsafePointer<Int32>, scale: Self, losses: UnsafeMutablePointer<Self>?,
    probabilities: UnsafeMutablePointer<Self>?, correct: inout Int
  ) -> Double
  static func softmax(rows: Int, columns: Int, x: UnsafeMutablePointer<Self>, stride: Int)

  /// y ← y + a x.
  static func addScaled(
    _ count: Int, _ a: Self, _ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>)
  /// x ← a.
  static func fill(_ count: Int, with a: Self, _ x: UnsafeMutablePointer<Self>)
  /// x ← a x.
  static func scale(_ count: Int, by a: Self, _ x: UnsafeMutablePointer<Self>)
  /// Σ x², in double precision and a fixed order.
  static func sumOfSquares(_ count: Int, _ x: UnsafePointer<Self>) -> Double

  // Updates read the gradient as scale·g + decay·w and move the weights `times` times.

  /// w −= rate · m / (√v · correction + ε), with moments m and v of the gradient (Adam).
  static func adam(
    _ count: Int, weights: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    mean: UnsafeMutablePointer<Self>, square: UnsafeMutablePointer<Self>, scale: Self,
    decay: Self, beta1: Self, beta2: Self, rate: Self, correction: Self, epsilon: Self,
    times: Self)
  /// m ← μ m + g; w −= rate · m, or rate · (g + μ m) with Nesterov's look ahead.
  static func momentum(
    _ count: Int, weights: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    mean: UnsafeMutablePointer<Self>, scale: Self, decay: Self, momentum: Self, nesterov: Bool,
    rate: Self, times: Self)
  /// v ← kept · v + added · g²; w −= rate · g / (√v + ε).
  static func rootScaled(
    _ count: Int, weights: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    square: UnsafeMutablePointer<Self>, scale: Self, decay: Self, kept: Self, added: Self,
    rate: Self, epsilon: Self, times: Self)
  /// x ← min(max(x, −bound), bound); NaN stays NaN.
  static func clamp(_ count: Int, to bound: Self, _ x: UnsafeMutablePointer<Self>)
}
