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
  nonisolated let executor: any TrainingExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// Everything that happens, for one reader.
  public nonisolated let events: AsyncStream<TrainingEvent>
  private let mailbox = EventMailbox()

  let workload: any Workload
  /// What a restart goes back to.
  let origin: (checkpoint: Checkpoint?, initial: [NamedTensor]?)
  /// Whether somebody may go back to earlier states, which are kept for that.
  let canGoBack: Bool
  let validateEvery: Int

  var state = TrainingState.paused
  var finish: FinishRecord?
  var isLooping = false
  var limit: RunLimit?
  var smoothedLoss: Double?
  /// Nil where nothing is learned.
  var blowUp: LossBlowUp?
  var request = ProbeRequest()
  var best: (loss: Double, step: Int)?
  /// The newest validation.
  var newest: Checkpoint.Validation?
  var schedule: SnapshotSchedule
  var lastSnapshot: Checkpoint?
  var handedOut = CheckpointsHandedOut()
  var isScheduleLate = false
  /// Bytes of the newest copy of the state.
  var checkpointBytes = 0
  /// The state of the best validation, as long as it waits to be handed out; until there is a better
  /// one where somebody can go back to it.
  var bestCheckpoint: Checkpoint?
  var isBestWaiting = false
  /// On the clock's own time.
  var bestHandedOut = -Double.infinity
  weak var bestLease: CheckpointLease?
  /// What ranks of a job took since somebody was told.
  var rankTimes = RankTimes()
  /// Whether somebody is told of a search although nothing trains.
  private var followsSearch = false
  var clock = TrainingClock()
  var pace = Pace()
  /// Whether learning rates are being tried on a copy.
  var isTestingRates = false
  var followed: FollowedUnits

  /// Sets up the engine; nothing runs before `start`.
  ///
  /// - Parameters:
  ///   - preset: what to train.
  ///   - task: its data, loaded.
  ///   - threads: threads that compute; results do not depend on it.
  ///   - checkpoint: where to go on from; nil begins anew.
  ///   - initial: parameters to begin with instead of random ones, under a stranger's names.
  ///   - canGoBack: whether undo and restart are possible; what they need costs memory.
  ///   - looks: what frames that nobody asked for may cost.
  ///   - group: processes that train together, of which this is rank 0; nil for one alone.
  ///   - kept: sets of units that an earlier session followed.
  /// - Throws: `PresetError` when the preset's network does not fit its data,
  ///   `ParameterMismatch` when a checkpoint or initial parameters do not fit the network.
  public init(
    preset: Preset, task: TaskData, threads: Int, checkpoint: Checkpoint? = nil,
    initial: [NamedTensor]? = nil, canGoBack: Bool = true, looks: LookBudget = .shareOfTime,
    group: RankGroup? = nil, kept: [KeptUnits] = []
  ) throws {
    followed = FollowedUnits(kept)
    var (task, initial) = (task, initial)
    executor = group?.communicator.thread ?? DispatchQueueExecutor(label: "unfold training")
    events = mailbox.events
    FloatingPointMode.useOneBLASThread()
    if task.kind != .handBuilt {
      // Before memory is taken, which may be more than there is, or than a snapshot is about.
      let network = try TaskNetwork(preset: preset, task: task)
      try TrainingMemory(network, preset: preset, task: task).check()
      if let tensors = checkpoint?.parameters { try network.layout.check(tensors) }
      if let given = initial {
        let fitting = try network.layout.fitting(given)
        initial = fitting.tensors
        task.notes += fitting.notes.map { "initial parameters: \($0)" }
      }
    }
    let workload = try Self.workload(
      preset: preset, task: task, threads: threads, looks: looks, group: group)
    self.workload = workload
    origin = canGoBack ? (checkpoint, initial) : (nil, nil)
    self.canGoBack = canGoBack
    schedule = SnapshotSchedule(
      preset.training, elapsed: checkpoint?.state.elapsed ?? 0)
    if let initial { try workload.load(initial) }
    if let checkpoint {
      try workload.restore(checkpoint)
      clock.set(elapsed: checkpoint.state.elapsed)
      _ = followed.goBack(to: checkpoint.state.step)
      newest = checkpoint.validation
      if let loss = checkpoint.state.bestValidation {
        best = (loss, checkpoint.state.bestStep ?? checkpoint.state.step)
      }
    }
    validateEvery =
      preset.training.validateEvery ?? min(1000, max(100, workload.batchesPerEpoch))
    blowUp = workload.untrainedLoss.map { LossBlowUp(untrained: $0) }
    if checkpoint?.state.isValidationDue == true { workload.beginValidation() }
  }

  /// Tells the reader what is to be trained, and begins.
  public func start(paused: Bool = false) {
    begin()
    workload.begin()
    for note in workload.task.notes {
      post(.warning(WarningRecord(step: workload.step, kind: "data", text: note)))
    }
    if paused { enter(.paused) } else { resume() }
  }

  /// Tells what is trained, and which sets of units are followed.
  func begin() {
    post(.started(workload.description))
    for units in followed.sets { tellAgain(units) }
  }

  /// Tells that a set of units is followed still.
  func tellAgain(_ units: KeptUnits) {
    record(CommandRecord.keep, "goes on following \(units.name)", marker: nil, units: units)
  }

  /// Stops training and ends the stream behind what was told so far, which can still be read.
  public func shutDown() {
    if state == .training { enter(.paused) }
    workload.end()
    mailbox.close()
  }

  deinit { mailbox.close() }

  // MARK: Telling

  func post(_ event: TrainingEvent) {
    mailbox.add(event)
  }

  /// Tells what was seen, and how many units of each set that is followed are on there.
  func post(seen frame: ProbeFrame) {
    post(.frame(frame))
    count(in: frame, isSparse: false)
  }

  private func count(in frame: ProbeFrame, isSparse: Bool) {
    guard !followed.isEmpty, case .hiddenStates(let states) = frame else { return }
    let values = followed.values(in: states, isSparse: isSparse)
    if !values.isEmpty { post(.values(values)) }
  }

  /// Tells of what every record of the run has: a reader that comes late misses none of it.
  func post(recorded frame: ProbeFrame) {
    mailbox.add(recorded: frame)
  }

  /// Tells of what somebody may look back at later.
  func post(past frame: ProbeFrame) {
    mailbox.add(past: frame)
    count(in: frame, isSparse: true)
  }

  func post(_ step: StepRecord) {
    mailbox.add(step)
  }

  /// Tells of a command that changed training.
  func record(
    _ name: String, _ text: String, marker: String?, value: Double? = nil, previous: String? = nil,
    units: KeptUnits? = nil
  ) {
    post(
      .command(
        CommandRecord(
          step: workload.step, elapsed: clock.total, name: name, text: text, marker: marker,
          value: value, previous: previous, units: units)))
  }

  /// Sends at most some twenty times a second while training.
  func flushIfDue() {
    if clock.isFlushDue() { flush() }
  }

  func flush() { mailbox.release() }

  func enter(_ new: TrainingState) {
    state = new
    pace.wake()
    post(.state(new))
    // Said before anything is looked at: a person waits for it.
    flush()
    guard new != .training else { return }
    handOutBest()
    look(force: true)
    flush()
  }

  func look(force: Bool) {
    let frames = FloatingPointMode.flushingDenormals {
      workload.look(request, now: clock.now, force: force)
    }
    for frame in frames { post(seen: frame) }
    if state != .training, workload.isSearching, !followsSearch {
      followsSearch = true
      Task { [weak self] in
        repeat {
          try? await Task.sleep(for: .milliseconds(250))
        } while await self?.tellOfSearch() == true
      }
    }
  }

  /// Whether something is looked for that takes long.
  var isSearching: Bool { workload.isSearching }

  /// Tells what was found so far beside a network that stands still.
  /// - Returns: whether there is more to come
  private func tellOfSearch() -> Bool {
    // Asked first: a search that ends in between has its last word in the next turn.
    followsSearch = state != .training && workload.isSearching
    guard state != .training, request.interests.contains(.alike) else {
      followsSearch = false
      return false
    }
    var search = request
    search.interests = [.alike]
    let goesOn = followsSearch
    for frame in workload.look(search, now: clock.now, force: true) { post(.frame(frame)) }
    flush()
    return goesOn
  }
}
