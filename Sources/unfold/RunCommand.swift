import ArgumentParser
import Glibc
import Runs
import Sessions

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Start any training job under the dashboard, and steer it.",
    discussion: """
      The job's output is shown in a console; its numbers become curves: JSON lines on its output or \
      in --log, a TensorBoard folder in --logdir, or what `unfold.py` sends (`unfold python`), which \
      also lets it be paused, stepped and changed. A job without it is paused by stopping its \
      processes (SIGSTOP). The job's exit status is this program's.
      """)

  @Option(
    help: ArgumentHelp("Directory to record the run in; below runs/ when absent.", valueName: "dir")
  )
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

  @Flag(help: "Let the job run in the background, and say how to attach.")
  var detach = false

  @Option(help: .hidden)
  var report: Int32?

  @Option(
    help: ArgumentHelp(
      "Record the screen for asciinema, as asciicast v2.", valueName: "file.cast"))
  var record: String?

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
    if let report {
      let status = try await Self.host(options, Starter(report))
      Glibc.exit(status)
    }
    let reason = headless || detach ? nil : Terminals.reasonForHeadless
    guard !headless, reason == nil else {
      if let reason { ExitStatus.say("\(reason): running the job without the dashboard") }
      let status = try await Self.runHeadless(options)
      if status != 0 { Glibc.exit(status) }
      return
    }
    // The job lives in a process of its own, so that nothing that happens to this one ends it.
    let (run, _) = try BackgroundProgram.startAndWait(hostArguments)
    if detach { return try SafeOutput.show(BackgroundProgram.words(for: run)) }
    try await AttachCommand.show(RunConnection(run), of: run, recording: record)
  }

  private var hostArguments: [String] {
    var arguments = ["run", "--report", "{report}"]
    if let out { arguments += ["--out", out] }
    if let log { arguments += ["--log", log] }
    if let logdir { arguments += ["--logdir", logdir] }
    return arguments + ["--"] + command
  }

  private static func host(_ options: JobOptions, _ starter: Starter) async throws -> Int32 {
    do {
      return try await JobHostSession(options).run(starter)
    } catch {
      starter.tell(failure: "\(error)")
      return ExitStatus.badInput
    }
  }

  /// The session ends with this call, and with it its directory's lock.
  private static func runHeadless(_ options: JobOptions) async throws -> Int32 {
    try await JobHeadlessSession(options).run()
  }
}
