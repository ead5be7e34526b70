import Foundation
import NcursesTerminal
import Runs
import Training
import TrainingEvents

/// Trains without a terminal: one JSON object a line on standard output, a record on disk.
actor HeadlessSession {
  private let setup: RunSetup
  private let recorder: RunRecorder
  private let writer: SnapshotWriter
  private var history: RunHistory
  private var description: RunDescription?
  private var markers: [CommandRecord] = []
  private var warnings: [WarningRecord] = []
  private var caught: Int32?
  private var isOutputGone = false
  private var failure: String?
  private let progress = ProgressLine()

  init(_ setup: RunSetup) {
    self.setup = setup
    history = setup.earlier ?? RunHistory()
    writer = SnapshotWriter(
      directory: setup.directory, keep: setup.preset.training.keepSnapshots)
    // Warnings about the record are said on standard error: the record itself is what failed.
    recorder = RunRecorder(setup.directory) { ExitStatus.say($0.text) }
  }

  /// Runs to the end.
  /// - Throws: `RunFailure` with the exit status when training did not end well.
  func run() async throws {
    let engine = try TrainingEngine(
      preset: setup.preset, task: setup.task, threads: setup.threads,
      checkpoint: setup.checkpoint, initial: setup.initial
    ) { [weak self] in await self?.store($0) }
    let signals = ProcessSignals()
    if let signals {
      Task {
        for await number in signals.stream where [SIGINT, SIGTERM, SIGHUP].contains(number) {
          self.note(signal: number)
          await engine.perform(.stop)
        }
      }
    }
    await engine.start()
    for warning in setup.changeWarnings { take(.warning(warning)) }
    var finish: FinishRecord?
    events: for await event in engine.events {
      take(event)
      switch event {
      case .state(.diverged): await engine.perform(.stop)
      case .finished(let record):
        finish = record
        break events
      default: break
      }
      if isOutputGone, caught == nil {
        caught = SIGPIPE
        await engine.perform(.stop)
      }
    }
    progress.end()
    recorder.close()
    await engine.shutDown()
    signals?.cancel()
    if let failure { throw RunFailure(description: failure) }
    if let caught { exit(ExitStatus.signal(caught)) }
    if finish?.reason == .diverged {
      throw RunFailure(description: "training diverged: the loss is not a number any more")
    }
  }

  private func note(signal number: Int32) { caught = number }

  private func take(_ event: TrainingEvent) {
    switch event {
    case .started(let run):
      var run = run
      run.directory = setup.directory.path
      description = run
      recorder.record(.started(run))
      return
    case .steps(let batch):
      history.append(batch)
      progress.show(batch.records.last, of: setup.preset.training.steps)
    case .validation(let record): history.append(record)
    case .command(let record): markers.append(record)
    default: break
    }
    recorder.record(event)
    let line = EventLine.encode(event, for: .standardOutput)
    guard !line.isEmpty, !isOutputGone else { return }
    isOutputGone = !ExitStatus.write(line, to: STDOUT_FILENO)
  }

  /// Waits until the events that led to a checkpoint were read.
  private func catchUp(with checkpoint: Checkpoint) async {
    // Bounded: a snapshot with a step too few is better than none.
    for _ in 0..<1000 where !history.reaches(checkpoint, of: setup) {
      try? await Task.sleep(for: .milliseconds(2))
    }
  }

  private func store(_ checkpoint: Checkpoint) async -> TrainingEvent? {
    await catchUp(with: checkpoint)
    var contents = SnapshotContents(
      checkpoint: checkpoint, history: history,
      reason: checkpoint.isScheduled ? .scheduled : .requested, run: description)
    contents.markers = markers
    do {
      return .snapshot(try writer.write(contents))
    } catch {
      let text = "no snapshot was written: \(error)"
      if !checkpoint.isScheduled { failure = text }
      return .warning(WarningRecord(step: checkpoint.state.step, kind: "snapshot", text: text))
    }
  }
}
