/// Settings that a checkpoint keeps beside the preset once somebody changed them.
extension Trainer {
  /// Those that differ from the preset; nil when none does.
  var turnedSettings: [String: TurnedSetting]? {
    var turned: [String: TurnedSetting] = [:]
    for key in PresetKeys.live {
      let (preset, value) = (key.number(initialSettings), key.number(settings))
      if preset != value { turned[key.path] = TurnedSetting(preset: preset, value: value) }
    }
    return turned.isEmpty ? nil : turned
  }

  /// Takes the settings of a checkpoint, the preset's where it has none.
  func restore(turned: [String: TurnedSetting]) {
    var settings = initialSettings
    for key in PresetKeys.live {
      guard let setting = turned[key.path], setting.preset == key.number(settings) else { continue }
      _ = key.set(setting.value, in: &settings)
    }
    use(settings)
  }
}

extension Checkpoint {
  /// Four settings stood in fields of their own in older snapshots: from here on they stand in the
  /// one list, where they differ from the checkpoint's preset.
  public mutating func gatherSettings() {
    guard let rate = state.learningRate else { return }
    let old: [String: Double?] = [
      "training.optimizer.learning-rate": rate, "training.clip-norm": state.clipNorm,
      "training.clip-value": state.clipValue, "network.dropout": state.dropout ?? 0,
    ]
    (state.learningRate, state.clipNorm, state.clipValue, state.dropout) = (nil, nil, nil, nil)
    guard let preset = try? Preset(yaml: preset, file: "", name: "") else { return }
    var turned = state.turned ?? [:]
    for key in PresetKeys.live {
      guard let value = old[key.path] else { continue }
      let before = key.number(preset)
      if before != value { turned[key.path] = TurnedSetting(preset: before, value: value) }
    }
    state.turned = turned.isEmpty ? nil : turned
  }
}
