import ArgumentParser
import Runs
import Sessions

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Watch a recorded run again in the dashboard.",
    discussion: """
      Opens on the whole run, as it ended. Space plays it from its beginning and pauses, ( rewinds, [ \
      and ] change the speed, . and backspace go by one training step, R goes back to the beginning, F to \
      the end. Where the cursor of a chart stands on an earlier step, states, gradients, samples and the \
      task are those recorded at that step or before it. With --from or --speed it plays at once.
      """)

  @Argument(help: "The directory of a recorded run.")
  var recorded: String

  @Option(help: "Seconds of the run shown in one second; by default the whole run takes 40 s.")
  var speed: Double?

  @Option(help: "The training step to begin at.")
  var from: Int?

  @Option(
    help: ArgumentHelp(
      "Record the screen for asciinema, as asciicast v2.", valueName: "file.cast"))
  var record: String?

  func validate() throws {
    if let speed, !(speed > 0 && speed.isFinite) {
      throw ValidationError("--speed must be above 0, not \(speed)")
    }
  }

  func run() async throws {
    if let reason = Terminals.reasonForHeadless {
      throw RunFailure(
        description: "\(reason): a replay needs a terminal; `unfold export` writes files",
        status: ExitStatus.badInput)
    }
    let replay = try Replay(recorded)
    let stage = try await Stage.open(recording: record)
    let source = RecordedSource(replay, speed: speed, from: from)
    ExitStatus.leave(await InteractiveSession.watch(.init(source, of: recorded), on: stage))
  }
}
