import Dashboard
import SequenceData
import Training

extension PresetLibrary {
  /// Every preset as the chooser shows it. Data is looked for, not read.
  static var choices: [PresetChoice] {
    names.compactMap { name in
      guard let preset = try? preset(name) else { return nil }
      let source = preset.task.data
      return PresetChoice(
        name: name, title: preset.title, lecture: preset.lecture, summary: summary(of: name),
        network: preset.networkName, architecture: preset.architecture,
        hasData: DataCatalogue.isAvailable(source, dataDirectories: DataDirectories.all),
        fetchCommand: DataCatalogue.command(toFetch: source))
    }
  }

  /// The comment that a preset's file begins with.
  private static func summary(of name: String) -> String {
    (text(of: name) ?? "").split(separator: "\n").prefix { $0.hasPrefix("#") }
      .map { $0.drop { $0 == "#" || $0 == " " } }
      .joined(separator: " ")
  }
}
