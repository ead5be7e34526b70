import ArgumentParser
import Runs
import Sessions

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Watch a recorded run again in the dashboard.",
    discussion: "Space pauses, + and − change the speed, . goes on by one step.")

  @Argument(help: "The directory of a recorded run.")
  var recorded: String

  @Option(help: "How many seconds of the run pass in one.")
  var speed = 10.0

  @Option(help: "The step to begin at.")
  var from: Int?

  @Option(
    help: ArgumentHelp(
      "Record the screen for asciinema, as asciicast v2.", valueName: "file.cast"))
  var record: String?

  func validate() throws {
    guard speed > 0, speed.isFinite else {
      throw ValidationError("--speed must be above 0, not \(speed)")
    }
  }

  func run() async throws {
    if let reason = Terminals.reasonForHeadless {
      throw RunFailure(
        description: "\(reason): a replay needs a terminal; `unfold export` writes files",
        status: ExitStatus.badInput)
    }
    var replay = try Replay(recorded)
    replay.setSpeed(speed)
    let opening = try from.map { step throws(RunError) in try replay.jump(toStep: step) }
    let stage = try await Stage.open(recording: record)
    try await ViewerSession(.recorded(replay, opening: opening), on: stage).run()
  }
}
