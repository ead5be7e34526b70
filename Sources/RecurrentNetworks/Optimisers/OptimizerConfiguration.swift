/// Everything a preset's `training.optimizer` block can say.
public struct OptimizerConfiguration: Sendable, Equatable {
  public enum Name: String, Sendable, CaseIterable {
    case sgd
    case momentum
    case nesterov
    case rmsprop
    case adagrad
    case adam
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

  public var name: Name = .adam
  public var learningRate = 0.001
  /// μ of momentum and Nesterov.
  public var momentum = 0.9
  /// β₁ of Adam.
  public var beta1 = 0.9
  /// β₂ of Adam; the decay α of RMSProp is 0.99 unless `decay` says otherwise.
  public var beta2 = 0.999
  public var decay = 0.99
  /// ε; nil takes PyTorch's default for the optimiser (1e-8, AdaGrad 1e-10).
  public var epsilon: Double?
  public var weightDecay = 0.0

  public init() {}
}

/// How the learning rate changes over training.
public struct ScheduleConfiguration: Sendable, Equatable {
  public enum Name: String, Sendable, CaseIterable {
    case constant
    /// Multiplied by `factor` every `every` steps.
    case step
    /// Half a cosine from the rate to `minimum` over the run's steps.
    case cosine
    /// Multiplied by `factor` when validation has not improved `patience` times in a row.
    case plateau
  }

  public var name: Name = .constant
  /// Steps over which the rate rises linearly from nothing.
  public var warmUp = 0
  public var factor = 0.5
  public var every = 1000
  public var patience = 3
  public var minimum = 0.0

  public init() {}
}
