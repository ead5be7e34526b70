import SequenceData
import TrainingEvents

/// Copies of the state that the reader writes, and those that a person can go back to.
extension TrainingEngine {
  /// Seconds at least between two best snapshots while training goes on: early on nearly every
  /// validation is the best so far.
  static let bestPause = 5.0

  /// Copies the state and hands it to the reader, who writes it.
  func snapshot(_ reason: SnapshotReason) {
    if reason == .scheduled, isReaderLate { return }
    // Before anything newer, so that no snapshot speaks of a best one that is nowhere.
    handOutBest()
    var checkpoint = copy(reason)
    // Without the moments of a rank that is gone it is no state to go on from.
    guard workload.failure == nil else { return }
    if canGoBack { lastSnapshot = checkpoint }
    // Only what is written needs pictures; what undo goes back to would hold them for nothing.
    checkpoint.frames = workload.look(.forSnapshots, now: clock.now, force: true)
    handOut(checkpoint)
  }

  private func copy(_ reason: SnapshotReason) -> Checkpoint {
    var checkpoint = workload.checkpoint(
      elapsed: clock.total, best: best, isValidationDue: workload.isValidating)
    checkpoint.reason = reason
    checkpoint.validation = newest
    checkpointBytes = checkpoint.bytes
    return checkpoint
  }

  private func handOut(_ checkpoint: Checkpoint) {
    var checkpoint = checkpoint
    checkpoint.lease = handedOut.lease()
    if checkpoint.reason == .best { bestLease = checkpoint.lease }
    post(
      .checkpoint(
        CheckpointRecord(
          step: checkpoint.state.step, reason: checkpoint.reason, state: checkpoint)))
    flush()
  }

  // MARK: The best validation

  /// Keeps the state of a validation that was the best so far, to be handed out soon.
  func keepBest() {
    let checkpoint = copy(.best)
    guard workload.failure == nil else { return }
    bestCheckpoint = checkpoint
    isBestWaiting = true
    handOutBestIfDue()
  }

  /// Hands the best state out when the one before was written some time ago.
  func handOutBestIfDue() {
    guard isBestWaiting, bestLease == nil, clock.now - bestHandedOut >= Self.bestPause else {
      return
    }
    handOutBest()
  }

  /// Hands the best state out now: before a pause, the end, and whatever is newer.
  func handOutBest() {
    guard isBestWaiting, let checkpoint = bestCheckpoint else { return }
    isBestWaiting = false
    bestHandedOut = clock.now
    if !canGoBack { bestCheckpoint = nil }
    handOut(checkpoint)
  }

  /// Whether the schedule runs ahead of the disk, which is said once.
  private var isReaderLate: Bool {
    let isLate = handedOut.isFull(bytes: checkpointBytes)
    if isLate, !isScheduleLate {
      post(
        .warning(
          WarningRecord(
            step: workload.step, kind: "snapshot",
            text: "snapshots are due faster than they can be written: some are left out",
            advice: "A longer training.snapshot-every or training.snapshot-minutes helps.")))
    }
    isScheduleLate = isLate
    return isLate
  }

  // MARK: The beginning

  /// Where the run begins when it is begun again. A run's own first step is made anew from its seed
  /// instead of kept: that takes no memory meanwhile.
  func beginning() throws -> Checkpoint {
    if let checkpoint = origin.checkpoint { return checkpoint }
    let first = try Self.workload(preset: workload.preset, task: workload.task, threads: 1)
    if let initial = origin.initial { try first.load(initial) }
    return first.checkpoint(elapsed: 0, best: nil, isValidationDue: false)
  }

  static func workload(
    preset: Preset, task: TaskData, threads: Int, looks: LookBudget = .shareOfTime,
    group: RankGroup? = nil
  ) throws(PresetError) -> any Workload {
    task.kind == .handBuilt
      ? try HandBuiltWorkload(preset: preset, task: task)
      : try TrainingWorkload(
        preset: preset, task: task, threads: threads, looks: looks, group: group)
  }
}
