/// What of a network and its training decides which advice fits.
struct AlertContext: Sendable {
  /// Nil for a run that nobody described.
  var architecture: Architecture?
  var task: TaskKind?
  var clipNorm: Double?
  var dropout: Double?
  /// Share of steps at which a fed-back output is the true one.
  var teacherForcing: Double?
  /// The learning rate before its schedule.
  var baseLearningRate: Double?
  /// The step of the best validation.
  var bestStep: Int?

  init() {}

  init(_ run: RunDescription) {
    architecture = run.architecture.flatMap { $0.cell.isEmpty ? nil : $0 }
    task = run.task
    clipNorm = run.clipNorm
    baseLearningRate = run.learningRate
    teacherForcing = run.architecture?.teacherForcing
    dropout = run.hyperparameters.first { $0.key == Hyperparameter.dropout.key }?.value
  }

  /// Whether weights move at all: a network set by hand rests at its loss and is none the worse.
  var learns: Bool { task != .handBuilt }

  /// Whether a gradient's way back through time is the one that its curve shows.
  var curveIsTheWay: Bool { otherWay == nil }

  /// Why a curve that falls is no fault, in a few words; nil where it is the only way.
  var otherWay: String? {
    guard let architecture else { return nil }
    // There is nothing to remember: each step has a loss of its own.
    if architecture.shape == .autonomous { return "no input to remember" }
    // A short way from any output to any input.
    if architecture.attention { return "attention is a shorter path" }
    // Given the true outputs, each step is trained by itself: nothing has to flow back.
    if architecture.shape == .outputRecurrence {
      return teacherForcing == 0 ? nil : "targets are fed back"
    }
    // The cell state c(t) carries what the state s(t), whose gradient is measured, forgets.
    return architecture.carriesCell ? "of s(t), not of the cell state c(t)" : nil
  }

  /// Whether gates can learn to keep what an untrained network forgets.
  var isGated: Bool { architecture?.isGated == true }

  /// Notes a setting that changed while training.
  mutating func note(_ record: CommandRecord) {
    if record.name.hasSuffix("clip-norm") { clipNorm = record.value.flatMap { $0 > 0 ? $0 : nil } }
    if record.name.hasSuffix("dropout") { dropout = record.value }
    if record.name.hasSuffix("teacher-forcing") { teacherForcing = record.value }
    if record.name.hasSuffix("learning-rate"), let value = record.value { baseLearningRate = value }
  }
}

extension Alert {
  /// One sentence on what people do about it, fitting the network.
  func advice(for context: AlertContext) -> String {
    switch self {
    case .vanishing: Self.vanishingAdvice(context)
    case .exploding:
      context.clipNorm.map {
        "The norm is clipped at \(AlertText.number($0)) already: a lower learning rate, or smaller "
          + "initial weights, treat the cause."
      } ?? "Clip the gradient's norm, or lower the learning rate."
    case .notFinite:
      "Go back to a snapshot from before, then halve the learning rate or clip the gradient."
    case .gradientNotFinite:
      "Lower the learning rate or clip the gradient; with mixed precision, a loss scaler skips such "
        + "steps by itself."
    case .diverged:
      "Go back to a snapshot from before, then lower the learning rate tenfold or clip the gradient."
    case .plateau:
      "Halve the learning rate; if that changes nothing, the network may be too small."
    case .overfitting:
      Self.overfittingAdvice(context)
    case .saturated:
      context.isGated
        ? "Lower the learning rate or start from smaller weights: states near ±1 hardly change any "
          + "more."
        : "Lower the learning rate or start from smaller weights: where 1 − s² is near 0, no "
          + "gradient passes."
    case .dead:
      "Fewer units would do as well; a smaller learning rate or other starting weights may wake "
        + "them."
    case .smallUpdates: "Raise the learning rate: at this pace the weights hardly move."
    case .largeUpdates:
      "Lower the learning rate: usual updates are about a thousandth of the weights."
    case .chaos:
      "Start from a smaller W, clip the gradient or lower the learning rate: where differences grow, "
        + "gradients do so on their way back."
    }
  }

  /// The advice where nothing is known of the network.
  public var advice: String { advice(for: AlertContext()) }

  private static func overfittingAdvice(_ context: AlertContext) -> String {
    let dropout = (context.dropout ?? 0) > 0 ? "more dropout" : "dropout"
    // Our own runs keep these weights; nobody knows whether another program does.
    guard context.architecture != nil, let step = context.bestStep else {
      return
        "Keep the weights of the best validation, and train again with \(dropout), fewer units "
        + "or more data."
    }
    return "Go back to step \(step), whose weights are kept as the best; train again with "
      + "\(dropout), fewer units or more data."
  }

  private static func vanishingAdvice(_ context: AlertContext) -> String {
    guard let architecture = context.architecture else {
      return "Gated cells whose forget gates start open, W near the identity, or attention carry "
        + "gradients further."
    }
    if architecture.shape == .outputRecurrence {
      return "Recurrence from the state instead of the output, or teacher forcing, trains longer "
        + "dependencies."
    }
    switch architecture.cell {
    case "lstm", "slstm":
      return "A larger forget bias keeps more of the cell state; so do shorter sequences at first."
    case "minlstm":
      return "A larger forget bias keeps more of the state; so do shorter sequences at first."
    case "lru":
      return
        "Its |λ| begin between 0.9 and 0.999: more units have more of the large ones, and shorter "
        + "sequences ask less."
    case "gru", "mingru":
      return "Shorter sequences at first, or attention, shorten the way that a gradient has to go."
    default:
      return "An LSTM or GRU keeps gradients alive; so does starting W near the identity."
    }
  }
}
