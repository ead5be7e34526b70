import ArgumentParser
import Runs
import Sessions

struct RunsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List recorded runs, or stop one that trains in the background.",
    subcommands: [RunsListCommand.self, RunsStopCommand.self],
    defaultSubcommand: RunsListCommand.self)
}

struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
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

struct RunsStopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stop a run that another process trains: it ends as with the key q, with a snapshot.")

  @Argument(help: "The run: its directory, or its name below `runs`.")
  var recorded: String

  func run() async throws {
    let connection: RunConnection
    do {
      connection = try RunConnection(recorded)
    } catch {
      guard !recorded.contains("/"), let below = try? RunConnection("runs/" + recorded) else {
        throw error
      }
      connection = below
    }
    connection.send(.stop)
    // The run has ended when nobody serves it any more.
    for await _ in connection.messages {}
    try SafeOutput.show("\(connection.path): stopped")
  }
}
