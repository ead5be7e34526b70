import ArgumentParser
import Runs
import Sessions

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare runs side by side: curves in the dashboard, a table without a terminal.",
    discussion: """
      A folder of runs stands for all that are in it. With --export, one SVG with the losses of all runs \
      over each other and one CSV with everything that they logged (a row for each training step of a run) are \
      written instead: `--export DIR` makes DIR/comparison.svg and DIR/comparison.csv, and \
      `--export sweep.svg` makes sweep.svg and sweep.csv.
      """)

  @Argument(
    help: "Recorded runs, or logs as `follow` takes them; the first is shown with all its panels.")
  var runs: [String]

  @Flag(help: "Print a table instead of the dashboard.")
  var headless = false

  @Option(
    help: ArgumentHelp(
      "Write one SVG and one CSV of all runs, and print where.", valueName: "dir|file"))
  var export: String?

  func run() async throws {
    // A folder that is none of runs is told of by whoever reads it.
    let runs = runs.flatMap { path in
      RunFolder.isFolder(path) ? RunFolder.runs(in: path).map(\.path) : [path]
    }
    guard runs.count > 1 else { throw ValidationError("name at least two runs to compare") }
    if let export {
      let found = Set(runs).subtracting(self.runs)
      let files = try ComparisonExport.export(runs, to: export, found: found) {
        ExitStatus.say($0)
      }
      for path in files { try SafeOutput.show(path) }
      return
    }
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
