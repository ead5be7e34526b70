import LinearAlgebra
import RecurrentNetworks
import SequenceData

/// Checks the gradients of a preset's own network on a few of its own sequences.
public enum PresetGradientCheck {
  /// Sequences and steps taken: finite differences cost four forward passes an entry.
  private static let sequences = 3
  private static let steps = 12

  /// Compares backpropagation through time with finite differences in double precision.
  ///
  /// - Parameters:
  ///   - preset: the network and the seed of its weights
  ///   - task: its data, of which a few short sequences are read
  ///   - entriesPerTensor: how many entries of each tensor are checked, spread evenly
  /// - Throws: `PresetError` when the network does not fit its data.
  public static func run(
    _ preset: Preset, task: TaskData, entriesPerTensor: Int
  ) throws(PresetError) -> GradientCheck {
    let network = try TaskNetwork(preset: preset, task: task)
    // In double precision everything is twice as long; a few short sequences make up for it.
    try TrainingMemory(network, preset: preset, task: task).check(limit: MachineMemory.bytes)
    var source = BatchSource(
      task.train, batch: sequences, sequenceLength: steps,
      seed: SeedStream.data(preset.training.seed), order: .shuffled, lineEnd: network.lineEnd)
    var data = DataBatch()
    source.next(into: &data)
    let packed = PackedBatch()
    var packer = BatchPacker(layout: network.rows)
    packer.pack(data, sequences: 0..<data.count, into: packed)
    var random = SeededRandom(seed: preset.training.seed, stream: SeedStream.weights)
    let parameters = ParameterVector<Double>(network.layout)
    parameters.initialise(using: &random)
    return GradientCheck(
      GradientCheck.Subject(
        network.builder.makeModel(Double.self), objective: network.objective,
        batch: packed.inDoublePrecision, parameters: parameters),
      entriesPerTensor: entriesPerTensor)
  }
}

extension RecurrentNetworks.SequenceBatch where Scalar == Float {
  /// The same batch in double precision.
  fileprivate var inDoublePrecision: RecurrentNetworks.SequenceBatch<Double> {
    let result = RecurrentNetworks.SequenceBatch<Double>()
    result.steps = steps
    result.targetSteps = targetSteps
    result.tokens = tokens
    result.targets = targets
    result.width = width
    result.vectors.assign((0..<vectors.count).map { Double(vectors[$0]) })
    result.targetValues.assign((0..<targetValues.count).map { Double(targetValues[$0]) })
    return result
  }
}
