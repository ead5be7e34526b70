/// The mean of squared differences, kept as a sum so that batches add up.
public struct SquaredErrors: Sendable, Equatable {
  public private(set) var sum = 0.0
  public private(set) var count = 0

  public init() {}

  public mutating func add(_ prediction: Float, truth: Float) {
    let difference = Double(prediction) - Double(truth)
    sum += difference * difference
    count += 1
  }

  public var mean: Double { count > 0 ? sum / Double(count) : 0 }

  /// The mean over pairs; surplus elements of the longer one are left out.
  public static func mean(
    _ predictions: some Sequence<Float>, truths: some Sequence<Float>
  ) -> Double {
    var errors = SquaredErrors()
    for (prediction, truth) in zip(predictions, truths) { errors.add(prediction, truth: truth) }
    return errors.mean
  }
}
