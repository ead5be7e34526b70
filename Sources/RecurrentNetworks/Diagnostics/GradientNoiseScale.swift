import LinearAlgebra

/// The simple noise scale B = tr(Σ) / |G|² (McCandlish et al. 2018): the batch size at which the
/// gradient's noise is as large as the gradient itself. Far smaller batches waste steps, far larger
/// ones waste examples.
///
/// Estimated from the gradients of a batch's parts, without bias in tr(Σ) and in |G|²: of one batch
/// alone it is rough.
public struct GradientNoiseScale: Sendable, Equatable {
  /// tr(Σ), the variance of one example's gradient, summed over parameters.
  public var variance: Double
  /// |G|² of the whole distribution; not above 0 where the noise hides it.
  public var squaredNorm: Double

  /// Collects parts one by one, so that none but a weighted sum is kept.
  public struct Parts {
    private var sum: [Double] = []
    private var squares = 0.0
    private var weights = 0.0
    private var count = 0

    public init() {}

    /// Adds one part.
    /// - Parameters:
    ///   - gradient: the mean gradient of the part
    ///   - examples: examples that it is a mean over
    public mutating func add(_ gradient: ParameterVector<Double>, examples: Int) {
      guard examples > 0 else { return }
      let weight = Double(examples)
      if sum.isEmpty { sum = [Double](repeating: 0, count: gradient.count) }
      for parameter in gradient.layout.parameters {
        for place in parameter.offset..<parameter.offset + parameter.count {
          let value = gradient.base[place]
          sum[place] += weight * value
          squares += weight * value * value
        }
      }
      weights += weight
      count += 1
    }

    /// Nil before there are two parts, and where a gradient is not finite.
    public var noise: GradientNoiseScale? {
      guard count > 1 else { return nil }
      let ofMean = sum.reduce(0) { $0 + $1 * $1 } / (weights * weights)
      // Σ n |G_i − G|² = Σ n |G_i|² − N |G|², each with variance tr(Σ)/n.
      let variance = max(0, squares - weights * ofMean) / Double(count - 1)
      guard variance.isFinite, ofMean.isFinite else { return nil }
      return GradientNoiseScale(variance: variance, squaredNorm: ofMean - variance / weights)
    }
  }

  /// B, in examples; nil where the noise hides the gradient.
  public var batchSize: Double? {
    guard squaredNorm > 0 else { return nil }
    let size = variance / squaredNorm
    return size.isFinite ? size : nil
  }
}
