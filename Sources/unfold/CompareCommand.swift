import ArgumentParser
import Runs
import Sessions

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare runs side by side: curves in the dashboard, a table without a terminal.")

  @Argument(
    help: "Recorded runs, or logs as `follow` takes them; the first is shown with all its panels.")
  var runs: [String]

  @Flag(help: "Print a table instead of the dashboard.")
  var headless = false

  func validate() throws {
    if runs.count < 2 { throw ValidationError("name at least two runs to compare") }
  }

  func run() async throws {
    if headless || Terminals.reasonForHeadless != nil {
      try SafeOutput.show(RunComparison(runs).table)
      return
    }
    let others = try runs.dropFirst().map { path in
      (
        name: path.split(separator: "/").last.map(String.init) ?? path,
        history: try RecordedRun.read(path).history
      )
    }
    let first = try RecordedRun.read(runs[0])
    let source: any RunSource =
      if first.isLog { FollowedSource(try RunFollower(runs[0])) } else {
        RecordedSource(try Replay(first))
      }
    let stage = try await Stage.open(recording: nil)
    ExitStatus.leave(
      await InteractiveSession.watch(.init(source, of: runs[0], with: others), on: stage))
  }
}
