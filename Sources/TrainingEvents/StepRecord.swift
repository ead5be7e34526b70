/// The scalars of one training step, kept for every step of a run.
///
/// Another program logs what it likes: only the step and its loss are always there. Nil was not
/// logged; a number that was logged and is not finite is NaN or infinite, which is something else.
public struct StepRecord: Sendable, Equatable {
  /// The step's number, counted from 1 over the whole run.
  public var step: Int
  /// Passes over the training data finished before this step, with the fraction of the current one.
  public var epoch: Double?
  /// Mean loss over the real targets of the batch, before the update (nats for cross-entropy).
  public var loss: Double
  /// Euclidean norm of the whole gradient, before clipping.
  public var gradientNorm: Double?
  /// Whether the gradient was shortened by clipping.
  public var clipped: Bool?
  /// The learning rate used by this step's update.
  public var learningRate: Double?
  /// Real targets (tokens, labels or frames) in the batch; padding never counts.
  public var tokens: Int?
  /// Seconds of training since the run began; pauses do not count.
  public var elapsed: Double?
  /// Seconds that this step took.
  public var duration: Double?

  public init(
    step: Int, epoch: Double? = nil, loss: Double, gradientNorm: Double? = nil,
    clipped: Bool? = nil, learningRate: Double? = nil, tokens: Int? = nil, elapsed: Double? = nil,
    duration: Double? = nil
  ) {
    self.step = step
    self.epoch = epoch
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.clipped = clipped
    self.learningRate = learningRate
    self.tokens = tokens
    self.elapsed = elapsed
    self.duration = duration
  }

  /// Real targets per second in this step alone.
  public var tokensPerSecond: Double? {
    guard let tokens, let duration, duration > 0 else { return nil }
    return Double(tokens) / duration
  }
}
