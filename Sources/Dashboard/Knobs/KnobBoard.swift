import TerminalGraphics
import TrainingEvents

/// The settings that can be turned while training, with the values they have now.
struct KnobBoard: Sendable, Equatable {
  /// Values by key, as far as the run told them; nil where a setting is off.
  private var values: [String: Double?] = [:]
  private(set) var knobs: [KnobDescription] = []

  mutating func start(_ run: RunDescription) {
    knobs = run.knobs
    values = [:]
    for knob in run.knobs { values[knob.key] = .some(knob.value) }
    values[KnobDescription.learningRate.key] = .some(run.learningRate)
    values[KnobDescription.clipNorm.key] = .some(run.clipNorm)
  }

  /// Takes in what can be set, as far as a run's description did not tell it.
  mutating func add(_ knobs: [KnobDescription]) {
    guard self.knobs != knobs, !knobs.isEmpty else { return }
    self.knobs = knobs
    for knob in knobs where knob.value != nil { values[knob.key] = .some(knob.value) }
  }

  /// Takes in a change that the engine carried out. It may name the key by its last part alone.
  mutating func note(_ record: CommandRecord) {
    if record.name.hasSuffix("]") { values[record.name] = .some(record.value) }
    guard let knob = knob(named: record.name) else { return }
    if record.value != nil || knob.canBeOff { values[knob.key] = .some(record.value) }
  }

  /// Takes in the learning rate of the newest step, which a schedule may have moved.
  mutating func note(learningRate: Double) {
    values[KnobDescription.learningRate.key] = .some(learningRate)
  }

  /// The value now; the inner nil says that it is off, the outer one that it is not known.
  func value(of knob: KnobDescription) -> Double?? { values[knob.key] }

  /// What weights were edited to, by their address such as `W[0,1]`; nil where nobody did.
  func edited(_ address: String) -> Double? { values[address] ?? nil }

  /// A knob by its key, its last part, or its label.
  func knob(named name: String) -> KnobDescription? {
    knobs.first { $0.key == name }
      ?? knobs.first { $0.key.hasSuffix("." + name) || $0.label == name }
  }
}

extension KnobDescription {
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
  var knobs: [KnobDescription] { knobBoard.knobs }

  /// Whether the run told what a knob stands at.
  func isKnown(_ knob: KnobDescription) -> Bool { knobBoard.value(of: knob) != nil }

  /// The value of a knob in words.
  func text(of knob: KnobDescription) -> String {
    switch knobBoard.value(of: knob) {
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
    let known = knobBoard.knob(named: key)
    guard let full = known?.key ?? (key.contains(".") ? key : nil) else {
      let names = knobs.compactMap { $0.key.split(separator: ".").last.map(String.init) }
      throw CommandMistake(unknown: "hyperparameter", key, among: names)
    }
    return train(.set(key: full, value: value))
  }

  /// Turns a knob by one press.
  mutating func turn(_ knob: KnobDescription, up: Bool) -> [DashboardAction] {
    if knob.key == KnobDescription.learningRate.key {
      return train(.scaleLearningRate(by: up ? 2 : 0.5))
    }
    let value = knobBoard.value(of: knob) ?? nil
    guard let next = knob.value(after: value, up: up) else {
      show("\(knob.label) is \(text(of: knob)): set \(knob.key)=… gives it a value", .warning)
      return []
    }
    return train(.set(key: knob.key, value: next))
  }

  mutating func setTemperature(_ value: Double) {
    probe.temperature = min(max(0, value), 10)
    show("samples are drawn at temperature \(NumberText.brief(probe.temperature, 2))")
  }

  mutating func setSequence(_ number: Int) {
    probe.sequence = max(0, number)
    heatmap.column = nil
    show("looking at sequence \(probe.sequence + 1) of the batch")
  }
}
