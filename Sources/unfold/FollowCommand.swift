import ArgumentParser
import Runs
import Sessions

struct FollowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow",
    abstract: "Watch a run that another process is writing, or a folder of runs.",
    discussion: """
      PATH is a run of unfold, or what another program writes: a file of JSON lines or of \
      Python's dictionaries (any numbers, `step` among them), a table (metrics.csv), \
      trainer_state.json, a TensorBoard event file, a W&B .wandb file, or a directory of these; \
      or - for lines on standard input.

      A folder of several runs, or several PATHs, open a list of the runs: how each is doing, its best \
      and last loss, and the curves of those that are chosen with space over each other; enter opens \
      one in the dashboard.
      """)

  @Argument(help: ArgumentHelp("What to follow.", valueName: "path"))
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      "Record the screen for asciinema, as asciicast v2.", valueName: "file.cast"))
  var record: String?

  func validate() throws {
    if paths.isEmpty {
      throw ValidationError("name what to follow: a run, a log or a folder of runs")
    }
    if paths.count > 1, paths.contains("-") {
      throw ValidationError("- reads standard input, which cannot be one of several runs")
    }
  }

  func run() async throws {
    if paths.count > 1 || RunFolder.isFolder(paths[0]) { return try await followAll() }
    let path = paths[0]
    let follower = try RunFollower(path)
    // The follower has its own copy of the pipe by now.
    if path == "-" { Terminals.takeKeysFromTerminal() }
    try Self.needTerminal()
    let stage = try await Stage.open(recording: record)
    ExitStatus.leave(
      await InteractiveSession.watch(.init(FollowedSource(follower), of: path), on: stage))
  }

  private func followAll() async throws {
    // A path that leads nowhere is a mistake, not a run that is gone.
    for path in paths where !RunFolder.isFolder(path) { _ = try RunFollower(path) }
    try Self.needTerminal()
    let stage = try await Stage.open(recording: record)
    ExitStatus.leave(await WorkspaceSession(paths, on: stage).run())
  }

  private static func needTerminal() throws {
    guard let reason = Terminals.reasonForHeadless else { return }
    throw RunFailure(
      description: "\(reason): following needs a terminal", status: ExitStatus.badInput)
  }
}
