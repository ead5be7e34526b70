import RecurrentNetworks
import SequenceData
import TrainingEvents

/// A network that learns: what learns, what judges it and what looks at it.
final class TrainingWorkload: Workload {
  private let trainer: Trainer
  private let evaluator: Evaluator
  private let probes: ProbeRunner

  /// - Throws: `PresetError` when the preset's network does not fit its data.
  init(
    preset: Preset, task: TaskData, threads: Int, looks: LookBudget
  ) throws(PresetError) {
    trainer = try Trainer(preset: preset, task: task, threads: threads)
    evaluator = try Evaluator(
      network: trainer.network, pool: trainer.pool, training: preset.training)
    probes = try ProbeRunner(
      network: trainer.network, task: task, preset: preset, looks: looks)
  }

  var preset: Preset { trainer.preset }
  var task: TaskData { trainer.task }
  var description: RunDescription { trainer.description }
  var step: Int { trainer.step }
  var epochs: Double { trainer.source.epochs }
  var batchesPerEpoch: Int { trainer.source.batchesPerEpoch }
  var baseLearningRate: Double? { trainer.baseLearningRate }

  var untrainedLoss: Double? { trainer.untrainedLoss }

  func advance() -> StepOutcome {
    probes.prepare(trainer)
    return trainer.advance()
  }

  // MARK: Validation

  var isValidating: Bool { evaluator.isRunning }
  func beginValidation() { evaluator.begin(trainer.task.validation) }
  func cancelValidation() { evaluator.cancel() }

  func judgeOneBatch() -> LossTotal? {
    guard !evaluator.advance(trainer.parameters) else { return nil }
    probes.note(evaluator.answers, step: trainer.step)
    return evaluator.total
  }

  func validated(loss: Double) -> Double? {
    guard trainer.schedule.validated(loss: loss) else { return nil }
    return trainer.schedule.rate(base: trainer.baseLearningRate, step: trainer.step + 1)
  }

  // MARK: Commands

  func setLearningRate(_ rate: Double) {
    var settings = trainer.settings
    settings.training.optimizer.learningRate = rate
    trainer.use(settings)
  }

  func change(key: String, value: String) throws(PresetError) -> LiveHyperparameters.Change {
    try LiveHyperparameters.change(key: key, value: value, in: trainer)
  }

  func load(_ tensors: [NamedTensor]) throws(ParameterMismatch) {
    // An output layer that a file does not have keeps its random start.
    let given = Set(tensors.map(\.name))
    let own = trainer.parameters.namedTensors().filter { !given.contains($0.name) }
    try trainer.parameters.load(tensors + own)
  }

  func checkpoint(
    elapsed: Double, best: (loss: Double, step: Int)?, isValidationDue: Bool
  ) -> Checkpoint {
    trainer.checkpoint(elapsed: elapsed, best: best, isValidationDue: isValidationDue)
  }

  func restore(_ checkpoint: Checkpoint) throws(ParameterMismatch) {
    try trainer.restore(checkpoint)
    probes.forgetAnswers()
  }

  // MARK: Looking

  func look(_ request: ProbeRequest, now: Double, force: Bool) -> [ProbeFrame] {
    probes.look(trainer, request, now: now, force: force)
  }

  func recordedFrames() -> [ProbeFrame] { probes.recordedFrames(trainer) }
  func pastFrames(_ request: ProbeRequest) -> [ProbeFrame] { probes.pastFrames(trainer, request) }

  func read(_ text: String) throws(PresetError) -> ReadingFrame {
    try probes.read(text, trainer)
  }
}
