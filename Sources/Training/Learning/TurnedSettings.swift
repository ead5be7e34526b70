import TrainingEvents

/// Settings that a checkpoint keeps beside the preset once somebody turned them.
extension Learner {
  /// Those that differ from the preset; nil when none does.
  var turnedSettings: [String: TurnedSetting]? {
    var turned: [String: TurnedSetting] = [:]
    if let length = source.sequenceLength, length != presetSequenceLength {
      turned[KnobDescription.truncation.key] = TurnedSetting(
        preset: Double(presetSequenceLength), value: Double(length))
    }
    if teacherForcing != preset.network.teacherForcing {
      turned[KnobDescription.teacherForcing.key] = TurnedSetting(
        preset: preset.network.teacherForcing, value: teacherForcing)
    }
    return turned.isEmpty ? nil : turned
  }

  /// Takes the settings of a checkpoint, the preset's where it has none. Values that no run could
  /// have written are held within their range.
  func restore(turned: [String: TurnedSetting]) {
    func value(_ key: String, preset: Double) -> Double {
      guard let setting = turned[key], setting.preset == preset, setting.value.isFinite else {
        return preset
      }
      return setting.value
    }
    let length = value(KnobDescription.truncation.key, preset: Double(presetSequenceLength))
    source.change(sequenceLength: Int(min(max(1, length), Knob.longestChunk)))
    teacherForcing = min(
      max(0, value(KnobDescription.teacherForcing.key, preset: preset.network.teacherForcing)), 1)
  }

  private var presetSequenceLength: Int {
    preset.training.sequenceLength ?? BatchSource.defaultLength
  }
}
