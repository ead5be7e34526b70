import ArgumentParser
import Runs
import Sessions

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a recorded run, or another program's log, for other tools.")

  @Argument(help: "The directory of a recorded run, or a log as `follow` takes it.")
  var recorded: String

  @Option(help: "csv, jsonl, tensorboard or svg.")
  var format: String

  @Option(help: ArgumentHelp("Where to write.", valueName: "dir"))
  var out: String

  func run() throws {
    guard let format = ExportFormat(rawValue: format) else {
      throw ValidationError(
        "--format must be one of "
          + ExportFormat.allCases.map(\.rawValue).joined(separator: ", ") + ", not \(format)")
    }
    let files = try RunExporter.export(recorded, format: format, to: out) { note in
      ExitStatus.say(note.hasPrefix(recorded) ? note : "\(recorded): \(note)")
    }
    for path in files { try SafeOutput.show(path) }
  }
}
