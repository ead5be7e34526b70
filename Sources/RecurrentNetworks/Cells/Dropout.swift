import LinearAlgebra

/// Draws which values to drop while training (Srivastava et al. 2014). Masks depend only on the
/// seed, so that the same step of the same part drops the same values on any number of threads.
public struct DropoutSource: Sendable {
  /// Probability that a value is dropped.
  public var probability: Double
  /// What masks are drawn from, beside the number of their layer.
  public var seed: UInt64

  public init(probability: Double, seed: UInt64) {
    self.probability = probability
    self.seed = seed
  }

  /// mask ← 0 or 1/(1 − p), for the layer with the given number.
  func draw<Scalar>(_ mask: Matrix<Scalar>, layer: Int) {
    var random = SeededRandom(seed: seed &+ UInt64(truncatingIfNeeded: layer) &* 0x9E37_79B9)
    let kept = Scalar(1 / (1 - probability))
    for r in 0..<mask.rows {
      let row = mask.row(r)
      for c in 0..<mask.columns { row[c] = random.uniform() < probability ? 0 : kept }
    }
  }
}

extension Matrix {
  /// self ← a ⊙ b, element by element.
  func hadamard(_ a: Matrix, _ b: Matrix) {
    for r in 0..<rows {
      let (target, x, y) = (row(r), a.row(r), b.row(r))
      for c in 0..<columns { target[c] = x[c] * y[c] }
    }
  }
}
