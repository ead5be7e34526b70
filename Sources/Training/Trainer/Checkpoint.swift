import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Everything that a run needs to go on bit for bit, copied between two steps.
public struct Checkpoint: CheckpointState {
  /// The resolved preset, as YAML.
  public var preset: String
  /// Parameters under PyTorch's names; the averaged ones, where weights are averaged.
  public var parameters: [NamedTensor]
  /// The optimiser's moments, `mean.NAME` and `square.NAME`; where weights are averaged, beside them
  /// those that training goes on with, `weights.NAME`.
  public var moments: [NamedTensor]
  /// The numbers that are no tensors.
  public var state: ResumeState
  /// Why it was taken.
  public var reason = SnapshotReason.requested
  /// Loss and step of the newest validation so far, which tells the best snapshot.
  public var validation: Validation?
  /// What the network looked like from inside: hidden states and gradients by lag.
  public var frames: [ProbeFrame] = []
  /// Held by a checkpoint that an engine handed out, and by its copies, as long as one is alive.
  var lease: CheckpointLease?

  /// A pass over the validation set.
  public struct Validation: Sendable, Equatable {
    /// Mean over the real targets, in the run's own unit of loss.
    public var loss: Double
    /// The training step after which it was measured.
    public var step: Int

    public init(loss: Double, step: Int) {
      self.loss = loss
      self.step = step
    }
  }

  /// Bytes of its tensors.
  var bytes: Int {
    (parameters + moments).reduce(0) { $0 + $1.byteCount }
  }

  public init(
    preset: String, parameters: [NamedTensor], moments: [NamedTensor], state: ResumeState
  ) {
    self.preset = preset
    self.parameters = parameters
    self.moments = moments
    self.state = state
  }
}

/// Tells an engine that a checkpoint it handed out is still held: each holds a copy of the
/// parameters. Leases say nothing about the state, so that all of them are equal.
final class CheckpointLease: Sendable, Equatable {
  static func == (a: CheckpointLease, b: CheckpointLease) -> Bool { true }
}

/// Counts the checkpoints that an engine handed out and that somebody still holds.
struct CheckpointsHandedOut {
  /// Scheduled ones of a small network that may wait for a slow disk.
  private static let most = 8
  /// Bytes that they may cost, where two of them cost less.
  private static let budget = 32 << 20

  private struct Lent { weak var lease: CheckpointLease? }
  private var lent: [Lent] = []

  /// Whether another one would be one too many.
  /// - Parameter bytes: of one checkpoint
  func isFull(bytes: Int) -> Bool {
    lent.count { $0.lease != nil } >= min(Self.most, max(2, Self.budget / max(1, bytes)))
  }

  mutating func lease() -> CheckpointLease {
    lent.removeAll { $0.lease == nil }
    let lease = CheckpointLease()
    lent.append(Lent(lease: lease))
    return lease
  }
}

extension TrainingEvent {
  /// The checkpoint that an engine hands out with this event.
  public var checkpoint: Checkpoint? {
    if case .checkpoint(let record) = self { record.state as? Checkpoint } else { nil }
  }
}

/// The numbers of a run that are no tensors.
public struct ResumeState: Sendable, Equatable, Codable {
  /// Steps done since the run's first.
  public var step = 0
  /// Passes through the training data so far, with the part of the present one.
  public var epoch = 0.0
  /// Seconds of training so far.
  public var elapsed = 0.0
  /// Updates the optimiser has done.
  public var updates = 0
  /// Updates that the averaged weights are the average of; nil where none are kept.
  public var averaged: Int?
  /// Where the next batch begins, and in which order the data come.
  public var cursor = BatchCursor(seed: 0)
  /// Hidden states carried over to the next chunk: one list a part, sequence after sequence.
  public var carried: [[Float]] = []
  /// Settings that were changed while training, by key.
  public var turned: [String: TurnedSetting]?
  // Where older snapshots keep four of them, whether changed or not; nil in newer ones.
  /// The rate before its schedule.
  public var learningRate: Double?
  /// Longest gradient.
  public var clipNorm: Double?
  /// Largest component of a gradient.
  public var clipValue: Double?
  /// A unit's chance to be dropped, 0 to below 1.
  public var dropout: Double?
  /// What the schedule knows of validations so far.
  public var plateau = Schedule.Plateau()
  /// Whether the step's validation was still to be done, or under way.
  public var isValidationDue = false
  /// Lowest loss of a validation so far; nil before the first.
  public var bestValidation: Double?
  /// The step of that validation.
  public var bestStep: Int?
  /// Symbols that the network reads, so that a snapshot can be used without its data.
  public var inputVocabulary: Vocabulary?
  /// Symbols or classes that the network writes; nil where it gives numbers.
  public var outputVocabulary: Vocabulary?
  /// How the data's numbers were scaled; nil where they were not.
  public var normalisation: Normalisation?
  /// Symbols that the network reads, or numbers in an input row.
  public var inputWidth = 0
  /// Symbols or classes that it writes, or numbers in an output row.
  public var outputWidth = 0
  /// Singular name of a target, such as `character`.
  public var targetName = ""
  /// Whether the network reads one vector a sequence instead of one a step.
  public var hasOneVector = false

