import ArgumentParser
import Foundation
import Runs
import Sessions
import Training

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train a preset once for each combination of some settings, a few runs at a time.",
    discussion: """
      `unfold sweep words --over network.cell=tanh,lstm --over training.seed=1,2,3` trains six runs in \
      the background, each recorded below one directory, and lists them with their curves over each \
      other; leaving the list ends nothing. The directory gets results.csv, results.md and results.svg: \
      every run, and over seeds the mean and how far runs lie apart.

      `unfold sweep state-tracking` needs no --over: it goes over seven tasks, every cell and five seeds, \
      and draws how much is right at lengths beyond those trained on.

      `unfold sweep --out DIR` goes on with a sweep that was cut off, or shows one that trains; \
      `unfold sweep --out DIR --stop` saves all of its runs and ends it.
      """)

  @Argument(help: "A preset from `unfold presets`, or the path of a preset file.")
  var preset: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Values of a key, one run for each combination with those of the others.",
      valueName: "path=a,b,c"))
  var over: [String] = []

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Set any key of the preset in all runs.", valueName: "path=value"))
  var settings: [String] = []

  @Option(help: "Training steps of each run.")
  var steps: Int?

  @Option(help: "Runs at a time; as many as there are processors when absent.")
  var jobs: Int?

  @Option(help: "Threads of each run; results do not depend on it.")
  var threads = 1

  @Flag(help: "Give up the worse half of the runs again and again, long before their end.")
  var halve = false

  @Option(
    help: ArgumentHelp(
      "Directory of the sweep; below runs/ when absent.", valueName: "dir"))
  var out: String?

  @Flag(help: "Print one JSON object a line instead of the list.")
  var headless = false

  @Flag(help: "Save all runs of the sweep in --out and end it.")
  var stop = false

  /// Where a process in the background says that it trains.
  @Option(help: .hidden)
  var report: Int32?

  func validate() throws {
    if let steps, steps < 1 { throw ValidationError("--steps must be 1 or more, not \(steps)") }
    if !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads)")
    }
    if let jobs, !(1...256).contains(jobs) {
      throw ValidationError("--jobs must be from 1 to 256, not \(jobs)")
    }
    if out == nil, stop { throw ValidationError("--stop ends the sweep in --out: name it") }
    if out == nil, over.isEmpty, SweepPlan.standardAxes[preset ?? ""] == nil {
      throw ValidationError(
        "name what to go over, as in --over network.cell=tanh,lstm, or a sweep with --out")
    }
  }

  func run() async throws {
    if let out, stop {
      try SweepFolder.stop(out)
      return try SafeOutput.show("\(out): stopped")
    }
    if let report {
      let starter = Starter(report)
      let folder: SweepFolder
      do {
        folder = try SweepFolder(out, plan: plan)
      } catch {
        starter.tell(failure: "\(error)")
        throw error
      }
      ExitStatus.leave((try await session(folder).run(starter: starter), nil))
    }
    guard !headless, Terminals.reasonForHeadless == nil else {
      ExitStatus.leave((try await session(SweepFolder(out, plan: plan)).run(), nil))
    }
    try await show()
  }

  /// The list of the runs, which train in the background.
  private func show() async throws {
    let path: String
    if let out, over.isEmpty, SweepFolder.isHeld(out) {
      path = out
    } else {
      let arguments = CommandLine.arguments.dropFirst(2)
      (path, _) = try BackgroundProgram.startAndWait(
        ["sweep", "--headless", "--report", "{report}"] + arguments)
    }
    let stage = try await Stage.open(recording: nil)
    let end = await WorkspaceSession(
      [path], on: stage, startsAtLive: true,
      expecting: (try? SweepFolder.names(of: path)) ?? []
    ).run()
    ExitStatus.leave((end.status, end.report ?? BackgroundProgram.words(forSweep: path)))
  }

  private func session(_ folder: SweepFolder) -> SweepSession {
    var options = SweepSession.Options()
    options.jobs = jobs ?? max(1, ProcessInfo.processInfo.activeProcessorCount / threads)
    (options.threads, options.halves) = (threads, halve)
    return SweepSession(folder, options)
  }

  /// What the command line asks for; nil where it leaves that to the directory.
  private var plan: SweepPlan? {
    get throws {
      guard !over.isEmpty || preset != nil || !settings.isEmpty || steps != nil else { return nil }
      let asked = try over.map { try SweepAxis(argument: $0) }
      // An axis that is asked for takes the standard one's place, and a setting leaves none.
      let fixed = settings.map { $0.prefix { $0 != "=" } }
      let standard = (SweepPlan.standardAxes[preset ?? ""] ?? []).filter { axis in
        !fixed.contains(Substring(axis.key))
      }.map { axis in asked.first { $0.key == axis.key } ?? axis }
      let others = asked.filter { axis in !standard.contains { $0.key == axis.key } }
      return SweepPlan(
        preset: preset ?? PresetLibrary.standard, settings: settings, axes: standard + others,
        steps: steps)
    }
  }
}
