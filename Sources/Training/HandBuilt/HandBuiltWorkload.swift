import RecurrentNetworks
import SequenceData
import TrainingEvents

/// A network whose weights were set by hand. It learns nothing: each step it reads the next strings
/// of its language and says of each whether it belongs. The loss of a string is the squared error
/// of the verdict, 0 when it is right and 1 when it is not.
final class HandBuiltWorkload: Workload {
  let preset: Preset
  let task: TaskData
  let language: FormalLanguage
  private(set) var network: HandBuiltNetwork<Float>
  private(set) var step = 0
  /// The strings of the newest step.
  private(set) var batch = DataBatch()
  private var source: BatchSource
  private(set) var isValidating = false
  private var probes = HandBuiltProbe()

  /// - Throws: `PresetError` when the data are not strings of a language that a network was
  ///   built for.
  init(preset: Preset, task: TaskData) throws(PresetError) {
    guard let language = FormalLanguage(rawValue: preset.task.data.location) else {
      throw PresetError(
        description: "\(preset.name): no network was built for \(preset.task.data.location)")
    }
    self.preset = preset
    self.task = task
    self.language = language
    network = HandBuiltNetwork(language.design)
    source = BatchSource(
      task.train, batch: preset.training.batch, sequenceLength: nil,
      seed: SeedStream.data(preset.training.seed), order: .shuffled, lineEnd: 0)
  }

  var epochs: Double { source.epochs }
  var batchesPerEpoch: Int { source.batchesPerEpoch }
  var baseLearningRate: Double? { nil }
  var untrainedLoss: Double? { nil }

  func advance() -> StepOutcome {
    let epoch = source.epochs
    source.next(into: &batch)
    var total = LossTotal()
    for n in 0..<batch.count {
      total = total + judge(batch.inputTokens(of: n), truth: batch.targetTokens(of: n).last)
    }
    step += 1
    return StepOutcome(total: total, epoch: epoch)
  }

  /// The states before the first symbol and after each one.
  func states(_ symbols: some Sequence<Int32>) -> [HandBuiltNetwork<Float>.State] {
    var states = [network.start]
    for symbol in symbols where network.design.alphabet.indices.contains(Int(symbol)) {
      states.append(network.next(states[states.count - 1], symbol: Int(symbol)))
    }
    return states
  }

  private func judge(_ symbols: some Sequence<Int32>, truth: Int32?) -> LossTotal {
    let verdict = states(symbols).last.map { network.verdict($0) }
    let isRight = verdict == (truth == 1 ? .accepted : .rejected)
    return LossTotal(sum: isRight ? 0 : 1, targets: 1, correct: isRight ? 1 : 0)
  }

  // MARK: Validation

  func beginValidation() { isValidating = !task.validation.isEmpty }
  func cancelValidation() { isValidating = false }

  func judgeOneBatch() -> LossTotal? {
    isValidating = false
    var total = LossTotal()
    guard case .examples(let examples) = task.validation else { return total }
    for example in examples {
      guard case .tokens(let symbols) = example.input,
        case .labels(let verdicts) = example.target
      else { continue }
      total = total + judge(symbols, truth: verdicts.last)
    }
    return total
  }

  func validated(loss: Double) -> Double? { nil }

  // MARK: Commands

  func setLearningRate(_ rate: Double) {}

  func change(key: String, value: String) throws(PresetError) -> LiveHyperparameters.Change {
    guard let address = WeightAddress(key) else {
      throw PresetError(description: "nothing is learned here: the weights were set by hand")
    }
    let (edited, change) = try network.editing(address, to: value)
    network = edited
    return change
  }

  func load(_ tensors: [NamedTensor]) throws(ParameterMismatch) {
    guard let edited = network.with(tensors) else {
      throw ParameterMismatch(
        description: "the weights are not of the network for \(network.design.name)")
    }
    network = edited
  }

  func checkpoint(
    elapsed: Double, best: (loss: Double, step: Int)?, isValidationDue: Bool
  ) -> Checkpoint {
    let state = ResumeState(
      step: step, source, of: task, elapsed: elapsed, best: best, isValidationDue: isValidationDue)
    return Checkpoint(
      preset: preset.resolvedText, parameters: network.tensors, moments: [], state: state)
  }

  func restore(_ checkpoint: Checkpoint) throws(ParameterMismatch) {
    try load(checkpoint.parameters)
    step = checkpoint.state.step
    source.restore(checkpoint.state.cursor)
  }

  // MARK: Looking

  func look(_ request: ProbeRequest, now: Double, force: Bool) -> [ProbeFrame] {
    probes.look(self, request, now: now, force: force)
  }

  func recordedFrames() -> [ProbeFrame] { [] }
  // What is set by hand stays as it is.
  func pastFrames(_ request: ProbeRequest) -> [ProbeFrame] { [] }

  func read(_ text: String) throws(PresetError) -> ReadingFrame {
    try probes.read(text, self)
  }

  var description: RunDescription {
    let units = network.units.count
    return RunDescription(
      name: preset.name, title: preset.title, lecture: preset.lecture, task: .handBuilt,
      network: "\(units) units by hand",
      parameterCount: network.tensors.reduce(0) { $0 + $1.values.count }, optimizer: "none",
      totalSteps: preset.training.steps, firstStep: step, clipNorm: nil, learningRate: nil,
      lossUnit: .squaredError,
      metric: MetricDescription(name: "accuracy", unit: "%", higherIsBetter: true),
      targetName: task.targetName,
      architecture: Architecture(
        shape: .handBuilt, cell: CellKind.tanh.rawValue, inputSize: task.inputWidth,
        hiddenSize: units, outputSize: 1),
      readsText: true)
  }
}

extension FormalLanguage {
  /// The network that was built to decide it; its inputs are in the alphabet's order.
  var design: HandBuiltDesign {
    switch self {
    case .brackets: .balancedParentheses
    case .anbn: .equalRuns
    case .twoBrackets: .twoBrackets
    }
  }
}