  public init() {}

  /// Where a run stands and what it reads, be its network trained or set by hand.
  init(
    step: Int, _ source: BatchSource, of task: TaskData, elapsed: Double,
    best: (loss: Double, step: Int)?, isValidationDue: Bool
  ) {
    self.step = step
    epoch = source.epochs
    self.elapsed = elapsed
    cursor = source.cursor
    self.isValidationDue = isValidationDue
    bestValidation = best?.loss
    bestStep = best?.step
    inputVocabulary = task.inputVocabulary
    outputVocabulary = task.outputVocabulary
    inputWidth = task.inputWidth
    outputWidth = task.outputWidth
    targetName = task.targetName
  }

  /// Goes on at about the same place of an epoch whose batches hold `1 / ratio` times as much as
  /// before. States carried over belonged to the old batches: they begin anew.
  public mutating func cut(anew ratio: Double) {
    let position = Double(cursor.position) * ratio
    cursor.position = Int(exactly: position.rounded(.down)) ?? 0
    cursor.shift = nil
    carried = []
  }
}

/// A setting whose value is not the preset's any more.
public struct TurnedSetting: Sendable, Equatable, Codable {
  /// The preset's value, nil for none; a run that is resumed with another one takes that.
  public var preset: Double?
  /// What it is now; nil for none, as of a clip norm that was taken away.
  public var value: Double?

  public init(preset: Double?, value: Double?) {
    self.preset = preset
    self.value = value
  }
}

extension Trainer {
  /// Copies everything needed to go on from here.
  func checkpoint(
    elapsed: Double, best: (loss: Double, step: Int)?, isValidationDue: Bool = false
  ) -> Checkpoint {
    var state = ResumeState(
      step: step, source, of: task, elapsed: elapsed, best: best, isValidationDue: isValidationDue)
    note(numbers: &state)
    state.carried = carriedStates.map(\.values.elements)
    state.normalisation = task.normalisation
    state.hasOneVector = task.hasOneVectorInputs
    var moments: [NamedTensor] = []
    for (name, moment) in [("mean", optimiser.mean), ("square", optimiser.square)] {
      guard let moment else { continue }
      moments += moment.plainTensors(prefix: name + ".")
    }
    if average != nil { moments += parameters.plainTensors(prefix: "weights.") }
    return Checkpoint(
      preset: preset.resolvedText, parameters: judgedWeights.namedTensors(), moments: moments,
      state: state)
  }

  /// Goes back to where a checkpoint was made. Nothing changes when it does not fit.
  func restore(_ checkpoint: Checkpoint) throws(ParameterMismatch) {
    var checkpoint = checkpoint
    checkpoint.gatherSettings()
    let state = checkpoint.state
    let carriedStates = carriedStates
    guard
      state.carried.isEmpty
        || state.carried.map(\.count) == carriedStates.map({ $0.values.rows * $0.values.columns })
    else {
      throw ParameterMismatch(
        description: "the carried states do not fit this network and batch size")
    }
    isUpdateMeasured = false
    try loadWeights(of: checkpoint)
    try optimiser.mean?.loadPlain(checkpoint.moments, prefix: "mean.")
    try optimiser.square?.loadPlain(checkpoint.moments, prefix: "square.")
    restore(numbers: state)
    for (carried, values) in zip(carriedStates, state.carried) {
      for (i, value) in values.enumerated() { carried.values.base[i] = value }
      carried.isFresh = false
    }
  }

  /// The numbers that `restore(numbers:)` goes by, beside the step and the data's cursor.
  func note(numbers state: inout ResumeState) {
    state.updates = optimiser.updates
    state.averaged = average?.updates
    state.turned = turnedSettings
    state.plateau = schedule.plateau
  }

  /// Takes over what is no tensor.
  func restore(numbers state: ResumeState) {
    optimiser.updates = state.updates
    average?.updates = state.averaged ?? 0
    step = state.step
    restore(turned: state.turned ?? [:])
    source.restore(state.cursor)
    schedule.plateau = state.plateau
  }
}
