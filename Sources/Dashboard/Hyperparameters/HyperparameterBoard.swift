import TerminalGraphics
import TrainingEvents

/// The hyperparameters that can change while training, with the values they have now.
struct HyperparameterBoard: Sendable, Equatable {
  /// Values by key, as far as the run told them; nil where a setting is off.
  private var values: [String: Double?] = [:]
  private(set) var hyperparameters: [Hyperparameter] = []

  mutating func start(_ run: RunDescription) {
    hyperparameters = run.hyperparameters
    values = [:]
    for hyperparameter in run.hyperparameters {
      values[hyperparameter.key] = .some(hyperparameter.value)
    }
    values[Hyperparameter.learningRate.key] = .some(run.learningRate)
    values[Hyperparameter.clipNorm.key] = .some(run.clipNorm)
  }

  /// Takes in what can be set, as far as a run's description did not tell it.
  mutating func add(_ hyperparameters: [Hyperparameter]) {
    guard self.hyperparameters != hyperparameters, !hyperparameters.isEmpty else { return }
    self.hyperparameters = hyperparameters
    for hyperparameter in hyperparameters where hyperparameter.value != nil {
      values[hyperparameter.key] = .some(hyperparameter.value)
    }
  }

  /// Takes in a change that the engine carried out. It may name the key by its last part alone.
  mutating func note(_ record: CommandRecord) {
    if record.name.hasSuffix("]") { values[record.name] = .some(record.value) }
    guard let hyperparameter = hyperparameter(named: record.name) else { return }
    if record.value != nil || hyperparameter.canBeOff {
      values[hyperparameter.key] = .some(record.value)
    }
  }

  /// Takes in the learning rate of the newest step, which a schedule may have moved.
  mutating func note(learningRate: Double) {
    values[Hyperparameter.learningRate.key] = .some(learningRate)
  }

  /// The value now; the inner nil says that it is off, the outer one that it is not known.
  func value(of hyperparameter: Hyperparameter) -> Double?? { values[hyperparameter.key] }

  /// What weights were edited to, by their address such as `W[0,1]`; nil where nobody did.
  func edited(_ address: String) -> Double? { values[address] ?? nil }

  /// A hyperparameter by its key, its last part, or its label.
  func hyperparameter(named name: String) -> Hyperparameter? {
    hyperparameters.first { $0.key == name }
      ?? hyperparameters.first { $0.key.hasSuffix("." + name) || $0.label == name }
  }
}

extension Hyperparameter {
  /// The value after one press, as it is written in a preset; nil when a press cannot change it.
  func value(after value: Double?, up: Bool) -> String? {
    switch kind {
    case .factor:
      guard let value else { return up && canBeOff ? "1" : nil }
      // Twice nothing is nothing.
      guard value > 0 else { return nil }
      return plain(value * (up ? 2 : 0.5))
    case .share:
      let next = ((value ?? 0) * 10).rounded() / 10 + (up ? 0.1 : -0.1)
      return plain(min(max(next, 0), key == Self.dropout.key ? 0.9 : 1))
    case .count:
      guard let value else { return nil }
      return plain(max(1, (value * (up ? 2 : 0.5)).rounded()))
    }
  }

  /// Six digits that count, without an exponent where that reads well.
  private func plain(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    guard abs(value) >= 1e-4, abs(value) < 1e9 else { return "\(value)" }
    let text = NumberText.brief(value, 6).replacing("−", with: "-")
    return text.contains("e") ? "\(value)" : text
  }
}

extension DashboardState {
  var hyperparameters: [Hyperparameter] { hyperparameterBoard.hyperparameters }

  /// Whether the run told what a hyperparameter stands at.
  func isKnown(_ hyperparameter: Hyperparameter) -> Bool {
    hyperparameterBoard.value(of: hyperparameter) != nil
  }

  /// The value of a hyperparameter in words.
  func text(of hyperparameter: Hyperparameter) -> String {
    switch hyperparameterBoard.value(of: hyperparameter) {
    case .none: "as in the preset"
    case .some(.none): "off"
    case .some(.some(let value)): NumberText.brief(value, 4)
    }
  }

  /// Sends a new value for a setting named by its key or the last part of it.
  mutating func set(key: String, value: String) throws(CommandMistake) -> [DashboardAction] {
    if ["temperature", "sampling.temperature"].contains(key) {
      let number = try Command.number(value, "the temperature is a number from 0 to 10")
      setTemperature(number)
      return []
    }
    if key.hasSuffix("]") { return train(.set(key: key, value: value)) }
    let known = hyperparameterBoard.hyperparameter(named: key)
    guard let full = known?.key ?? (key.contains(".") ? key : nil) else {
      let names = hyperparameters.compactMap { $0.key.split(separator: ".").last.map(String.init) }
      throw CommandMistake(unknown: "hyperparameter", key, among: names)
    }
    return train(.set(key: full, value: value))
  }

  /// Turns a hyperparameter by one press.
  mutating func turn(_ hyperparameter: Hyperparameter, up: Bool) -> [DashboardAction] {
    if hyperparameter.key == Hyperparameter.learningRate.key {
      return train(.scaleLearningRate(by: up ? 2 : 0.5))
    }
    let value = hyperparameterBoard.value(of: hyperparameter) ?? nil
    guard let next = hyperparameter.value(after: value, up: up) else {
      show(
        "\(hyperparameter.label) is \(text(of: hyperparameter)): set \(hyperparameter.key)=… gives it a value",
        .warning)
      return []
    }
    return train(.set(key: hyperparameter.key, value: next))
  }

  mutating func setTemperature(_ value: Double) {
    probe.temperature = min(max(0, value), 10)
    show("samples are drawn at temperature \(NumberText.brief(probe.temperature, 2))")
  }

  mutating func setSequence(_ number: Int) {
    probe.sequence = max(0, number)
    heatmap.column = nil
    show("showing sequence \(probe.sequence + 1) of the batch")
  }
}
