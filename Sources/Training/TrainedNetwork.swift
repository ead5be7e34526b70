import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// A network as a snapshot holds it, to be used without the data it was trained on.
public struct TrainedNetwork {
  /// As the snapshot was trained.
  public let preset: Preset
  /// The task without its data: vocabularies, widths and units.
  public let task: TaskData
  let network: TaskNetwork
  let parameters: ParameterVector<Float>

  /// - Throws: `PresetError` or `ParameterMismatch` when the checkpoint contradicts itself.
  public init(_ checkpoint: Checkpoint, file: String) throws {
    preset = try Preset(yaml: checkpoint.preset, file: file + "/preset.yaml", name: "snapshot")
    task = Self.task(of: checkpoint, kind: preset.task.kind)
    network = try TaskNetwork(
      preset: preset, task: task, hasOneVector: checkpoint.state.hasOneVector)
    // Before memory is taken that the file may not justify.
    try network.layout.check(checkpoint.parameters)
    parameters = ParameterVector(network.layout)
    try parameters.load(checkpoint.parameters)
  }

  /// What a checkpoint says of its task, without the data.
  static func task(of checkpoint: Checkpoint, kind: TaskKind) -> TaskData {
    let state = checkpoint.state
    var task = TaskData(
      kind: kind, train: .examples([]), inputVocabulary: state.inputVocabulary,
      outputVocabulary: state.outputVocabulary, inputWidth: state.inputWidth,
      outputWidth: state.outputWidth, targetName: state.targetName)
    task.normalisation = state.normalisation
    return task
  }

  /// Writes on after a prompt.
  ///
  /// - Parameters:
  ///   - prompt: what is read first; it is not part of the result
  ///   - length: symbols to write
  ///   - temperature: 1 draws from the network's own distribution, lower is more conservative, 0
  ///     always takes the likeliest symbol
  ///   - seed: of what is drawn
  ///   - threads: those that share the work on a large network; results do not depend on it
  /// - Throws: `PresetError` when the network is no language model, `DataError` naming a symbol of
  ///   the prompt that it does not know.
  public func sample(
    prompt: String, length: Int, temperature: Double, seed: UInt64, threads: Int = 1
  ) throws -> String {
    guard let generator = try TextGenerator(network: network, task: task, threads: threads),
      let vocabulary = task.inputVocabulary
    else {
      throw PresetError(
        description: "only a language model can be sampled; this one's task is "
          + task.kind.rawValue)
    }
    let symbols = try vocabulary.encode(prompt, from: "--prompt")
    var random = SeededRandom(seed: seed, stream: SeedStream.samples)
    FloatingPointMode.useOneBLASThread()
    return generator.text(
      parameters, length: length, temperature: temperature, prompt: symbols, random: &random)
  }
}
