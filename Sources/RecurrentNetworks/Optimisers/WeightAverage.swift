import LinearAlgebra

/// The mean of a network's weights over its updates, the newest weighted most: an exponential moving
/// average (Polyak and Juditsky 1992 average all alike), which a rate that does not fall any more
/// makes less noisy than the weights themselves.
///
/// With decay d and weights w(n) after update n it is Adam's debiased mean,
///
///     m(n) = d m(n−1) + (1 − d) w(n),   w̄(n) = m(n) / (1 − dⁿ),
///
/// kept as w̄ itself: w̄(n) = w̄(n−1) + r (w(n) − w̄(n−1)) with r = (1 − d) / (1 − dⁿ). The first
/// weights, which were drawn at random, have no part in it.
public final class WeightAverage<Scalar: NetworkScalar> {
  /// d, from 0 to below 1: some 1/(1 − d) updates make up most of the average.
  public let decay: Double
  /// w̄, or the weights that it began with before the first update.
  public let weights: ParameterVector<Scalar>
  /// n, updates that it is the average of.
  public var updates = 0

  /// An average of nothing yet.
  /// - Parameters:
  ///   - decay: from 0 to below 1
  ///   - layout: of the weights
  public init(decay: Double, layout: ParameterLayout) {
    self.decay = decay
    weights = ParameterVector(layout)
  }

  /// Forgets what it is the average of, and stands at the given weights until the first update.
  public func begin(with parameters: ParameterVector<Scalar>) {
    weights.copy(parameters)
    updates = 0
  }

  /// Takes the weights after an update in, in a slice of the flat vector. Slices may be done side by
  /// side; `updates` must have been raised before.
  public func add(_ parameters: ParameterVector<Scalar>, in range: Range<Int>) {
    let share = (1 - decay) / (1 - decay.raised(to: updates))
    let mean = weights.base + range.lowerBound
    Scalar.scale(range.count, by: Scalar(1 - share), mean)
    Scalar.addScaled(range.count, Scalar(share), parameters.base + range.lowerBound, to: mean)
  }
}

extension Double {
  /// self^exponent by repeated squaring.
  func raised(to exponent: Int) -> Double {
    var (result, factor, left) = (1.0, self, exponent)
    while left > 0 {
      if left & 1 == 1 { result *= factor }
      factor *= factor
      left >>= 1
    }
    return result
  }
}
