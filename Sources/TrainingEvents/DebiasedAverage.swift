/// An exponential moving average without the pull of its starting value.
///
/// A plain average that starts at zero sits too low for its first steps; dividing by the weight
/// seen so far makes a constant series come out constant from its first value on.
public struct DebiasedAverage: Sendable, Equatable {
  /// Share of the old average kept at each step, from 0 (no smoothing) to below 1.
  public let weight: Double
  private var sum = 0.0
  private var seen = 0.0

  public init(weight: Double) {
    self.weight = min(max(0, weight), 0.999_999)
  }

  /// The average so far; NaN before the first finite value.
  public var value: Double { seen > 0 ? sum / seen : .nan }

  /// Takes a value in; one that is not finite is a gap and leaves the average as it was.
  /// - Returns: the new average, or NaN in a gap.
  public mutating func add(_ value: Double) -> Double {
    guard value.isFinite else { return .nan }
    sum = weight * sum + (1 - weight) * value
    seen = weight * seen + (1 - weight)
    return self.value
  }
}
