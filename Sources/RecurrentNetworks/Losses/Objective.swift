import LinearAlgebra

/// What training lowers: a loss of outputs against targets, and its gradient with respect to the
/// outputs.
public enum Objective: String, Sendable, CaseIterable {
  /// −log softmax(o)[y], for classes and symbols.
  case crossEntropy = "cross-entropy"
  /// −y log σ(o) − (1 − y) log(1 − σ(o)), for yes or no.
  case binaryCrossEntropy = "binary-cross-entropy"
  /// The mean of (o − y)² over a target's components.
  case squaredError = "squared-error"
  /// −log p(y | x) over all alignments of a shorter target with the steps (Graves et al. 2006);
  /// targets stand over the batch's `targetSteps`, and the last output is the blank.
  case connectionistTemporalClassification = "ctc"

  /// Real targets in a batch, which the mean is over.
  public func targetCount<Scalar>(_ batch: SequenceBatch<Scalar>, outputWidth: Int) -> Int {
    switch self {
    case .crossEntropy:
      UnsafeBufferPointer(start: batch.targets.base, count: batch.targets.count)
        .reduce(0) { $1 >= 0 ? $0 + 1 : $0 }
    case .binaryCrossEntropy, .squaredError:
      (0..<batch.targetValues.count / max(1, outputWidth)).count {
        !batch.targetValues[$0 * outputWidth].isNaN
      }
    case .connectionistTemporalClassification:
      ConnectionistTemporalClassification.targetCount(batch, outputs: outputWidth)
    }
  }

  /// Replaces outputs by scale · ∂(Σ loss)/∂outputs and returns the sum of losses. `each` receives
  /// every row's own loss and, for classes, the probability of the right one; for CTC, every
  /// sequence's in packed order.
  ///
  /// With `smoothing` ε above 0 the gradient of cross-entropy is that of smoothed labels (see
  /// `CrossEntropy`); the losses stay plain. Other losses have no labels to smooth.
  public func evaluate<Scalar>(
    _ outputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, scale: Scalar,
    smoothing: Scalar = 0, each: RowLosses<Scalar>? = nil
  ) -> LossTotal {
    switch self {
    case .crossEntropy:
      CrossEntropy.evaluate(outputs, batch, scale: scale, smoothing: smoothing, each: each)
    case .binaryCrossEntropy:
      BinaryCrossEntropy.evaluate(outputs, batch, scale: scale, each: each)
    case .squaredError:
      SquaredError.evaluate(outputs, batch, scale: scale, each: each)
    case .connectionistTemporalClassification:
      ConnectionistTemporalClassification.evaluate(outputs, batch, scale: scale, each: each)
    }
  }
}

/// Where losses of single rows go.
public struct RowLosses<Scalar: NetworkScalar> {
  /// One for each row of outputs, in nats or squared error; NaN where a row has no target.
  public var losses: UnsafeMutablePointer<Scalar>
  /// Probability of the right class, for cross-entropy.
  public var probabilities: UnsafeMutablePointer<Scalar>

  public init(
    losses: UnsafeMutablePointer<Scalar>, probabilities: UnsafeMutablePointer<Scalar>
  ) {
    self.losses = losses
    self.probabilities = probabilities
  }
}

/// A loss summed over real targets, and what it was summed over.
public struct LossTotal: Sendable, Equatable, Codable {
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

  /// Field by field.
  public static func + (a: LossTotal, b: LossTotal) -> LossTotal {
    LossTotal(
      sum: a.sum + b.sum, targets: a.targets + b.targets, correct: a.correct + b.correct,
      unreachable: a.unreachable + b.unreachable)
  }
}
