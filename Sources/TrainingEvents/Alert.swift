/// The things that go wrong in training often enough to have a name.
public enum Alert: String, Sendable, CaseIterable {
  case vanishing
  case exploding
  case notFinite = "not-finite"
  case gradientNotFinite = "not-finite-gradient"
  case plateau
  case overfitting
  case saturated
  case dead
  case smallUpdates = "small-updates"
  case largeUpdates = "large-updates"

  /// A word or two, for a line of status.
  public var title: String {
    switch self {
    case .vanishing: "gradients vanish"
    case .exploding: "gradients explode"
    case .notFinite: "loss is not finite"
    case .gradientNotFinite: "gradient is not finite"
    case .plateau: "plateau"
    case .overfitting: "overfitting"
    case .saturated: "units saturated"
    case .dead: "units dead"
    case .smallUpdates: "updates tiny"
    case .largeUpdates: "updates large"
    }
  }

  /// One sentence on what people do about it.
  public var advice: String {
    switch self {
    case .vanishing:
      "An LSTM or GRU keeps gradients alive; so does starting W near the identity."
    case .exploding:
      "Clip the gradient's norm, or lower the learning rate."
    case .notFinite:
      "Go back to the last snapshot, then halve the learning rate or clip the gradient."
    case .gradientNotFinite:
      "Lower the learning rate or clip the gradient; with mixed precision, a loss scaler skips such "
        + "steps by itself."
    case .plateau:
      "Halve the learning rate; if that changes nothing, the network may be too small."
    case .overfitting:
      "Keep the best snapshot, and train again with dropout, fewer units or more data."
    case .saturated:
      "Lower the learning rate or start from smaller weights: where 1 − s² is near 0, no gradient "
        + "passes."
    case .dead:
      "Fewer units would do as well; a smaller learning rate or other starting weights may wake "
        + "them."
    case .smallUpdates:
      "Raise the learning rate: at this pace the weights hardly move."
    case .largeUpdates:
      "Lower the learning rate: healthy updates are about a thousandth of the weights."
    }
  }
}
