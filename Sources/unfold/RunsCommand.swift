import ArgumentParser
import Runs
import Sessions

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List recorded runs: date, preset, data, state, best validation, size.")

  @Argument(help: "The directory that holds them.")
  var directory = "runs"

  @Flag(help: "Print a JSON array instead of a table.")
  var json = false

  func run() throws {
    let (runs, problems) = try RunSummary.list(in: directory, withLogs: true)
    for problem in problems { ExitStatus.say(problem) }
    try SafeOutput.show(json ? RunSummary.json(runs) : RunSummary.table(runs))
  }
}
