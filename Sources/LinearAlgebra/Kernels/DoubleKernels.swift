// Made from the `extension Float` of the other files here, which are the ones to edit: the test of
// twins in ArchitectureTests compares them, and writes this file with UNFOLD_RECORD=1.
import COpenBLAS
import CVectorMath

extension Double: CellKernels {
  public static func lstmForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Double>,
    previousCell: UnsafePointer<Double>,
    previousStride: Int, cell: UnsafeMutablePointer<Double>, tanhCell: UnsafeMutablePointer<Double>,
    state: UnsafeMutablePointer<Double>, stateStride: Int
  ) {
    vector_math_lstm_forward_f64(
      rows, hidden, gates, previousCell, previousStride, cell, tanhCell, state, stateStride)
  }

  public static func lstmBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Double>, previousCell: UnsafePointer<Double>,
    previousStride: Int, tanhCell: UnsafePointer<Double>, dState: UnsafePointer<Double>,
    dStateStride: Int, dCell: UnsafeMutablePointer<Double>,
    dGates: UnsafeMutablePointer<Double>
  ) {
    vector_math_lstm_backward_f64(
      rows, hidden, gates, previousCell, previousStride, tanhCell, dState, dStateStride, dCell,
      dGates)
  }

  public static func peepholeForward(
    rows: Int, hidden: Int, peepholes: UnsafePointer<Double>, gates: UnsafeMutablePointer<Double>,
    previousCell: UnsafePointer<Double>, previousStride: Int, cell: UnsafeMutablePointer<Double>,
    tanhCell: UnsafeMutablePointer<Double>, state: UnsafeMutablePointer<Double>, stateStride: Int
  ) {
    vector_math_peephole_forward_f64(
      rows, hidden, peepholes, gates, previousCell, previousStride, cell, tanhCell, state,
      stateStride)
  }

  public static func peepholeBackward(
    rows: Int, hidden: Int, peepholes: UnsafePointer<Double>, gates: UnsafePointer<Double>,
    previousCell: UnsafePointer<Double>, previousStride: Int, cell: UnsafePointer<Double>,
    tanhCell: UnsafePointer<Double>, dState: UnsafePointer<Double>, dStateStride: Int,
    dCell: UnsafeMutablePointer<Double>, dGates: UnsafeMutablePointer<Double>,
    dPeepholes: UnsafeMutablePointer<Double>
  ) {
    vector_math_peephole_backward_f64(
      rows, hidden, peepholes, gates, previousCell, previousStride, cell, tanhCell, dState,
      dStateStride, dCell, dGates, dPeepholes)
  }

  public static func lruForward(
    rows: Int, hidden: Int, factors: UnsafePointer<Double>, inputs: UnsafePointer<Double>,
    previousCell: UnsafePointer<Double>, previousStride: Int, cell: UnsafeMutablePointer<Double>
  ) {
    vector_math_lru_forward_f64(
      rows, hidden, factors, inputs, previousCell, previousStride, cell)
  }

  public static func lruBackward(
    rows: Int, hidden: Int, factors: UnsafePointer<Double>, inputs: UnsafePointer<Double>,
    previousCell: UnsafePointer<Double>, previousStride: Int, dCell: UnsafeMutablePointer<Double>,
    dInputs: UnsafeMutablePointer<Double>, dLogarithms: UnsafeMutablePointer<Double>
  ) {
    vector_math_lru_backward_f64(
      rows, hidden, factors, inputs, previousCell, previousStride, dCell, dInputs, dLogarithms)
  }

  public static func sLSTMForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Double>,
    previousCell: UnsafePointer<Double>,
    previousStride: Int, cell: UnsafeMutablePointer<Double>, state: UnsafeMutablePointer<Double>,
    stateStride: Int
  ) {
    vector_math_slstm_forward_f64(
      rows, hidden, gates, previousCell, previousStride, cell, state, stateStride)
  }

  public static func sLSTMBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Double>, previousCell: UnsafePointer<Double>,
    previousStride: Int, cell: UnsafePointer<Double>, dState: UnsafePointer<Double>,
    dStateStride: Int, dCell: UnsafeMutablePointer<Double>, dGates: UnsafeMutablePointer<Double>
  ) {
    vector_math_slstm_backward_f64(
      rows, hidden, gates, previousCell, previousStride, cell, dState, dStateStride, dCell,
      dGates)
  }

  public static func gruForward(
    rows: Int, hidden: Int, input: UnsafeMutablePointer<Double>, recurrent: UnsafePointer<Double>,
    recurrentNew: UnsafeMutablePointer<Double>, previous: UnsafePointer<Double>,
    previousStride: Int,
    state: UnsafeMutablePointer<Double>, stateStride: Int
  ) {
    vector_math_gru_forward_f64(
      rows, hidden, input, recurrent, 3 * hidden, recurrentNew, previous, previousStride, state,
      stateStride)
  }

  public static func gruBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Double>, recurrentNew: UnsafePointer<Double>,
    previous: UnsafePointer<Double>, previousStride: Int, dState: UnsafePointer<Double>,
    dStateStride: Int, dInput: UnsafeMutablePointer<Double>,
    dRecurrent: UnsafeMutablePointer<Double>, dPrevious: UnsafeMutablePointer<Double>,
    dPreviousStride: Int
  ) {
    vector_math_gru_backward_f64(
      rows, hidden, gates, recurrentNew, previous, previousStride, dState, dStateStride, dInput,
      dRecurrent, dPrevious, dPreviousStride)
  }

  public static func minGRUForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Double>, previous: UnsafePointer<Double>,
    previousStride: Int, state: UnsafeMutablePointer<Double>, stateStride: Int
  ) {
    vector_math_mingru_forward_f64(
      rows, hidden, gates, previous, previousStride, state, stateStride)
  }

  public static func minGRUBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Double>, previous: UnsafePointer<Double>,
    previousStride: Int, dState: UnsafePointer<Double>, dStateStride: Int,
    dGates: UnsafeMutablePointer<Double>, dPrevious: UnsafeMutablePointer<Double>,
    dPreviousStride: Int
  ) {
    vector_math_mingru_backward_f64(
      rows, hidden, gates, previous, previousStride, dState, dStateStride, dGates, dPrevious,
      dPreviousStride)
  }

  public static func minLSTMForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Double>, previous: UnsafePointer<Double>,
    previousStride: Int, state: UnsafeMutablePointer<Double>, stateStride: Int
  ) {
    vector_math_minlstm_forward_f64(
      rows, hidden, gates, previous, previousStride, state, stateStride)
  }

  public static func minLSTMBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Double>, previous: UnsafePointer<Double>,
    previousStride: Int, state: UnsafePointer<Double>, stateStride: Int,
    dState: UnsafePointer<Double>, dStateStride: Int, dGates: UnsafeMutablePointer<Double>,
    dPrevious: UnsafeMutablePointer<Double>, dPreviousStride: Int
  ) {
    vector_math_minlstm_backward_f64(
      rows, hidden, gates, previous, previousStride, state, stateStride, dState, dStateStride,
      dGates, dPrevious, dPreviousStride)
  }
}

