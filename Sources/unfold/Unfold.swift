import ArgumentParser
import Glibc
import NcursesTerminal
import SequenceData
import Sessions
import Training

/// The program: one command a file, each thin.
@main struct Unfold: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfold",
    abstract: "Watch a recurrent network learn, in the terminal.",
    discussion: """
      Without any argument, unfold lets you choose what to train; after five seconds without a key \
      it starts the preset `words`. In the dashboard, ? shows help and q quits.
      """,
    version: "unfold 0.9.0",
    subcommands: [
      TrainCommand.self, PresetsCommand.self, EvaluateCommand.self, PredictCommand.self,
      SampleCommand.self, AnalyseCommand.self, CheckGradientsCommand.self,
      RunCommand.self, AttachCommand.self, ReplayCommand.self, FollowCommand.self, RunsCommand.self,
      CompareCommand.self, SweepCommand.self, ExportCommand.self, LectureCommand.self,
      BenchmarkCommand.self,
      PythonCommand.self, InstallCommand.self,
    ],
    defaultSubcommand: TrainCommand.self)

  static func main() async {
    StandardDescriptors.occupyClosed()
    FailureReport.install()
    // A full disk and a reader that went away are reported, not died of.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      ExitStatus.leave(with: error)
    }
  }
}
