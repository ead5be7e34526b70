import Dispatch
import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Trains a network on its own Dispatch queue and tells one reader what happens.
///
/// Training runs in slices of a few milliseconds; between slices the queue is free for commands,
/// so that each takes effect between two steps. A pause holds no thread.
public actor TrainingEngine {
  nonisolated let executor: DispatchQueueExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// Everything that happens, for one reader.
  public nonisolated let events: AsyncStream<TrainingEvent>
  private let continuation: AsyncStream<TrainingEvent>.Continuation
  private var outbox = EventOutbox()
  private var isRetrying = false

  let trainee: any Trainee
  /// Writes a checkpoint and says how that went; runs outside the engine.
  let store: @Sendable (Checkpoint) async -> TrainingEvent?
  let beginning: Checkpoint
  let validateEvery: Int

  var state = TrainingState.paused
  var finish: FinishRecord?
  var isLooping = false
  var limit: RunLimit?
  var smoothedLoss: Double?
  var request = ProbeRequest()
  var best: (loss: Double, step: Int)?
  /// The newest validation.
  var newest: Checkpoint.Validation?
  var schedule: SnapshotSchedule
  var lastSnapshot: Checkpoint?
  var snapshotsUnderWay = 0
  /// The newest of them, which the next one waits for.
  var writing: Task<Void, Never>?
  var isScheduleLate = false
  /// Whether the run's last event is still to come.
  var isClosing = false
  var clock = TrainingClock()

  /// Sets up the engine; nothing runs before `start`.
  ///
  /// - Parameters:
  ///   - preset: what to train.
  ///   - task: its data, loaded.
  ///   - threads: threads that compute; results do not depend on it.
  ///   - checkpoint: where to go on from; nil begins anew.
  ///   - initial: parameters to begin with instead of random ones.
  ///   - store: writes a checkpoint somewhere and answers with what to tell the reader.
  /// - Throws: `PresetError` when the preset's network does not fit its data,
  ///   `ParameterMismatch` when a checkpoint or initial parameters do not fit the network.
  public init(
    preset: Preset, task: TaskData, threads: Int, checkpoint: Checkpoint? = nil,
    initial: [NamedTensor]? = nil, store: @escaping @Sendable (Checkpoint) async -> TrainingEvent?
  ) throws {
    executor = DispatchQueueExecutor(label: "unfold training")
    (events, continuation) = AsyncStream.makeStream(
      of: TrainingEvent.self, bufferingPolicy: .bufferingOldest(8))
    FloatingPointMode.useOneBLASThread()
    let trainee: any Trainee =
      task.kind == .handBuilt
      ? try HandBuiltTrainee(preset: preset, task: task)
      : try LearningTrainee(preset: preset, task: task, threads: threads)
    self.trainee = trainee
    schedule = SnapshotSchedule(
      preset.training, elapsed: checkpoint?.state.elapsed ?? 0)
    if let initial { try trainee.load(initial) }
    if let checkpoint {
      try trainee.restore(checkpoint)
      clock.set(elapsed: checkpoint.state.elapsed)
      newest = checkpoint.validation
      if let loss = checkpoint.state.bestValidation {
        best = (loss, checkpoint.state.bestStep ?? checkpoint.state.step)
      }
    }
    validateEvery =
      preset.training.validateEvery ?? min(1000, max(100, trainee.batchesPerEpoch))
    self.store = store
    beginning = trainee.checkpoint(
      elapsed: clock.total, best: best, isValidationDue: false)
    if checkpoint?.state.isValidationDue == true { trainee.beginValidation() }
  }

  /// Tells the reader what is to be trained, and begins.
  public func start(paused: Bool = false) {
    post(.started(trainee.description))
    for note in trainee.task.notes {
      post(.warning(WarningRecord(step: trainee.step, kind: "data", text: note)))
    }
    if paused { enter(.paused) } else { resume() }
  }

  /// Ends the stream after everything has been read; nothing can be commanded any more.
  public func shutDown() async {
    if state == .training { enter(.paused) }
    while snapshotsUnderWay > 0 || isClosing { try? await Task.sleep(for: .milliseconds(2)) }
    while !outbox.isEmpty {
      flush()
      if !outbox.isEmpty { try? await Task.sleep(for: .milliseconds(5)) }
    }
    continuation.finish()
  }

  // MARK: Telling

  func post(_ event: TrainingEvent) {
    outbox.add(event)
  }

  func post(_ step: StepRecord) {
    outbox.add(step)
  }

  /// Tells of a command that changed training.
  func record(_ name: String, _ text: String, marker: String?, value: Double? = nil) {
    post(
      .command(
        CommandRecord(
          step: trainee.step, elapsed: clock.total, name: name, text: text, marker: marker,
          value: value)))
  }

  /// Sends at most some twenty times a second while training.
  func flushIfDue() {
    if clock.isFlushDue() { flush() }
  }

  func flush() {
    outbox.flush { event in
      if case .dropped = continuation.yield(event) { false } else { true }
    }
    if !outbox.isEmpty, state != .training, !isRetrying {
      isRetrying = true
      Task {
        try? await Task.sleep(for: .milliseconds(20))
        self.retry()
      }
    }
  }

  private func retry() {
    isRetrying = false
    flush()
  }

  func enter(_ new: TrainingState) {
    state = new
    post(.state(new))
    // Said before anything is looked at: a person waits for it.
    flush()
    guard new != .training else { return }
    look(force: true)
    flush()
  }

  func look(force: Bool) {
    for event in trainee.look(request, now: clock.now, force: force) {
      post(event)
    }
  }
}
