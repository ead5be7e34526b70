import LinearAlgebra

/// Shortens gradients that are too long (Pascanu, Mikolov and Bengio 2013).
public enum GradientClipping {
  /// The factor that brings a gradient of the given norm down to `limit`, as PyTorch computes it;
  /// 1 when it is short enough or there is no limit.
  public static func factor(norm: Double, limit: Double?) -> Double {
    guard let limit, norm > limit else { return 1 }
    return min(1, limit / (norm + 1e-6))
  }

  /// Cuts every component to ±limit.
  public static func clampValues<Scalar>(
    of gradient: ParameterVector<Scalar>, to limit: Double
  ) {
    Scalar.clamp(gradient.count, to: Scalar(limit), gradient.base)
  }
}
