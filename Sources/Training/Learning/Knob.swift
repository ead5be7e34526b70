import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Settings that a person can change while a network trains.
enum Knob {
  struct Change {
    var name: String
    var text: String
    var marker: String
    /// The new value; nil where the setting is off.
    var value: Double?
    /// What sets it back, exactly.
    var previous: String
  }

  /// Steps of the longest chunk that a stream is cut into.
  static let longestChunk = 100_000.0

  /// The knobs that this run has, with their values now.
  static func all(of learner: Learner) -> [KnobDescription] {
    KnobDescription.all.filter { whyNot($0.key, learner) == nil }.map { knob in
      var knob = knob
      knob.value = value(knob.key, learner)
      return knob
    }
  }

  /// Changes a setting between two steps.
  /// - Throws: `PresetError` when the key cannot change now or the value does not fit.
  static func change(
    key: String, value: String, in learner: Learner
  ) throws(PresetError) -> Change {
    guard let knob = KnobDescription.all.first(where: { $0.key == key }) else {
      throw PresetError(description: refusal(of: key, learner))
    }
    if let reason = whyNot(key, learner) { throw PresetError(description: "\(key): \(reason)") }
    let old = self.value(key, learner)
    let new = try parse(value, for: knob)
    if key == KnobDescription.truncation.key, let new {
      var preset = learner.preset
      preset.training.sequenceLength = Int(new)
      try TrainingMemory(learner.network, preset: preset, task: learner.task).check()
    }
    set(key, to: new, learner)
    return change(knob, from: old, to: new)
  }

  /// What differs between a run's settings before and after it went back to an earlier step.
  static func changes(from old: [KnobDescription], to new: [KnobDescription]) -> [Change] {
    zip(old, new).compactMap {
      $0.value == $1.value ? nil : change($1, from: $0.value, to: $1.value)
    }
  }

  // MARK: Values

  private static func value(_ key: String, _ learner: Learner) -> Double? {
    switch key {
    case KnobDescription.learningRate.key: learner.baseLearningRate
    case KnobDescription.clipNorm.key: learner.clipNorm
    case KnobDescription.clipValue.key: learner.clipValue
    case KnobDescription.dropout.key: learner.dropout
    case KnobDescription.truncation.key: learner.source.sequenceLength.map(Double.init)
    case KnobDescription.teacherForcing.key: learner.teacherForcing
    default: nil
    }
  }

  /// Values have been checked; what must have one has.
  private static func set(_ key: String, to value: Double?, _ learner: Learner) {
    switch (key, value) {
    case (KnobDescription.clipNorm.key, _): learner.clipNorm = value
    case (KnobDescription.clipValue.key, _): learner.clipValue = value
    case (KnobDescription.learningRate.key, let value?): learner.baseLearningRate = value
    case (KnobDescription.dropout.key, let value?): learner.dropout = value
    case (KnobDescription.teacherForcing.key, let value?): learner.teacherForcing = value
    case (KnobDescription.truncation.key, let value?):
      learner.source.change(sequenceLength: Int(value))
    default: break
    }
  }

  private static func parse(
    _ text: String, for knob: KnobDescription
  ) throws(PresetError) -> Double? {
    if ["none", "null", "off", "~"].contains(text), knob.canBeOff { return nil }
    let number = Double(text)
    let (isFit, expected) =
      switch knob.kind {
      case .factor: (number.map { $0 > 0 && $0 < 1e30 } ?? false, "a number above 0")
      case .count:
        (
          number.map { $0 >= 1 && $0 <= longestChunk && $0 == $0.rounded() } ?? false,
          "a whole number from 1 to \(ShortNumber.text(longestChunk))"
        )
      case .share where knob == .dropout:
        (number.map { $0 >= 0 && $0 < 1 } ?? false, "a number from 0 to below 1")
      case .share: (number.map { $0 >= 0 && $0 <= 1 } ?? false, "a number from 0 to 1")
      }
    guard isFit else {
      let off = knob.canBeOff ? ", or none" : ""
      throw PresetError(description: "\(knob.key): found \(text), expected \(expected)\(off)")
    }
    return number
  }

  private static func change(
    _ knob: KnobDescription, from old: Double?, to new: Double?
  ) -> Change {
    let before = old.map(ShortNumber.text) ?? "none"
    let after = new.map(ShortNumber.text) ?? "none"
    let name = knob.key.split(separator: ".").last.map(String.init) ?? knob.key
    let marker = ["learning-rate": "lr", "clip-norm": "clip", "clip-value": "clip"][name]
    return Change(
      name: name, text: "\(knob.label) \(before) → \(after)",
      marker: "\(marker ?? knob.label) \(after)", value: new,
      previous: old.map { "\($0)" } ?? "none")
  }

  // MARK: Refusals

  /// Why a run has not got a knob; nil when it has.
  private static func whyNot(_ key: String, _ learner: Learner) -> String? {
    switch key {
    case KnobDescription.dropout.key where learner.preset.network.layers < 2:
      "values are dropped between layers, and this network has one"
    case KnobDescription.truncation.key where learner.source.sequenceLength == nil:
      "this run reads whole sequences: no gradient is cut on its way back"
    case KnobDescription.teacherForcing.key where learner.network.variant != .outputRecurrence:
      "only a recurrence through the output can be forced or run free"
    default: nil
    }
  }

  private static func refusal(of key: String, _ learner: Learner) -> String {
    guard PresetKeys.byPath[key] != nil else { return "\(key): \(Preset.unknown(key))" }
    return "\(key) is fixed when a run begins: start another one with --set \(key)=…; while "
      + "training, these can change: " + all(of: learner).map(\.key).joined(separator: ", ")
  }
}
