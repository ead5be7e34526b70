import COpenBLAS
import CVectorMath

extension Float: NetworkScalar {
  public static var panelWidth: Int { Int(VECTOR_MATH_PANEL_F32) }

  public static func multiply(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, depth: Int, alpha: Float,
    a: UnsafePointer<Float>, aStride: Int, b: UnsafePointer<Float>, bStride: Int, beta: Float,
    c: UnsafeMutablePointer<Float>, cStride: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), blasint(depth),
      alpha, a, blasint(aStride), b, blasint(bStride), beta, c, blasint(cStride))
  }

  public static func pack(
    depth: Int, columns: Int, b: UnsafePointer<Float>, row: Int, column: Int,
    into packed: UnsafeMutablePointer<Float>
  ) {
    vector_math_pack_f32(depth, columns, b, row, column, packed)
  }

  public static func multiplyPacked(
    rows: Int, columns: Int, depth: Int, a: UnsafePointer<Float>, aStride: Int,
    packed: UnsafePointer<Float>, c: UnsafeMutablePointer<Float>, cStride: Int, accumulate: Bool
  ) {
    vector_math_multiply_packed_f32(
      rows, columns, depth, a, aStride, packed, c, cStride, accumulate ? 1 : 0)
  }

  public static func tanh(
    _ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    vector_math_tanh_f32(count, x, y)
  }

  public static func sigmoid(
    _ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    vector_math_sigmoid_f32(count, x, y)
  }

  public static func tanhBackward(
    _ count: Int, s: UnsafePointer<Float>, ds: UnsafePointer<Float>, d: UnsafeMutablePointer<Float>
  ) {
    vector_math_tanh_backward_f32(count, s, ds, d)
  }

  public static func relu(
    _ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    vector_math_relu_f32(count, x, y)
  }

  public static func reluBackward(
    _ count: Int, s: UnsafePointer<Float>, ds: UnsafePointer<Float>,
    d: UnsafeMutablePointer<Float>
  ) {
    vector_math_relu_backward_f32(count, s, ds, d)
  }

  public static func lstmForward(
    rows: Int, hidden: Int, gates: UnsafeMutablePointer<Float>, previousCell: UnsafePointer<Float>,
    previousStride: Int, cell: UnsafeMutablePointer<Float>, tanhCell: UnsafeMutablePointer<Float>,
    state: UnsafeMutablePointer<Float>, stateStride: Int
  ) {
    vector_math_lstm_forward_f32(
      rows, hidden, gates, previousCell, previousStride, cell, tanhCell, state, stateStride)
  }

  public static func lstmBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Float>, previousCell: UnsafePointer<Float>,
    previousStride: Int, tanhCell: UnsafePointer<Float>, dState: UnsafePointer<Float>,
    dStateStride: Int, dCell: UnsafeMutablePointer<Float>,
    dGates: UnsafeMutablePointer<Float>
  ) {
    vector_math_lstm_backward_f32(
      rows, hidden, gates, previousCell, previousStride, tanhCell, dState, dStateStride, dCell,
      dGates)
  }

  public static func gruForward(
    rows: Int, hidden: Int, input: UnsafeMutablePointer<Float>, recurrent: UnsafePointer<Float>,
    recurrentNew: UnsafeMutablePointer<Float>, previous: UnsafePointer<Float>, previousStride: Int,
    state: UnsafeMutablePointer<Float>, stateStride: Int
  ) {
    vector_math_gru_forward_f32(
      rows, hidden, input, recurrent, 3 * hidden, recurrentNew, previous, previousStride, state,
      stateStride)
  }

  public static func gruBackward(
    rows: Int, hidden: Int, gates: UnsafePointer<Float>, recurrentNew: UnsafePointer<Float>,
    previous: UnsafePointer<Float>, previousStride: Int, dState: UnsafePointer<Float>,
    dStateStride: Int, dInput: UnsafeMutablePointer<Float>,
    dRecurrent: UnsafeMutablePointer<Float>, dPrevious: UnsafeMutablePointer<Float>,
    dPreviousStride: Int
  ) {
    vector_math_gru_backward_f32(
      rows, hidden, gates, recurrentNew, previous, previousStride, dState, dStateStride, dInput,
      dRecurrent, dPrevious, dPreviousStride)
  }

  public static func gather(
    rows: Int, columns: Int, table: UnsafePointer<Float>, tableStride: Int,
    index: UnsafePointer<Int32>, bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>,
    yStride: Int
  ) {
    vector_math_gather_f32(rows, columns, table, tableStride, index, bias, y, yStride)
  }

  public static func scatterAdd(
    rows: Int, columns: Int, x: UnsafePointer<Float>, xStride: Int, index: UnsafePointer<Int32>,
    table: UnsafeMutablePointer<Float>, tableStride: Int
  ) {
    vector_math_scatter_add_f32(rows, columns, x, xStride, index, table, tableStride)
  }

  public static func transpose(
    rows: Int, columns: Int, x: UnsafePointer<Float>, xStride: Int, y: UnsafeMutablePointer<Float>,
    yStride: Int, accumulate: Bool
  ) {
    vector_math_transpose_f32(rows, columns, x, xStride, y, yStride, accumulate ? 1 : 0)
  }

  public static func addColumnSums(
    rows: Int, columns: Int, x: UnsafePointer<Float>, stride: Int,
    sums: UnsafeMutablePointer<Float>
  ) {
    vector_math_add_column_sums_f32(rows, columns, x, stride, sums)
  }

  public static func softmaxCrossEntropy(
    rows: Int, columns: Int, logits: UnsafeMutablePointer<Float>, stride: Int,
    targets: UnsafePointer<Int32>, scale: Float, losses: UnsafeMutablePointer<Float>?,
    probabilities: UnsafeMutablePointer<Float>?, correct: inout Int
  ) -> Double {
    vector_math_softmax_cross_entropy_f32(
      rows, columns, logits, stride, targets, scale, losses, probabilities, &correct)
  }

  public static func softmax(
    rows: Int, columns: Int, x: UnsafeMutablePointer<Float>, stride: Int
  ) {
    vector_math_softmax_f32(rows, columns, x, stride)
  }

  public static func addScaled(
    _ count: Int, _ a: Float, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>
  ) {
    vector_math_add_scaled_f32(count, a, x, y)
  }

  public static func fill(_ count: Int, with a: Float, _ x: UnsafeMutablePointer<Float>) {
    vector_math_fill_f32(count, a, x)
  }

  public static func scale(_ count: Int, by a: Float, _ x: UnsafeMutablePointer<Float>) {
    vector_math_scale_f32(count, a, x)
  }

  public static func sumOfSquares(_ count: Int, _ x: UnsafePointer<Float>) -> Double {
    vector_math_sum_of_squares_f32(count, x)
  }

  public static func adam(
    _ count: Int, weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    mean: UnsafeMutablePointer<Float>, square: UnsafeMutablePointer<Float>, scale: Float,
    decay: Float, beta1: Float, beta2: Float, rate: Float, correction: Float, epsilon: Float,
    times: Float
  ) {
    vector_math_adam_f32(
      count, weights, gradient, mean, square, scale, decay, beta1, beta2, rate, correction,
      epsilon, times)
  }

  public static func momentum(
    _ count: Int, weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    mean: UnsafeMutablePointer<Float>, scale: Float, decay: Float, momentum: Float,
    nesterov: Bool, rate: Float, times: Float
  ) {
    vector_math_momentum_f32(
      count, weights, gradient, mean, scale, decay, momentum, nesterov ? 1 : 0, rate, times)
  }

  public static func rootScaled(
    _ count: Int, weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    square: UnsafeMutablePointer<Float>, scale: Float, decay: Float, kept: Float, added: Float,
    rate: Float, epsilon: Float, times: Float
  ) {
    vector_math_root_scaled_f32(
      count, weights, gradient, square, scale, decay, kept, added, rate, epsilon, times)
  }

  public static func clamp(_ count: Int, to bound: Float, _ x: UnsafeMutablePointer<Float>) {
    vector_math_clamp_f32(count, bound, x)
  }
}
