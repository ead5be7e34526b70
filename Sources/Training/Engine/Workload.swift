import RecurrentNetworks
import SequenceData
import TrainingEvents

/// What an engine drives: a network that learns, or one whose weights were set by hand and that
/// only reads. All of it happens between two slices of the engine, on its queue.
protocol Workload: AnyObject {
  var preset: Preset { get }
  var task: TaskData { get }
  var description: RunDescription { get }
  /// The newest finished step.
  var step: Int { get }
  /// Passes over the data finished, with the share of the current one.
  var epochs: Double { get }
  var batchesPerEpoch: Int { get }
  /// The learning rate before its schedule; nil where nothing is learned.
  var baseLearningRate: Double? { get }
  /// What a network that has learned nothing loses, at least; nil where nothing is learned.
  var untrainedLoss: Double? { get }

  /// Does one step.
  func advance() -> StepOutcome

  // MARK: Other processes

  /// Why a job of several processes cannot go on; nil where all is well or one process trains alone.
  var failure: RankFailure? { get }
  /// What the ranks of a job told of the newest step; nil where one process trains alone.
  var rankReports: RankReports? { get }
  /// Brings other processes to where this one stands. Called once, before the first step, on the
  /// thread that trains.
  func begin()
  /// Lets other processes end.
  func end()

  // MARK: Validation

  var isValidating: Bool { get }
  func beginValidation()
  func cancelValidation()
  /// Judges one batch of held-out data.
  /// - Returns: the loss over all of it after the last batch, nil before.
  func judgeOneBatch() -> LossTotal?
  /// How much was right at each length that is judged, of the newest validation; empty where none is.
  var judgedLengths: [NamedValues] { get }
  /// Hears of a finished validation.
  /// - Returns: the learning rate where it falls because of it.
  func validated(loss: Double) -> Double?

  // MARK: Commands

  func setLearningRate(_ rate: Double)
  /// - Throws: `PresetError` when the key cannot change now or the value does not fit.
  func change(key: String, value: String) throws(PresetError) -> LiveHyperparameters.Change
  /// Takes parameters to begin with instead of its own.
  func load(_ tensors: [NamedTensor]) throws(ParameterMismatch)
  func checkpoint(
    elapsed: Double, best: (loss: Double, step: Int)?, isValidationDue: Bool
  ) -> Checkpoint
  /// Goes back to where a checkpoint was made. Nothing changes when it does not fit.
  func restore(_ checkpoint: Checkpoint) throws(ParameterMismatch)

  // MARK: Looking

  /// Frames that are due; all that were asked for when `force` is set.
  func look(_ request: ProbeRequest, now: Double, force: Bool) -> [ProbeFrame]
  /// Frames that are due behind the newest step whether or not anybody watches.
  func recordedFrames() -> [ProbeFrame]
  /// Frames that are due behind the newest step for whoever looks back at it later; where somebody
  /// watches, of what is watched.
  func pastFrames(_ request: ProbeRequest) -> [ProbeFrame]
  /// Whether something is looked for that takes long, so that there is more to see soon.
  var isSearching: Bool { get }
  /// A range test of learning rates with a copy of what trains; nil where there is none.
  func rateRangeTest() -> RateRangeTest?
  /// The newest loss landscape with what a range test found; nil where there is none.
  func landscape(with test: LandscapeFrame.RateTest) -> ProbeFrame?
  /// Reads a text that a person typed.
  func read(_ text: String) throws(PresetError) -> ReadingFrame
}

/// What one step gave.
struct StepOutcome {
  var total: LossTotal
  /// Nil where nothing is learned, as `clipped` and `learningRate`.
  var gradientNorm: Double?
  var clipped: Bool?
  var learningRate: Double?
  /// Epochs finished when the step began.
  var epoch: Double
  /// What is not a number any more, and the weights were not changed; nil when all is well.
  var notFinite: String?
}

extension StepOutcome {
  /// A step that was not done, because another process is gone.
  init(lostAt epoch: Double) { self.init(total: LossTotal(), epoch: epoch) }
}

extension Workload {
  var judgedLengths: [NamedValues] { [] }
  var isSearching: Bool { false }
  var failure: RankFailure? { nil }
  var rankReports: RankReports? { nil }
  func rateRangeTest() -> RateRangeTest? { nil }
  func landscape(with test: LandscapeFrame.RateTest) -> ProbeFrame? { nil }
  func begin() {}
  func end() {}
}