extension Double: MatrixKernels {
  public static var panelWidth: Int { Int(VECTOR_MATH_PANEL_F64) }

  public static func multiply(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, depth: Int, alpha: Double,
    a: UnsafePointer<Double>, aStride: Int, b: UnsafePointer<Double>, bStride: Int, beta: Double,
    c: UnsafeMutablePointer<Double>, cStride: Int
  ) {
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), blasint(depth),
      alpha, a, blasint(aStride), b, blasint(bStride), beta, c, blasint(cStride))
  }

  public static func pack(
    depth: Int, columns: Int, b: UnsafePointer<Double>, row: Int, column: Int,
    into packed: UnsafeMutablePointer<Double>
  ) {
    vector_math_pack_f64(depth, columns, b, row, column, packed)
  }

  public static func multiplyPacked(
    rows: Int, columns: Int, depth: Int, a: UnsafePointer<Double>, aStride: Int,
    packed: UnsafePointer<Double>, c: UnsafeMutablePointer<Double>, cStride: Int, accumulate: Bool
  ) {
    vector_math_multiply_packed_f64(
      rows, columns, depth, a, aStride, packed, c, cStride, accumulate ? 1 : 0)
  }

  public static func gather(
    rows: Int, columns: Int, table: UnsafePointer<Double>, tableStride: Int,
    index: UnsafePointer<Int32>, bias: UnsafePointer<Double>?, y: UnsafeMutablePointer<Double>,
    yStride: Int
  ) {
    vector_math_gather_f64(rows, columns, table, tableStride, index, bias, y, yStride)
  }

  public static func scatterAdd(
    rows: Int, columns: Int, x: UnsafePointer<Double>, xStride: Int, index: UnsafePointer<Int32>,
    table: UnsafeMutablePointer<Double>, tableStride: Int
  ) {
    vector_math_scatter_add_f64(rows, columns, x, xStride, index, table, tableStride)
  }

  public static func transpose(
    rows: Int, columns: Int, x: UnsafePointer<Double>, xStride: Int,
    y: UnsafeMutablePointer<Double>,
    yStride: Int, accumulate: Bool
  ) {
    vector_math_transpose_f64(rows, columns, x, xStride, y, yStride, accumulate ? 1 : 0)
  }

  public static func addColumnSums(
    rows: Int, columns: Int, x: UnsafePointer<Double>, stride: Int,
    sums: UnsafeMutablePointer<Double>
  ) {
    vector_math_add_column_sums_f64(rows, columns, x, stride, sums)
  }
}

