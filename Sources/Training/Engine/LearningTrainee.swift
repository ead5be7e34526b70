import RecurrentNetworks
import SequenceData
import TrainingEvents

/// A network that learns: what learns, what judges it and what looks at it.
final class LearningTrainee: Trainee {
  private let learner: Learner
  private let evaluator: Evaluator
  private let looker: Looker

  /// - Throws: `PresetError` when the preset's network does not fit its data.
  init(
    preset: Preset, task: TaskData, threads: Int, looks: LookBudget
  ) throws(PresetError) {
    learner = try Learner(preset: preset, task: task, threads: threads)
    evaluator = try Evaluator(
      network: learner.network, pool: learner.pool, training: preset.training)
    looker = try Looker(
      network: learner.network, task: task, preset: preset, looks: looks)
  }

  var preset: Preset { learner.preset }
  var task: TaskData { learner.task }
  var description: RunDescription { learner.description }
  var step: Int { learner.step }
  var epochs: Double { learner.source.epochs }
  var batchesPerEpoch: Int { learner.source.batchesPerEpoch }
  var baseLearningRate: Double? { learner.baseLearningRate }

  var untrainedLoss: Double? { learner.untrainedLoss }

  func advance() -> StepOutcome {
    looker.prepare(learner)
    return learner.advance()
  }

  // MARK: Validation

  var isValidating: Bool { evaluator.isRunning }
  func beginValidation() { evaluator.begin(learner.task.validation) }
  func cancelValidation() { evaluator.cancel() }

  func judgeOneBatch() -> LossTotal? {
    guard !evaluator.advance(learner.parameters) else { return nil }
    looker.note(evaluator.answers, step: learner.step)
    return evaluator.total
  }

  func validated(loss: Double) -> Double? {
    guard learner.schedule.validated(loss: loss) else { return nil }
    return learner.schedule.rate(base: learner.baseLearningRate, step: learner.step + 1)
  }

  // MARK: Commands

  func setLearningRate(_ rate: Double) {
    var settings = learner.settings
    settings.training.optimizer.learningRate = rate
    learner.use(settings)
  }

  func change(key: String, value: String) throws(PresetError) -> Knob.Change {
    try Knob.change(key: key, value: value, in: learner)
  }

  func load(_ tensors: [NamedTensor]) throws(ParameterMismatch) {
    // An output layer that a file does not have keeps its random start.
    let given = Set(tensors.map(\.name))
    let own = learner.parameters.namedTensors().filter { !given.contains($0.name) }
    try learner.parameters.load(tensors + own)
  }

  func checkpoint(
    elapsed: Double, best: (loss: Double, step: Int)?, isValidationDue: Bool
  ) -> Checkpoint {
    learner.checkpoint(elapsed: elapsed, best: best, isValidationDue: isValidationDue)
  }

  func restore(_ checkpoint: Checkpoint) throws(ParameterMismatch) {
    try learner.restore(checkpoint)
    looker.forgetAnswers()
  }

  // MARK: Looking

  func look(_ request: ProbeRequest, now: Double, force: Bool) -> [ProbeFrame] {
    looker.look(learner, request, now: now, force: force)
  }

  func recordedFrames() -> [ProbeFrame] { looker.recordedFrames(learner) }

  func read(_ text: String) throws(PresetError) -> ReadingFrame {
    try looker.read(text, learner)
  }
}
