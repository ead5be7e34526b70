import CVectorMath

/// From logits to probabilities, and to the loss and its gradient.
public protocol SoftmaxKernels: BinaryFloatingPoint {
  static func softmax(rows: Int, columns: Int, x: UnsafeMutablePointer<Self>, stride: Int)
  /// log Σ exp of each row, in nats: as exact as the scalars are.
  static func logSumExp(
    rows: Int, columns: Int, x: UnsafePointer<Self>, stride: Int, y: UnsafeMutablePointer<Double>)
  /// Replaces each row of logits by (ŷ − onehot(target)) · scale and returns Σ −log ŷ[target] in
  /// nats. Rows with a negative target cost nothing and get a zero gradient.
  static func softmaxCrossEntropy(
    rows: Int, columns: Int, logits: UnsafeMutablePointer<Self>, stride: Int,
    targets: UnsafePointer<Int32>, scale: Self, losses: UnsafeMutablePointer<Self>?,
    probabilities: UnsafeMutablePointer<Self>?, correct: inout Int
  ) -> Double
}

extension Float: SoftmaxKernels {
  public static func softmax(
    rows: Int, columns: Int, x: UnsafeMutablePointer<Float>, stride: Int
  ) {
    vector_math_softmax_f32(rows, columns, x, stride)
  }

  public static func logSumExp(
    rows: Int, columns: Int, x: UnsafePointer<Float>, stride: Int, y: UnsafeMutablePointer<Double>
  ) {
    vector_math_log_sum_exp_f32(rows, columns, x, stride, y)
  }

  public static func softmaxCrossEntropy(
    rows: Int, columns: Int, logits: UnsafeMutablePointer<Float>, stride: Int,
    targets: UnsafePointer<Int32>, scale: Float, losses: UnsafeMutablePointer<Float>?,
    probabilities: UnsafeMutablePointer<Float>?, correct: inout Int
  ) -> Double {
    vector_math_softmax_cross_entropy_f32(
      rows, columns, logits, stride, targets, scale, losses, probabilities, &correct)
  }
}