extension Double: OptimiserKernels {
  public static func adam(
    _ count: Int, weights: UnsafeMutablePointer<Double>, gradient: UnsafePointer<Double>,
    mean: UnsafeMutablePointer<Double>, square: UnsafeMutablePointer<Double>, scale: Double,
    decay: Double, beta1: Double, beta2: Double, rate: Double, correction: Double, epsilon: Double,
    times: Double
  ) {
    vector_math_adam_f64(
      count, weights, gradient, mean, square, scale, decay, beta1, beta2, rate, correction,
      epsilon, times)
  }

  public static func momentum(
    _ count: Int, weights: UnsafeMutablePointer<Double>, gradient: UnsafePointer<Double>,
    mean: UnsafeMutablePointer<Double>, scale: Double, decay: Double, momentum: Double,
    nesterov: Bool, rate: Double, times: Double
  ) {
    vector_math_momentum_f64(
      count, weights, gradient, mean, scale, decay, momentum, nesterov ? 1 : 0, rate, times)
  }

  public static func rootScaled(
    _ count: Int, weights: UnsafeMutablePointer<Double>, gradient: UnsafePointer<Double>,
    square: UnsafeMutablePointer<Double>, scale: Double, decay: Double, kept: Double, added: Double,
    rate: Double, epsilon: Double, times: Double
  ) {
    vector_math_root_scaled_f64(
      count, weights, gradient, square, scale, decay, kept, added, rate, epsilon, times)
  }
}

extension Double: SoftmaxKernels {
  public static func softmax(
    rows: Int, columns: Int, x: UnsafeMutablePointer<Double>, stride: Int
  ) {
    vector_math_softmax_f64(rows, columns, x, stride)
  }

  public static func logSumExp(
    rows: Int, columns: Int, x: UnsafePointer<Double>, stride: Int, y: UnsafeMutablePointer<Double>
  ) {
    vector_math_log_sum_exp_f64(rows, columns, x, stride, y)
  }

  public static func softmaxCrossEntropy(
    rows: Int, columns: Int, logits: UnsafeMutablePointer<Double>, stride: Int,
    targets: UnsafePointer<Int32>, scale: Double, losses: UnsafeMutablePointer<Double>?,
    probabilities: UnsafeMutablePointer<Double>?, correct: inout Int
  ) -> Double {
    vector_math_softmax_cross_entropy_f64(
      rows, columns, logits, stride, targets, scale, losses, probabilities, &correct)
  }
}

extension Double: VectorKernels {
  public static func addScaled(
    _ count: Int, _ a: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>
  ) {
    vector_math_add_scaled_f64(count, a, x, y)
  }

  public static func fill(_ count: Int, with a: Double, _ x: UnsafeMutablePointer<Double>) {
    vector_math_fill_f64(count, a, x)
  }

  public static func scale(_ count: Int, by a: Double, _ x: UnsafeMutablePointer<Double>) {
    vector_math_scale_f64(count, a, x)
  }

  public static func clamp(_ count: Int, to bound: Double, _ x: UnsafeMutablePointer<Double>) {
    vector_math_clamp_f64(count, bound, x)
  }

  public static func sumOfSquares(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
    vector_math_sum_of_squares_f64(count, x)
  }

  public static func widen(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { y[i] = Double(x[i]) }
  }

  public static func tanh(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    vector_math_tanh_f64(count, x, y)
  }

  public static func tanhBackward(
    _ count: Int, s: UnsafePointer<Double>, ds: UnsafePointer<Double>,
    d: UnsafeMutablePointer<Double>
  ) {
    vector_math_tanh_backward_f64(count, s, ds, d)
  }

  public static func attentionForward(
    _ count: Int, size: Int, keys: UnsafePointer<Double>, query: UnsafePointer<Double>,
    sums: UnsafeMutablePointer<Double>
  ) {
    vector_math_attention_forward_f64(count, size, keys, query, sums)
  }

  public static func attentionBackward(
    _ count: Int, size: Int, d: UnsafePointer<Double>, energy: UnsafePointer<Double>,
    sums: UnsafePointer<Double>, dKeys: UnsafeMutablePointer<Double>,
    dQuery: UnsafeMutablePointer<Double>
  ) {
    vector_math_attention_backward_f64(count, size, d, energy, sums, dKeys, dQuery)
  }

  public static func sigmoid(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    vector_math_sigmoid_f64(count, x, y)
  }

  public static func relu(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    vector_math_relu_f64(count, x, y)
  }

  public static func reluBackward(
    _ count: Int, s: UnsafePointer<Double>, ds: UnsafePointer<Double>,
    d: UnsafeMutablePointer<Double>
  ) {
    vector_math_relu_backward_f64(count, s, ds, d)
  }
}
