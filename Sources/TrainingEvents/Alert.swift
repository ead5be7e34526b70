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
    case .dead: "The share of units that never leave a narrow band of values."
    case .smallUpdates, .largeUpdates:
      "‖update‖ ÷ ‖weights‖ of the last training step, the median over all weight matrices."
    }
  }

  /// When the alert is over, in one sentence; the log keeps it.
  public var ending: String {
    let solved = "once a task is solved, with less than 2 % of the first losses left"
    return switch self {
    case .vanishing: "When more is left over 70 % of the time steps measured, and \(solved)."
    case .exploding:
      "When the norm is back below 4 times its mean and grows less than fivefold over the time steps "
        + "measured, and \(solved)."
    case .notFinite, .gradientNotFinite: "After \(AlertWatch.recovery) finite values in a row."
    case .diverged: "When the loss is back below twice that of the beginning."
    case .plateau: "When the loss falls by half a percent."
    case .overfitting: "When the validation loss is 1 % below its lowest from before the rise."
    case .saturated: "Below 40 %, and \(solved)."
    case .dead: "Below 10 %, and \(solved)."
    case .smallUpdates: "Above 0.00002, and \(solved)."
    case .largeUpdates: "Below 0.015, and \(solved)."
    }
  }

  /// When the alert is raised, in one sentence.
  public var threshold: String {
    switch self {
    case .vanishing:
      "Raised when 1 % is left within half of the time steps measured, \(AlertWatch.streak) times in a "
        + "row, while the loss falls by less than 1 % a training step; for a GRU only while it "
        + "does not fall. Not raised where the curve is not the way that gradients take: with attention, without "
        + "input, with teacher forcing of the output, for the cell state of an LSTM."
    case .exploding:
      "Raised when the norm grows tenfold and more over the time steps measured, \(AlertWatch.streak) "
        + "times in a row, or when nothing clips it and it is 30 times the mean of the last hundred "
        + "training steps."
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
      "Raised above 50 %, \(AlertWatch.streak) times in a row, while the loss is not near 0."
    case .dead:
      "Raised above 20 %, \(AlertWatch.streak) times in a row, while the loss is not near 0."
    case .smallUpdates:
      "Raised below 0.00001 over some hundred steps, while the learning rate is not lowered by its "
        + "schedule."
    case .largeUpdates: "Raised above 0.03 over some hundred steps; about 0.001 is usual."
    }
  }
}
