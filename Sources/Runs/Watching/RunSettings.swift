import FileFormats
import Training
import TrainingEvents

/// What a run was set up with, as far as its folder tells.
enum RunSettings {
  /// Bytes of the longest file that is looked into.
  private static let limit = 1 << 18
  /// More settings than this were not made by a person.
  private static let most = 400
  private static let longestValue = 60

  /// Files in which programs keep a run's settings, beside its log or in W&B's folder for files.
  private static let names = [
    "hparams.yaml", "hparams.json", "config.yaml", "config.json", "params.json", "args.json",
    "args.yaml", "hyperparameters.json", "hyperparameters.yaml", "files/config.yaml",
    ".hydra/config.yaml",
  ]

  static func read(of path: String) -> [HyperparameterValue] {
    let directory = FileTree.isDirectory(path) ? path : FileTree.parent(of: path)
    if RunFolder.isOwn(directory) {
      guard let folder = try? OpenDirectory(directory),
        let text = try? folder.text(
          of: RunDirectory.presetName, limit: SnapshotReader.presetLimit),
        let preset = try? Preset(yaml: text, file: RunDirectory.presetName, name: "")
      else { return [] }
      return preset.settings.map { HyperparameterValue($0.key, $0.value) }
    }
    // A file of settings belongs to a log only where the folder is the log's alone.
    guard FileTree.isDirectory(path) else { return [] }
    for name in names {
      guard let bytes = try? FileTree.contents(of: directory + "/" + name, limit: limit),
        let text = String(validating: bytes, as: UTF8.self)
      else { continue }
      let values = name.hasSuffix(".json") ? json(bytes) : YAMLValues.flat(text)
      if !values.isEmpty { return values.prefix(most).map(tidied) }
    }
    return []
  }

  /// What a run says of itself, where nothing else does.
  static func read(of run: RunDescription) -> [HyperparameterValue] {
    var values = [("network", run.network), ("optimizer", run.optimizer)]
      .filter { !$0.1.isEmpty }.map { HyperparameterValue($0.0, $0.1) }
    for hyperparameter in run.hyperparameters {
      if let value = hyperparameter.value {
        values.append(HyperparameterValue(hyperparameter.key, RunCharts.short(value)))
      }
    }
    return values
  }

  private static func json(_ bytes: [UInt8]) -> [(key: String, value: String)] {
    guard
      let document = try? JSONValue(
        decoding: bytes[...], options: .init(maximumDepth: 16, acceptsNotFinite: true))
    else { return [] }
    var result: [(key: String, value: String)] = []
    flatten(document, "", &result)
    return result
  }

  private static func flatten(
    _ value: JSONValue, _ key: String, _ result: inout [(key: String, value: String)]
  ) {
    guard result.count < most else { return }
    if let object = value.object {
      for member in object.members {
        flatten(member.value, key.isEmpty ? member.key : key + "." + member.key, &result)
      }
    } else if !key.isEmpty {
      result.append((key, value.string ?? String(decoding: value.encoded(), as: UTF8.self)))
    }
  }

  /// W&B keeps each value below its key in `value`, beside a description.
  private static func tidied(_ entry: (key: String, value: String)) -> HyperparameterValue {
    let key = entry.key.hasSuffix(".value") ? String(entry.key.dropLast(6)) : entry.key
    return HyperparameterValue(
      SafeText.printable(key, limit: longestValue),
      SafeText.printable(entry.value, limit: longestValue))
  }
}
