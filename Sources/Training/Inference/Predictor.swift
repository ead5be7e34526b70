import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Answers inputs with what a snapshot holds, be it trained or set by hand. The data that it was
/// trained on is not needed.
public final class Predictor {
  private enum Use {
    case trained(TrainedNetwork, Probe, TextGenerator?)
    case handBuilt(HandBuiltWorkload)
  }

  /// Steps of a continuation, where no line's end comes first.
  private static let continuation = 40

  /// As the snapshot was trained.
  public let preset: Preset
  /// Makes inputs of a person's lines and files.
  public var queries: QueryReader
  private let use: Use
  private let step: Int
  private let threads: Int
  private lazy var batched: BatchedPredictions? = {
    guard case .trained(let network, let probe, _) = use else { return nil }
    return BatchedPredictions(probe, parameters: network.parameters, threads: threads)
  }()

  /// - Parameters:
  ///   - checkpoint: what the snapshot holds
  ///   - file: the snapshot's path, for messages
  ///   - beamWidth: hypotheses kept where the network writes; 1 is greedy
  ///   - threads: those that answer many inputs together; answers do not depend on it
  /// - Throws: `PresetError` or `ParameterMismatch` when the checkpoint contradicts itself.
  public init(_ checkpoint: Checkpoint, file: String, beamWidth: Int = 5, threads: Int = 1) throws {
    self.threads = max(1, threads)
    step = checkpoint.state.step
    let preset = try Preset(
      yaml: checkpoint.preset, file: file + "/preset.yaml", name: "snapshot")
    self.preset = preset
    FloatingPointMode.useOneBLASThread()
    guard preset.task.kind == .handBuilt else {
      let trained = try TrainedNetwork(checkpoint, file: file)
      let probe = try Probe(
        network: trained.network, task: trained.task, source: preset.task.data,
        seed: preset.training.seed)
      probe.beamWidth = max(1, beamWidth)
      queries = probe.queries
      use = .trained(
        trained, probe,
        try TextGenerator(network: trained.network, task: trained.task, threads: threads))
      return
    }
    let task = TrainedNetwork.task(of: checkpoint, kind: .handBuilt)
    queries = QueryReader(task, source: preset.task.data, hasOneVector: false)
    let network = try HandBuiltWorkload(preset: preset, task: task)
    try network.load(checkpoint.parameters)
    use = .handBuilt(network)
  }

  /// - Throws: `PresetError` where a hand-built network cannot read the input.
  public func predict(_ example: Example) throws(PresetError) -> Prediction {
    try FloatingPointMode.flushingDenormals { () throws(PresetError) in try answer(example) }
  }

  /// Inputs that are best answered together; 1 where they are answered one by one.
  public var batch: Int { batched == nil ? 1 : BatchedPredictions.batch * threads }

  /// The same answers for many inputs, without the states on the way.
  /// - Throws: `PresetError` where a hand-built network cannot read one of them.
  public func predict(_ examples: [Example]) throws(PresetError) -> [Prediction] {
    guard examples.count > 1, let batched else {
      var answers: [Prediction] = []
      for example in examples { answers.append(try predict(example)) }
      return answers
    }
    return FloatingPointMode.flushingDenormals { batched.predict(examples, step: step) }
  }

  private func answer(_ example: Example) throws(PresetError) -> Prediction {
    switch use {
    case .handBuilt(let network):
      let frame = try network.read(example.text)
      var prediction = Prediction(states: frame.states)
      prediction.text = frame.text
      prediction.answer = frame.answer
      prediction.labels = frame.states.prediction
      return prediction
    case .trained(let network, let probe, let generator):
      var prediction = probe.predict(example, network.parameters, step: step)
      if let generator { prediction.answer = continuation(of: example, network, generator) }
      return prediction
    }
  }

  /// How a text most likely goes on, to the end of its line where lines are what was learned.
  private func continuation(
    of example: Example, _ network: TrainedNetwork, _ generator: TextGenerator
  ) -> String {
    guard case .tokens(let tokens) = example.input else { return "" }
    // Taking the likeliest draws nothing.
    var random = SeededRandom(seed: 0)
    guard network.task.inputVocabulary?.end != nil else {
      return generator.text(
        network.parameters, length: Self.continuation, temperature: 0, prompt: tokens,
        random: &random
      ).split(separator: "\n", omittingEmptySubsequences: false).first.map { String($0) } ?? ""
    }
    let line =
      generator.lines(
        network.parameters, count: 1, length: Self.continuation, temperature: 0, prompt: tokens,
        random: &random
      ).first ?? ""
    return String(line.dropFirst(example.text.count))
  }
}
