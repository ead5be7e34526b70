import CVectorMath

/// What is done to every number of a vector alike.
public protocol VectorKernels: BinaryFloatingPoint {
  /// y ← y + a x.
  static func addScaled(
    _ count: Int, _ a: Self, _ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>)
  /// x ← a.
  static func fill(_ count: Int, with a: Self, _ x: UnsafeMutablePointer<Self>)
  /// x ← a x.
  static func scale(_ count: Int, by a: Self, _ x: UnsafeMutablePointer<Self>)
  /// x ← min(max(x, −bound), bound); NaN stays NaN.
  static func clamp(_ count: Int, to bound: Self, _ x: UnsafeMutablePointer<Self>)
  /// Σ x², in double precision and a fixed order.
  static func sumOfSquares(_ count: Int, _ x: UnsafePointer<Self>) -> Double
  /// y ← x in double precision.
  static func widen(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Double>)
  /// y ← tanh x.
  static func tanh(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// d ← (1 − s²) ⊙ ds.
  static func tanhBackward(
    _ count: Int, s: UnsafePointer<Self>, ds: UnsafePointer<Self>, d: UnsafeMutablePointer<Self>)
  /// sums ← tanh(keys + query), `count` rows of `size` (Bahdanau et al. 2015).
  static func attentionForward(
    _ count: Int, size: Int, keys: UnsafePointer<Self>, query: UnsafePointer<Self>,
    sums: UnsafeMutablePointer<Self>)
  /// Adds energy d (1 − sums²) to dKeys, `count` rows of `size`, and the sum of these rows to dQuery.
  static func attentionBackward(
    _ count: Int, size: Int, d: UnsafePointer<Self>, energy: UnsafePointer<Self>,
    sums: UnsafePointer<Self>, dKeys: UnsafeMutablePointer<Self>,
    dQuery: UnsafeMutablePointer<Self>)
  /// y ← 1/(1 + e^−x).
  static func sigmoid(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// y ← max(0, x).
  static func relu(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// d ← ds where s > 0, else 0.
  static func reluBackward(
    _ count: Int, s: UnsafePointer<Self>, ds: UnsafePointer<Self>, d: UnsafeMutablePointer<Self>)
}

extension Float: VectorKernels {
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

  public static func clamp(_ count: Int, to bound: Float, _ x: UnsafeMutablePointer<Float>) {
    vector_math_clamp_f32(count, bound, x)
  }

  public static func sumOfSquares(_ count: Int, _ x: UnsafePointer<Float>) -> Double {
    vector_math_sum_of_squares_f32(count, x)
  }

  public static func widen(
    _ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count { y[i] = Double(x[i]) }
  }

  public static func tanh(
    _ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    vector_math_tanh_f32(count, x, y)
  }

  public static func tanhBackward(
    _ count: Int, s: UnsafePointer<Float>, ds: UnsafePointer<Float>, d: UnsafeMutablePointer<Float>
  ) {
    vector_math_tanh_backward_f32(count, s, ds, d)
  }

  public static func attentionForward(
    _ count: Int, size: Int, keys: UnsafePointer<Float>, query: UnsafePointer<Float>,
    sums: UnsafeMutablePointer<Float>
  ) {
    vector_math_attention_forward_f32(count, size, keys, query, sums)
  }

  public static func attentionBackward(
    _ count: Int, size: Int, d: UnsafePointer<Float>, energy: UnsafePointer<Float>,
    sums: UnsafePointer<Float>, dKeys: UnsafeMutablePointer<Float>,
    dQuery: UnsafeMutablePointer<Float>
  ) {
    vector_math_attention_backward_f32(count, size, d, energy, sums, dKeys, dQuery)
  }

  public static func sigmoid(
    _ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    vector_math_sigmoid_f32(count, x, y)
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
}
