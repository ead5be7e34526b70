import ArgumentParser
import Runs
import Sessions

struct FollowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow",
    abstract: "Watch a run that another process is writing.",
    discussion: """
      PATH is a run of unfold, or what another program writes: a file of JSON lines or of \
      Python's dictionaries (any numbers, `step` among them), a table (metrics.csv), \
      trainer_state.json, a TensorBoard event file, a W&B .wandb file, or a directory of these; \
      or - for lines on standard input.
      """)

  @Argument(help: "What to follow.")
  var path: String

  @Option(
    help: ArgumentHelp(
      "Record the screen for asciinema, as asciicast v2.", valueName: "file.cast"))
  var record: String?

  func run() async throws {
    let follower = try RunFollower(path)
    // The follower has its own copy of the pipe by now.
    if path == "-" { Terminals.takeKeysFromTerminal() }
    if let reason = Terminals.reasonForHeadless {
      throw RunFailure(
        description: "\(reason): following needs a terminal", status: ExitStatus.badInput)
    }
    let stage = try await Stage.open(recording: record)
    ExitStatus.leave(
      await InteractiveSession.watch(.init(FollowedSource(follower), of: path), on: stage))
  }
}
