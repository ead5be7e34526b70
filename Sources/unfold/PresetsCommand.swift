import ArgumentParser
import SequenceData
import Sessions
import Training

struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets", abstract: "List the presets, or print one with its comments.")

  @Argument(help: "A preset to print.")
  var name: String?

  @Flag(help: "Print JSON: an array of presets, or the one that is named, with its text.")
  var json = false

  func run() throws {
    if let name {
      guard let text = PresetLibrary.text(of: name) else {
        _ = try PresetLibrary.preset(name)
        throw RunFailure(
          description: "\(name) is a file, not a preset of the library", status: ExitStatus.badInput
        )
      }
      guard !json else { return try SafeOutput.show(PresetListing(name: name).json(with: text)) }
      try SafeOutput.show(text.hasSuffix("\n") ? String(text.dropLast()) : text)
      return
    }
    let rows = try PresetLibrary.names.map { try PresetListing(name: $0) }
    try SafeOutput.show(json ? PresetListing.json(rows) : PresetListing.table(rows))
  }
}
