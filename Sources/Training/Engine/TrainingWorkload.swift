import RecurrentNetworks
import SequenceData
import TrainingEvents

/// A network that learns: what learns, what judges it and what looks at it.
final class TrainingWorkload: Workload {
  private let trainer: Trainer
  private let evaluator: Evaluator
  /// Judges at other lengths than those trained on, in this process alone.
  private let lengths: Evaluator
  private(set) var judgedLengths: [NamedValues] = []
  private let probes: ProbeRunner
  /// What other processes are told that train the same network; nil where there are none.
  private let lead: RankLead?

  /// - Throws: `PresetError` when the preset's network does not fit its data.
  init(
    preset: Preset, task: TaskData, threads: Int, looks: LookBudget, group: RankGroup? = nil
  ) throws(PresetError) {
    trainer = try Trainer(
      preset: preset, task: task, threads: threads, communicator: group?.communicator)
    lead =
      if let group, let exchange = trainer.exchange {
        RankLead(trainer, exchange, group)
      } else {
        nil
      }
    evaluator = try Evaluator(
      network: trainer.network, pool: trainer.pool, training: preset.training,
      channel: trainer.exchange?.channel, reports: trainer.exchange?.reports)
    lengths = try Evaluator(
      network: trainer.network, pool: trainer.pool, training: preset.training)
    probes = try ProbeRunner(
      network: trainer.network, task: task, preset: preset, looks: looks)
  }

  var preset: Preset { trainer.preset }
  var task: TaskData { trainer.task }
  var description: RunDescription {
    var description = trainer.description
    description.hosts = lead?.hosts ?? []
    description.averagesWeights = trainer.average != nil
    return description
  }
  var step: Int { trainer.step }
  var epochs: Double { trainer.source.epochs }
  var batchesPerEpoch: Int { trainer.source.batchesPerEpoch }
  var baseLearningRate: Double? { trainer.baseLearningRate }

  var untrainedLoss: Double? { trainer.untrainedLoss }

  func advance() -> StepOutcome {
    probes.prepare(trainer)
    guard let lead else { return trainer.advance() }
    return lead.step { trainer.advance() }
  }

  // MARK: Other processes

  var failure: RankFailure? { lead?.failure }
  var rankReports: RankReports? { lead?.reports }
  func begin() { lead?.begin() }
  func end() { lead?.end() }

  // MARK: Validation

  var isValidating: Bool { evaluator.isRunning || lengths.isRunning }

  func beginValidation() {
    judgedLengths = []
    evaluator.begin(trainer.task.validation)
  }

  func cancelValidation() {
    evaluator.cancel()
    lengths.cancel()
  }

  /// The validation's own data first, then each length that is judged.
  func judgeOneBatch() -> LossTotal? {
    if lengths.isRunning { return judgeALength() }
    // A validation may have begun before other processes were there, as in a run that is gone on with.
    lead?.tell(.judge(isFirst: evaluator.isAtStart))
    guard !evaluator.advance(trainer.judgedWeights), failure == nil else { return nil }
    probes.note(evaluator.answers, step: trainer.step)
    return nextLength()
  }

  private func judgeALength() -> LossTotal? {
    guard !lengths.advance(trainer.judgedWeights) else { return nil }
    let (total, steps) = (lengths.total, task.judged[judgedLengths.count].steps)
    judgedLengths.append(
      NamedValues(
        name: JudgedLength(steps: steps).seriesName, steps: [trainer.step],
        numbers: [100 * Double(total.correct) / Double(max(1, total.targets))]))
    return nextLength()
  }

  /// Begins with the next length; where none is left, the loss over the validation's own data.
  private func nextLength() -> LossTotal? {
    guard task.judged.indices.contains(judgedLengths.count) else { return evaluator.total }
    lengths.begin(task.judged[judgedLengths.count].data)
    return nil
  }

  func validated(loss: Double) -> Double? {
    lead?.tell(.change(.validated(loss)))
    guard trainer.schedule.validated(loss: loss) else { return nil }
    return trainer.schedule.rate(base: trainer.baseLearningRate, step: trainer.step + 1)
  }

  // MARK: Commands

  func setLearningRate(_ rate: Double) {
    lead?.tell(.change(.learningRate(rate)))
    trainer.make(.learningRate(rate))
  }

  func change(key: String, value: String) throws(PresetError) -> LiveHyperparameters.Change {
    let change = try LiveHyperparameters.change(key: key, value: value, in: trainer)
    lead?.tell(.change(.setting(key: key, value: value)))
    if WeightAddress(key) != nil { probes.landscape.forgetWeights() }
    return change
  }

  func load(_ tensors: [NamedTensor]) throws(ParameterMismatch) {
    // An output layer that a file does not have keeps its random start.
    let given = Set(tensors.map(\.name))
    let own = trainer.parameters.namedTensors().filter { !given.contains($0.name) }
    try trainer.parameters.load(tensors + own)
    trainer.average?.begin(with: trainer.parameters)
  }

  func checkpoint(
    elapsed: Double, best: (loss: Double, step: Int)?, isValidationDue: Bool
  ) -> Checkpoint {
    lead?.collectState()
    return trainer.checkpoint(elapsed: elapsed, best: best, isValidationDue: isValidationDue)
  }

  func restore(_ checkpoint: Checkpoint) throws(ParameterMismatch) {
    try trainer.restore(checkpoint)
    lead?.distributeState()
    probes.forgetAnswers()
  }

  // MARK: Looking

  func look(_ request: ProbeRequest, now: Double, force: Bool) -> [ProbeFrame] {
    probes.look(trainer, request, now: now, force: force)
  }

  var isSearching: Bool { probes.isSearching }
  func rateRangeTest() -> RateRangeTest? {
    trainer.exchange == nil && trainer.step > 0 ? RateRangeTest(trainer) : nil
  }

  func landscape(with test: LandscapeFrame.RateTest) -> ProbeFrame? {
    .landscape(probes.landscape.frame(with: test))
  }

  func recordedFrames() -> [ProbeFrame] { probes.recordedFrames(trainer) }
  func pastFrames(_ request: ProbeRequest) -> [ProbeFrame] { probes.pastFrames(trainer, request) }

  func read(_ text: String) throws(PresetError) -> ReadingFrame {
    try probes.read(text, trainer)
  }
}
