import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Settings that a person can change while a network trains.
enum LiveHyperparameters {
  struct Change {
    var name: String
    var text: String
    var marker: String
    /// The new value; nil where the setting is off.
    var value: Double?
    /// What sets it back, exactly; nil where no one value does.
    var previous: String?
  }

  /// The settings that this run has, with their values now.
  static func all(of trainer: Trainer) -> [Hyperparameter] {
    PresetKeys.live.compactMap { key in
      guard let live = key.live, live.whyNot(trainer) == nil else { return nil }
      var hyperparameter = live.hyperparameter
      hyperparameter.value = key.number(trainer.settings)
      return hyperparameter
    }
  }

  /// Changes a setting between two steps.
  /// - Throws: `PresetError` when the key cannot change now or the value does not fit.
  static func change(
    key path: String, value: String, in trainer: Trainer
  ) throws(PresetError) -> Change {
    if let address = WeightAddress(path) { return try trainer.edit(address, to: value) }
    guard let key = PresetKeys.byPath[path], let live = key.live else {
      throw PresetError(description: refusal(of: path, trainer))
    }
    if let reason = live.whyNot(trainer) { throw PresetError(description: "\(path): \(reason)") }
    let old = key.number(trainer.settings)
    var settings = trainer.settings
    let isOff = ["none", "null", "off", "~"].contains(value)
    guard isOff ? live.hyperparameter.canBeOff : true,
      key.write(&settings, isOff ? .absent : .scalar(value))
    else {
      let expected = key.expected.replacing(
        " or none", with: live.hyperparameter.canBeOff ? ", or none" : "")
      throw PresetError(description: "\(path): found \(value), expected \(expected)")
    }
    let memory = TrainingMemory(trainer.network, preset: settings, task: trainer.task)
    try memory.check()
    _ = try memory.states(of: trainer.network)
    trainer.use(settings)
    return change(live.hyperparameter, from: old, to: key.number(settings))
  }

  /// What differs between a run's settings before and after it went back to an earlier step.
  static func changes(from old: [Hyperparameter], to new: [Hyperparameter]) -> [Change] {
    zip(old, new).compactMap {
      $0.value == $1.value ? nil : change($1, from: $0.value, to: $1.value)
    }
  }

  private static func change(
    _ hyperparameter: Hyperparameter, from old: Double?, to new: Double?
  ) -> Change {
    let before = old.map(ShortNumber.text) ?? "none"
    let after = new.map(ShortNumber.text) ?? "none"
    let name = hyperparameter.key.split(separator: ".").last.map(String.init) ?? hyperparameter.key
    let marker = ["learning-rate": "lr", "clip-norm": "clip", "clip-value": "clip"][name]
    return Change(
      name: name, text: "\(hyperparameter.label) \(before) → \(after)",
      marker: "\(marker ?? hyperparameter.label) \(after)", value: new,
      previous: old.map { "\($0)" } ?? "none")
  }

  // MARK: Refusals

  private static func refusal(of key: String, _ trainer: Trainer) -> String {
    guard PresetKeys.byPath[key] != nil else { return "\(key): \(Preset.unknown(key))" }
    return "\(key) is fixed when a run begins: start another one with --set \(key)=…; while "
      + "training, these can change: " + all(of: trainer).map(\.key).joined(separator: ", ")
  }
}
