import ArgumentParser
import Glibc
import Runs
import Sessions

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Start any training job under the dashboard, and steer it.",
    discussion: """
      The job's output stands in a console; its numbers become curves: JSON lines on its output or \
      in --log, a TensorBoard folder in --logdir, or what `unfold.py` tells (`unfold python`), which \
      also lets it be paused, stepped and set. A job that knows nothing of unfold is paused by \
      stopping its processes. Its exit status is this program's.
      """)

  @Option(help: ArgumentHelp("Directory to record the run in.", valueName: "dir"))
  var out: String?

  @Option(
    help: ArgumentHelp(
      "A log that the job writes, of any kind that `unfold follow` reads.", valueName: "file"))
  var log: String?

  @Option(help: ArgumentHelp("A TensorBoard folder that the job writes.", valueName: "dir"))
  var logdir: String?

  @Flag(
    help:
      "Print one JSON object a line instead of the dashboard; the job's output goes to standard error."
  )
  var headless = false

  @Argument(
    parsing: .postTerminator, help: "The command that starts the job, behind `--`.")
  var command: [String] = []

  func validate() throws {
    guard !command.isEmpty else {
      throw ValidationError("run needs a command behind --, as in `unfold run -- python train.py`")
    }
    if log != nil, logdir != nil {
      throw ValidationError("--log and --logdir both say where the job logs: use either")
    }
  }

  func run() async throws {
    let options = JobOptions(command: command, out: out, log: log ?? logdir)
    let status = try await Self.runHeadless(options)
    if status != 0 { Glibc.exit(status) }
  }

  /// The session ends with this call, and with it its directory's lock.
  private static func runHeadless(_ options: JobOptions) async throws -> Int32 {
    try await JobHeadlessSession(options).run()
  }
}
