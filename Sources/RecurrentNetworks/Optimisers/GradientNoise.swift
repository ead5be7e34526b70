import Glibc
import LinearAlgebra

/// Normal noise added to gradients, less and less of it, which can help a deep network out of a
/// poor start (Neelakantan et al. 2015): σ(t) = σ₀ / (1 + t)^0.275, so that the variance falls with
/// (1 + t)^0.55.
public enum GradientNoise {
  /// σ(t) after `updates` updates.
  public static func deviation(_ first: Double, updates: Int) -> Double {
    first / pow(1 + Double(max(0, updates)), 0.275)
  }

  /// Adds noise to every component; none, and no draw, where the deviation is not above zero. The
  /// same seed adds the same noise. A bias that stands for two tensors receives what their two
  /// noises would come to.
  public static func add<Scalar>(
    to gradient: ParameterVector<Scalar>, deviation: Double, seed: UInt64
  ) {
    guard deviation > 0 else { return }
    var random = SeededRandom(seed: seed)
    for parameter in gradient.layout.parameters {
      let own = deviation / Double(parameter.multiplicity).squareRoot()
      let values = gradient.base + parameter.offset
      for i in 0..<parameter.count { values[i] += Scalar(own * random.normal()) }
    }
  }
}
