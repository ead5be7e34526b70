import ArgumentParser
import Sessions

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network and watch it learn (the default command).")

  @OptionGroup var choice: PresetChoice

  @Option(help: "Training steps of the whole run, counted from its first.")
  var steps: Int?

  @Option(help: "Seed of everything random.")
  var seed: UInt64?

  @Option(help: "Threads that compute; results do not depend on it.")
  var threads: Int?

  @Flag(help: "Print one JSON object a line instead of the dashboard.")
  var headless = false

  @Option(
    help: ArgumentHelp("Directory to record the run in; below runs/ when absent.", valueName: "dir")
  )
  var out: String?

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      "Initial parameters: safetensors, or a file of torch.save.", valueName: "file.safetensors"))
  var initial: String?

  @Option(
    name: .customLong("map"), parsing: .singleValue,
    help: ArgumentHelp(
      "Give a tensor or module of --init's file another name, as in lstm=rnn.",
      valueName: "old=new"))
  var map: [String] = []

  @Option(
    help: ArgumentHelp("Continue from a snapshot, or from a run's newest.", valueName: "snapshot"))
  var resume: String?

  @Option(
    help: ArgumentHelp(
      "Record the screen for asciinema, as asciicast v2.", valueName: "file.cast"))
  var record: String?

  @Flag(help: "Train in the background, recorded, and say how to attach.")
  var detach = false

  /// Where a process in the background says that it trains.
  @Option(help: .hidden)
  var report: Int32?

  /// Whether the run is saved and ends when the process that started it does.
  @Flag(help: .hidden)
  var bound = false

  /// The training step at which the run is saved and ends, to be gone on with later.
  @Option(help: .hidden)
  var until: Int?

  /// The process that has the run until it ends.
  @Option(help: .hidden)
  var after: Int32?

  func validate() throws {
    if let steps, steps < 0 { throw ValidationError("--steps must be 0 or more, not \(steps)") }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads)")
    }
    if initial != nil, resume != nil {
      throw ValidationError("--init begins a new run and --resume goes on with one: use either")
    }
    if initial == nil, !map.isEmpty {
      throw ValidationError("--map renames what --init reads, and there is no --init")
    }
    if let wrong = map.first(where: { TensorName($0) == nil }) {
      throw ValidationError("--map \(wrong): expected old=new, as in lstm=rnn")
    }
  }

  func run() async throws {
    if let after { BackgroundProgram.waitForEnd(of: after) }
    if let report { return try await host(Starter(report, isBound: bound)) }
    try await RankSession.runIfLaunched(options, detaches: detach, saysSo: !headless)
    if detach {
      let arguments = CommandLine.arguments.dropFirst().filter { $0 != "--detach" && $0 != "train" }
      let (run, _) = try BackgroundProgram.startAndWait(
        ["train", "--headless", "--report", "{report}"] + arguments)
      return try SafeOutput.show(BackgroundProgram.words(for: run))
    }
    let reason = headless ? nil : Terminals.reasonForHeadless
    guard !headless, reason == nil else {
      let setup = try RunSetup(options, canGoBack: false)
      if let reason { ExitStatus.say("\(reason): training without the dashboard") }
      ExitStatus.leave((try await HeadlessSession(setup).run(), nil))
    }
    // Nothing asked for at all: a person may like to choose.
    let setup = CommandLine.arguments.count > 1 ? try RunSetup(options, canGoBack: true) : nil
    let stage = try await Stage.open(recording: record)
    ExitStatus.leave(await InteractiveSession(options, on: stage).run(setup))
  }

  private func host(_ starter: Starter) async throws {
    let setup: RunSetup
    do {
      setup = try RunSetup(options, canGoBack: true)
    } catch {
      starter.tell(failure: "\(error)")
      throw error
    }
    ExitStatus.leave((try await HeadlessSession(setup, until: until, starter: starter).run(), nil))
  }

  /// What is asked for, for whoever trains.
  private var options: TrainingOptions {
    var options = TrainingOptions()
    (options.preset, options.settings) = (choice.preset, choice.settings)
    (options.steps, options.seed, options.threads) = (steps, seed, threads)
    (options.out, options.initial, options.resume) = (out, initial, resume)
    options.map = map.compactMap(TensorName.init).map { ($0.old, $0.new) }
    return options
  }
}

/// One `--map old=new`.
struct TensorName {
  var old: String
  var new: String

  init?(_ argument: String) {
    guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
    old = String(argument[..<sign])
    new = String(argument[argument.index(after: sign)...])
  }
}
