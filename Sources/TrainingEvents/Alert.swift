/// The things that go wrong in training often enough to have a name.
public enum Alert: String, Sendable, CaseIterable {
  /// Gradients shrink to nothing within half of the time steps measured.
  case vanishing
  /// Gradients grow over the time steps measured, or all at once.
  case exploding
  /// A loss is NaN or infinite.
  case notFinite = "not-finite"
  /// The gradient's norm is NaN or infinite.
  case gradientNotFinite = "not-finite-gradient"
  /// The loss is far above that of the beginning.
  case diverged
  /// The training loss does not fall any more.
  case plateau
  /// The validation loss rises while the training loss falls.
  case overfitting
  /// States stand at the ends of their range.
  case saturated
  /// Units hardly ever change.
  case dead
  /// Updates are tiny beside the weights.
  case smallUpdates = "small-updates"
  /// Updates are large beside the weights.
  case largeUpdates = "large-updates"
  /// Small differences between states grow along what is read.
  case chaos

  /// Whether training cannot go on from there.
  public var endsTraining: Bool {
    [.notFinite, .gradientNotFinite, .diverged].contains(self)
  }

  /// A word or two, for a line of status.
  public var title: String {
    switch self {
    case .vanishing: "gradients vanish"
    case .exploding: "gradients explode"
    case .notFinite: "loss is not finite"
    case .gradientNotFinite: "gradient is not finite"
    case .diverged: "diverged"
    case .plateau: "plateau"
    case .overfitting: "overfitting"
    case .saturated: "units saturated"
    case .dead: "units dead"
    case .smallUpdates: "updates tiny"
    case .largeUpdates: "updates large"
    case .chaos: "states are chaotic"
    }
  }

  /// What is measured, in one sentence.
  public var measure: String {
    switch self {
    case .vanishing, .exploding:
      "‖∂L(τ)/∂s(t)‖ of the last loss term of a few held-out sequences, against the lag τ − t"
        + (self == .exploding ? ", and the gradient's norm at every training step." : ".")
    case .notFinite: "The loss of every training step."
    case .gradientNotFinite: "The norm of the whole gradient at every training step."
    case .diverged: "The loss of every training step, against the loss before anything was learned."
    case .plateau:
      "The moving average of the training loss over about the last hundred training steps."
    case .overfitting:
      "The median of three validation losses in a row, their scatter, and the moving average of the "
        + "training loss."
    case .saturated: "The share of state values with |s| > 0.97."
    case .dead: "The share of units whose values stay within a band of 0.01."
    case .smallUpdates, .largeUpdates:
      "‖update‖ ÷ ‖weights‖ of the last training step, the median over all weight matrices."
    case .chaos:
      "λ₁, the largest Lyapunov exponent along a sequence that the network reads, while the view "
        + "Dynamics is open."
    }
  }

  /// When the alert is over, in one sentence; the log keeps it.
  public var ending: String {
    let solved = "when the task is solved: less than 2 % of the first losses is left"
    return switch self {
    case .vanishing:
      "When 1 % is left over more than 70 % of the time steps measured, or \(solved)."
    case .exploding:
      "When the norm is back below 4 times its mean and grows less than fivefold over the time steps "
        + "measured, or \(solved)."
    case .notFinite, .gradientNotFinite: "After \(AlertWatch.recovery) finite values in a row."
    case .diverged: "When the loss is back below twice that of the beginning."
    case .plateau: "When the loss falls by half a percent."
    case .overfitting: "When the validation loss is 1 % below its lowest from before the rise."
    case .saturated: "When less than 40 % are, or \(solved)."
    case .dead: "When less than 10 % are, or \(solved)."
    case .smallUpdates: "When it is above 0.00002, or \(solved)."
    case .largeUpdates: "When it is below 0.015, or \(solved)."
    case .chaos: "When λ₁ is below 0, or \(solved)."
    }
  }

  /// When the alert is raised, in one sentence.
  public var threshold: String {
    switch self {
    case .vanishing:
      "Raised when 1 % is left within half of the time steps measured, in \(AlertWatch.streak) "
        + "measurements in a row, while the loss falls by less than 1 % a training step; for a GRU "
        + "only on a plateau of the loss. Not raised where the curve is not the only way of "
        + "gradients: with attention, with teacher forcing of the output, for the cell state of an "
        + "LSTM; nor without input."
    case .exploding:
      "Raised when the norm grows tenfold and more over the time steps measured, in "
        + "\(AlertWatch.streak) measurements in a row, or when nothing clips it and it is 30 times "
        + "the mean of the last hundred training steps."
    case .notFinite, .gradientNotFinite: "Raised at the first value that is NaN or infinite."
    case .diverged:
      "Raised when the loss is \(LossBlowUp.factor) times what it was at the beginning for "
        + "\(LossBlowUp.patience) steps in a row, or a million times once."
    case .plateau:
      "Raised when the loss has not fallen by half a percent in at least "
        + "\(LossTrend.leastSteps) training steps that are more than half of the run so far."
    case .overfitting:
      "Raised when the median stays above its lowest by 1 % and by six times the scatter, or rises "
        + "four times in a row and by 6 %, while the training loss goes on falling."
    case .saturated:
      "Raised when more than 50 % are, in \(AlertWatch.streak) measurements in a row, while the "
        + "loss is not near 0."
    case .dead:
      "Raised when more than 20 % are, in \(AlertWatch.streak) measurements in a row, while the "
        + "loss is not near 0."
    case .smallUpdates:
      "Raised when it stays below 0.00001 for \(AlertWatch.updateSpan) training steps, while the "
        + "schedule has not lowered the learning rate."
    case .largeUpdates:
      "Raised when it stays above 0.03 for \(AlertWatch.updateSpan) training steps; about 0.001 is "
        + "usual."
    case .chaos:
      "Raised when λ₁ is above \(AlertText.number(AlertWatch.chaotic)) nats a time step in "
        + "\(AlertWatch.streak) measurements in a row, while the loss is not near 0."
    }
  }
}
