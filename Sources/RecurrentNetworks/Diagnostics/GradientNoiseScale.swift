import LinearAlgebra

/// How much of a batch's gradient is chance, from the gradients of its two halves (McCandlish et
/// al. 2018, appendix A).
///
/// With |G_b|² = |G|² + tr Σ / b for batches of b sequences, two sizes give both unknowns: the
/// squared norm of the true gradient, and the variance of one sequence's.
public struct GradientNoiseScale: Sendable, Equatable {
  /// tr Σ / |G|², the batch size at which signal and noise are equal; infinite when the halves have
  /// nothing in common.
  public let batchSize: Double
  /// The cosine between both halves' gradients: 1 all signal, 0 all noise.
  public let agreement: Double

  /// `half` and `other` are the mean gradients of two halves of `sequences`/2 sequences each.
  public init<Scalar>(
    half: ParameterVector<Scalar>, other: ParameterVector<Scalar>, sequences: Int
  ) {
    var (a, b, both) = (0.0, 0.0, 0.0)
    for parameter in half.layout.parameters {
      let (x, y) = (half.base + parameter.offset, other.base + parameter.offset)
      a += Scalar.sumOfSquares(parameter.count, x)
      b += Scalar.sumOfSquares(parameter.count, y)
      for i in 0..<parameter.count { both += Double(x[i]) * Double(y[i]) }
    }
    agreement = a > 0 && b > 0 ? both / (a * b).squareRoot() : 0
    let size = Double(sequences) / 2
    let small = (a + b) / 2
    let large = (a + b + 2 * both) / 4
    let signal = 2 * large - small
    let variance = (small - large) * 2 * size
    batchSize = signal > 0 ? max(0, variance) / signal : .infinity
  }
}
