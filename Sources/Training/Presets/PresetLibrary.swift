import Presets
import SequenceData
import TrainingEvents

/// The presets that come with the program, and those in files.
public enum PresetLibrary {
  /// What `unfold` trains when nothing is named.
  public static let standard = "words"

  /// In the order of the lecture.
  public static var names: [String] { EmbeddedFiles.presets.map(\.name) }

  /// A preset's file as it was written, with its comments.
  public static func text(of name: String) -> String? {
    EmbeddedFiles.presets.first { $0.name == name }?.text
  }

  /// Finds a preset by name, or reads the file at a path.
  ///
  /// - Throws: `PresetError` naming the nearest known preset, or what is wrong in the file.
  public static func preset(_ nameOrPath: String) throws(PresetError) -> Preset {
    if let text = text(of: nameOrPath) {
      return try Preset(yaml: text, file: nameOrPath + ".yaml", name: nameOrPath)
    }
    let isPath =
      nameOrPath.contains("/") || nameOrPath.hasSuffix(".yaml") || nameOrPath.hasSuffix(".yml")
    if let choice = choice(for: nameOrPath) { return try choice.preset(nameOrPath) }
    guard isPath || FileBytes.exists(nameOrPath) else {
      let near = EditDistance.nearest(to: nameOrPath, among: names)
      throw PresetError(
        description: "no preset is named \(PresetValue.quote(nameOrPath))"
          + (near.map { "; did you mean \($0)?" } ?? "; `unfold presets` lists them"))
    }
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(nameOrPath, limit: Preset.longestFile)
    } catch {
      throw PresetError(description: error.description)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PresetError(description: "\(nameOrPath): not UTF-8 text")
    }
    return try Preset(yaml: text, file: nameOrPath, name: stem(of: nameOrPath))
  }

  /// `words` for `/home/me/words.yaml`.
  static func stem(of path: String) -> String {
    let file = path.split(separator: "/").last ?? "preset"
    let stem = file.prefix { $0 != "." }
    return stem.isEmpty ? "preset" : String(stem)
  }
}
