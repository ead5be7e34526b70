import ArgumentParser
import Runs

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List recorded runs: state, best loss, size.")

  @Argument(help: "The directory that holds them.")
  var directory = "runs"

  func run() throws {
    let (runs, problems) = try RunSummary.list(in: directory, withLogs: true)
    for problem in problems { ExitStatus.say(problem) }
    try SafeOutput.show(RunSummary.table(runs))
  }
}
