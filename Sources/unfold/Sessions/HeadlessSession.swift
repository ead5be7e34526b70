import Foundation
import NcursesTerminal
import Runs
import Training
import TrainingEvents

/// Trains without a terminal: one JSON object a line on standard output, a record on disk.
actor HeadlessSession {
  private let setup: RunSetup
  private let recorder: RunRecorder
  private let snapshots: SnapshotQueue
  /// The newest snapshot that is being written; ends when it and all before it are.
  private var writing: Task<Void, Never>?
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
    // Warnings about the record are said on standard error: the record itself is what failed.
    recorder = RunRecorder(setup.directory) { ExitStatus.say($0.text) }
    snapshots = SnapshotQueue(setup, recorder)
  }

  /// Runs to the end.
  /// - Throws: `RunFailure` with the exit status when training did not end well.
  func run() async throws {
    let engine = setup.engine
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
    for await event in engine.events {
      switch event {
      case .state(.diverged): await engine.perform(.stop)
      case .finished(let record):
        finish = record
        await engine.shutDown()
        // The end is told last.
        await writing?.value
      default: break
      }
      take(event)
      if isOutputGone, caught == nil {
        caught = SIGPIPE
        await engine.perform(.stop)
      }
    }
    progress.end()
    recorder.close()
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
    case .checkpoint(let record): return keep(record)
    default: break
    }
    recorder.record(event)
    let line = EventLine.encode(event, for: .standardOutput)
    guard !line.isEmpty, !isOutputGone else { return }
    isOutputGone = !ExitStatus.write(line, to: STDOUT_FILENO)
  }

  /// Writes a checkpoint with all that was told before it; training goes on meanwhile.
  private func keep(_ record: CheckpointRecord) {
    guard let checkpoint = record.state as? Checkpoint else { return }
    var contents = SnapshotContents(checkpoint: checkpoint, history: history, run: description)
    contents.markers = markers
    writing = Task { [before = writing, contents] in
      await before?.value
      self.wrote(await self.snapshots.write(contents), record.reason)
    }
  }

  private func wrote(_ event: TrainingEvent, _ reason: SnapshotReason) {
    if case .warning(let warning) = event, reason != .scheduled { failure = warning.text }
    take(event)
  }
}
