/// Everything a preset's `training.optimizer` block can say.
public struct OptimizerConfiguration: Sendable, Equatable {
  /// The rule; each is PyTorch's of the same name.
  public enum Name: String, Sendable, CaseIterable {
    /// w ← w − η g.
    case sgd
    /// m ← μ m + g, w ← w − η m (Polyak 1964).
    case momentum
    /// m ← μ m + g, w ← w − η (g + μ m) (Sutskever et al. 2013).
    case nesterov
    /// v ← α v + (1 − α) g², w ← w − η g / (√v + ε) (Tieleman and Hinton 2012).
    case rmsprop
    /// v ← v + g², w ← w − η g / (√v + ε) (Duchi et al. 2011).
    case adagrad
    /// Means of g and g², freed from their bias towards zero (Kingma and Ba 2015).
    case adam
    /// Adam whose weight decay stands apart from the gradient (Loshchilov and Hutter 2019).
    case adamw

    /// Numbers kept beside each weight.
    public var momentCount: Int {
      switch self {
      case .sgd: 0
      case .momentum, .nesterov, .rmsprop, .adagrad: 1
      case .adam, .adamw: 2
      }
    }
  }

  /// The rule.
  public var name: Name = .adam
  /// η before the schedule.
  public var learningRate = 0.001
  /// μ of momentum and Nesterov.
  public var momentum = 0.9
  /// β₁ of Adam.
  public var beta1 = 0.9
  /// β₂ of Adam.
  public var beta2 = 0.999
  /// α of RMSProp.
  public var decay = 0.99
  /// ε; nil takes PyTorch's default for the optimiser (1e-8, AdaGrad 1e-10).
  public var epsilon: Double?
  /// λ: λ w is added to the gradient; with AdamW η λ w is taken from the weight instead.
  public var weightDecay = 0.0

  public init() {}
}

/// How the learning rate changes over training.
public struct ScheduleConfiguration: Sendable, Equatable {
  /// The rule.
  public enum Name: String, Sendable, CaseIterable {
    /// The base rate at every step.
    case constant
    /// Multiplied by `factor` every `every` steps.
    case step
    /// Half a cosine from the rate to `minimum` over the run's steps.
    case cosine
    /// Multiplied by `factor` when more than `patience` validations in a row have not improved.
    case plateau
  }

  /// The rule.
  public var name: Name = .constant
  /// Steps over which the rate rises linearly from nothing.
  public var warmUp = 0
  /// What the rate is multiplied by at a time, for `step` and `plateau`.
  public var factor = 0.5
  /// Steps between two changes, for `step`.
  public var every = 1000
  /// Validations in a row without improvement that `plateau` puts up with.
  public var patience = 3
  /// The rate at the end of the run, for `cosine`.
  public var minimum = 0.0

  public init() {}
}
