import ArgumentParser
import Glibc
import Runs
import Sessions

struct AttachCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach",
    abstract: "The dashboard, with every key, over a run that trains in another process.",
    discussion: """
      RUN is a run's directory, or a socket that another machine's is forwarded to: \
      `ssh -L /tmp/run.sock:/home/me/runs/words-1/socket host`, then `unfold attach /tmp/run.sock`. \
      Without RUN, the only run below `runs` that is training; where several are, a list of the runs, \
      as for the folder of runs that RUN may be, too. Without a terminal, the run's events are printed \
      as JSON lines.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run that is training, a socket that leads to one, or a folder of runs.", valueName: "run"))
  var recorded: String?

  @Option(
    help: ArgumentHelp(
      "Record the screen for asciinema, as asciicast v2.", valueName: "file.cast"))
  var record: String?

  func run() async throws {
    let path = try recorded ?? Self.onlyOne()
    if Terminals.reasonForHeadless == nil, RunFolder.isFolder(path) {
      let stage = try await Stage.open(recording: record)
      ExitStatus.leave(await WorkspaceSession([path], on: stage, startsAtLive: true).run())
    }
    let connection = try await RunConnection.waiting(for: path)
    guard Terminals.reasonForHeadless == nil else { return try await Self.print(connection) }
    try await Self.show(connection, of: path, recording: record)
  }

  /// The dashboard over a run, until a person leaves it.
  static func show(
    _ connection: RunConnection, of path: String, recording: String?
  ) async throws {
    let stage = try await Stage.open(recording: recording)
    ExitStatus.leave(await InteractiveSession.watch(.init(connection, of: path), on: stage))
  }

  private static func print(_ connection: RunConnection) async throws {
    for await messages in connection.messages {
      for message in messages {
        let bytes = MessageJSON.encode(message)
        guard ExitStatus.write(bytes, to: STDOUT_FILENO) else {
          throw RunFailure(
            description: "standard output: nobody reads it any more",
            status: ExitStatus.signal(SIGPIPE))
        }
      }
    }
  }

  /// The only run that is alive; where several are, the folder that they are in.
  private static func onlyOne() throws -> String {
    let alive = RunServer.alive(in: "runs")
    if alive.count == 1 { return alive[0] }
    if alive.count > 1, Terminals.reasonForHeadless == nil { return "runs" }
    throw RunFailure(
      description: alive.isEmpty
        ? "no run below runs is alive; name one"
        : "several runs are alive: \(alive.joined(separator: ", ")); name one",
      status: ExitStatus.badInput)
  }
}
