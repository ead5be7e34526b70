import Foundation
import NcursesTerminal
import Runs
import Training
import TrainingEvents

/// Trains without a terminal: one JSON object a line on standard output, a record on disk.
package actor HeadlessSession {
  private let setup: RunSetup
  private var road: EventFanOut
  private let snapshots: SnapshotQueue
  /// The newest snapshot that is being written; ends when it and all before it are.
  private var writing: Task<Void, Never>?
  private var history: RunHistory
  /// Why it diverged, if it did.
  private var divergence: String?
  /// Whether a rank of the job is gone, which was said when it was noticed.
  package private(set) var hasLostRank = false
  /// The newest snapshot.
  private var saved: SnapshotRecord?
  /// Why the run's end could not be saved; nil when it was.
  private var failure: String?
  /// Why the weights of the best validation are not on disk; nil when they are.
  private var bestFailure: String?
  private let output: HeadlessOutput
  private let progress: ProgressLine
  private let stops = StopSource()
  /// Told where the run is once it trains, or why it does not.
  private let starter: Starter?
  /// Where the run ends for now.
  private let until: Int?

  /// - Parameters:
  ///   - until: the training step at which the run is saved and ends, to be gone on with later; nil for
  ///     its end
  ///   - starter: who started this process in the background, if anybody did
  ///   - descriptors: where it says how it goes
  package init(
    _ setup: RunSetup, until: Int? = nil, starter: Starter? = nil,
    to descriptors: OutputDescriptors = .init()
  ) {
    (self.starter, self.until) = (starter, until)
    self.setup = setup
    history = setup.earlier ?? RunHistory()
    // Warnings about the record are said on standard error: the record itself is what failed.
    let output = HeadlessOutput(run: setup.directory.path, to: descriptors) { [stops] in
      stops.hear(SIGPIPE)
    }
    self.output = output
    progress = ProgressLine(on: output.errors, of: descriptors)
    var road = EventFanOut(setup) { output.say($0.text) }
    snapshots = SnapshotQueue(setup, road.recorder, hasKeys: false)
    do {
      try road.serve { [engine = setup.engine] command in
        Task { await engine.perform(command) }
      }
    } catch {
      output.say("no dashboard can be attached: \(error)")
    }
    self.road = road
  }

  /// Runs to the end.
  /// - Returns: the status to leave with
  /// - Throws: `RunFailure` with the exit status when training did not end well.
  package func run() async throws -> Int32 {
    let engine = setup.engine
    let signals = ProcessSignals(hasScreen: false) { [stops, output, setup] number in
      // A terminal that is gone need not end what is seen nowhere on it.
      guard number == SIGHUP, setup.preset.training.onHangUp == .detach else {
        return stops.hear(number)
      }
      output.say("the terminal is gone: training on; `unfold attach \(setup.directory.path)`")
    }
    // Not on this actor, which may have much to write just then.
    let stopping = Task.detached { [stops] in
      for await _ in stops.stream { await engine.perform(.stop) }
    }
    await engine.start(paused: until != nil)
    if let until { await engine.perform(.run(until: .step(until))) }
    starter?.tell(ready: setup.directory.path)
    for warning in setup.warnings {
      output.say(warning.text)
      take(.warning(warning))
    }
    var finish: FinishRecord?
    for await event in engine.events {
      switch event {
      case .state(.diverged): await engine.perform(.stop)
      case .state(.paused) where until.map { history.steps.last ?? 0 >= $0 } == true:
        await engine.perform(.stop)
      case .finished(let record):
        finish = record
        await engine.shutDown()
        // The end is told last.
        await writing?.value
      default: break
      }
      take(event)
    }
    progress.end()
    if await !road.finishRecord() {
      failure = failure ?? "\(setup.directory.path): the record lacks steps, which were not written"
    }
    stopping.cancel()
    stops.saved()
    await road.stopServing()
    defer { signals?.cancel() }
    return try await leave(finish)
  }

  /// Waits for whoever reads.
  /// - Returns: the status that the run has earned
  private func leave(_ finish: FinishRecord?) async throws -> Int32 {
    let signal = stops.signal
    let outcome = await output.finish(isPatient: signal == nil)
    if outcome.trouble == .readerGone, let finish {
      let place = saved.map { "saved in \($0.path)" } ?? "nothing was saved"
      output.say(
        "standard output: nobody reads it any more: stopped at step \(finish.step), \(place)")
    }
    await output.finishErrors()
    if hasLostRank { return ExitStatus.failed }
    if let failure = failure ?? bestFailure { throw RunFailure(description: failure) }
    if let signal { return ExitStatus.signal(signal) }
    if finish?.reason == .diverged {
      throw RunFailure(description: "training diverged: \(divergence ?? "the loss is not finite")")
    }
    // What refused was told when it did.
    if case .refused = outcome.trouble { return ExitStatus.failed }
    return ExitStatus.done
  }

  private func take(_ event: TrainingEvent) {
    tell(event)
    for alert in road.alerts(after: event) { tell(alert) }
  }

  private func tell(_ event: TrainingEvent) {
    if case .checkpoint(let record) = event { return keep(record) }
    let event = road.send(event)
    switch event {
    // What trains stands in the run's preset: its lines begin with the first step.
    case .started: return
    case .steps(let batch):
      history.append(batch)
      progress.show(batch.records.last, of: setup.preset.training.steps)
    case .validation(let record): history.append(record)
    case .snapshot(let record) where record.reason != .best: saved = record
    case .warning(let record) where Alert(rawValue: record.kind)?.endsTraining == true:
      divergence = record.text.trimmingPrefix("diverged: ").description
    case .warning(let record) where record.kind == RankFailure.kind:
      // At once: whoever started the job may end all of it any moment.
      output.say(setup.words(for: record))
      hasLostRank = true
    default: break
    }
    output.write(event, step: history.steps.last ?? 0)
  }

  /// Writes a checkpoint with all that was told before it; training goes on meanwhile.
  private func keep(_ record: CheckpointRecord) {
    guard let contents = road.contents(of: record, history: history) else { return }
    writing = Task { [before = writing, contents] in
      await before?.value
      self.wrote(await self.snapshots.write(contents), record.reason)
    }
  }

  private func wrote(_ event: TrainingEvent, _ reason: SnapshotReason) {
    let problem: String? = if case .warning(let warning) = event { warning.text } else { nil }
    switch reason {
    // The next one tries again, and the run's end is no scheduled one.
    case .scheduled: break
    case .best: bestFailure = problem
    case .requested, .final, .diverged: failure = problem
    }
    take(event)
  }
}
