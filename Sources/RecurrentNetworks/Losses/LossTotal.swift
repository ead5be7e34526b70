/// A loss summed over real targets, and what it was summed over.
public struct LossTotal: Sendable, Equatable {
  /// Nats, or squared error.
  public var sum = 0.0
  /// Real targets.
  public var targets = 0
  /// Targets that were the likeliest output.
  public var correct = 0
  /// Sequences whose target no path can spell in the steps there are (CTC). Their loss is infinite;
  /// they take no part in the sum, nor in `targets`.
  public var unreachable = 0

  public init(sum: Double = 0, targets: Int = 0, correct: Int = 0, unreachable: Int = 0) {
    self.sum = sum
    self.targets = targets
    self.correct = correct
    self.unreachable = unreachable
  }

  /// Mean over real targets; what frameworks report, where the lecture writes the sum.
  public var mean: Double { targets > 0 ? sum / Double(targets) : 0 }

  public static func + (a: LossTotal, b: LossTotal) -> LossTotal {
    LossTotal(
      sum: a.sum + b.sum, targets: a.targets + b.targets, correct: a.correct + b.correct,
      unreachable: a.unreachable + b.unreachable)
  }
}
