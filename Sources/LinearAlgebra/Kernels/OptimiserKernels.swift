import CVectorMath

/// Updates of weights. Each reads the gradient as scale·g + decay·w and moves the weights `times` times.
public protocol OptimiserKernels: BinaryFloatingPoint {
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
}

extension Float: OptimiserKernels {
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
}
