import LinearAlgebra
import RecurrentNetworks
import SequenceData

/// A trained network in double precision, with memory of its own, for whoever looks at it as a
/// dynamic system.
final class DoubleNetwork {
  let network: TaskNetwork
  let model: any SequenceModel<Double>
  let parameters: ParameterVector<Double>
  let batch = RecurrentNetworks.SequenceBatch<Double>()
  private let arena = Arena<Double>()
  private let packed = PackedBatch()
  private var packer: BatchPacker
  /// Keeps states of the shortest segments alone, where training bounds its memory.
  private let memory: StateMemory?
  private lazy var gradient = ParameterVector<Double>(model.layout)

  /// - Parameters:
  ///   - network: what is looked at
  ///   - isBounded: whether gradients are computed in as little memory as there can be
  init(_ network: TaskNetwork, isBounded: Bool = false) {
    self.network = network
    let model = network.builder.makeModel(Double.self)
    self.model = model
    memory =
      isBounded
      ? StateMemory(measuring: model, width: network.builder.sizes.width, bytes: 0) : nil
    parameters = ParameterVector(model.layout)
    packer = BatchPacker(layout: network.rows)
  }

  /// Takes over the weights as they are now.
  func load(_ weights: ParameterVector<Float>) {
    for parameter in model.layout.parameters {
      for index in parameter.offset..<parameter.offset + parameter.count {
        parameters.base[index] = Double(weights.base[index])
      }
    }
  }

  /// Takes over weights that were copied.
  func load(_ weights: [Float]) {
    for (index, weight) in weights.prefix(parameters.count).enumerated() {
      parameters.base[index] = Double(weight)
    }
  }

  /// The system, with what was read last; nil where the network is none.
  func dynamics() -> (any NetworkDynamics)? {
    let symbols = network.builder.sizes.symbols ?? 0
    if let layers = LayerDynamics(self, symbols: symbols) { return layers }
    return FeedbackDynamics(self, symbols: symbols)
  }

  /// Reads these sequences, the network's own outputs fed back where it reads any. What it computed
  /// stands in the model until the next run.
  func run(_ data: DataBatch, sequences: some Collection<Int>) {
    pack(data, sequences: sequences)
    forward()
  }

  /// Takes these sequences in, without running them.
  func pack(_ data: DataBatch, sequences: some Collection<Int>) {
    packer.pack(data, sequences: sequences, into: packed)
    batch.steps = packed.steps
    batch.targetSteps = packed.targetSteps
    batch.width = packed.width
    func copy(_ from: ReusableBuffer<Int32>, to target: ReusableBuffer<Int32>) {
      target.resize(from.count)
      for i in 0..<from.count { target[i] = from[i] }
    }
    func widen(_ from: ReusableBuffer<Float>, to target: ReusableBuffer<Double>) {
      target.resize(from.count)
      for i in 0..<from.count { target[i] = Double(from[i]) }
    }
    copy(packed.tokens, to: batch.tokens)
    copy(packed.targets, to: batch.targets)
    widen(packed.vectors, to: batch.vectors)
    widen(packed.targetValues, to: batch.targetValues)
  }

  /// The mean loss of the packed sequences, each read from the network's own initial state and without
  /// dropout, and its gradient, which is valid until the next call.
  func lossGradient() -> (loss: Double, gradient: ParameterVector<Double>) {
    let gradient = gradient
    gradient.fill(0)
    arena.reset()
    let pass = Pass(parameters: parameters, gradient: gradient, arena: arena, memory: memory)
    let outputs = model.outputs(batch, pass)
    let targets = network.objective.targetCount(batch, outputWidth: network.outputWidth)
    let total = network.objective.evaluate(outputs, batch, scale: 1 / Double(max(1, targets)))
    model.backward(outputs, batch, pass)
    return (total.mean, gradient)
  }

  /// What the first sequence of the last run has at one step; nil where it reads nothing there.
  func input(ofFirst step: Int) -> ConstantInput? {
    guard let rows = batch.steps.readerOrder.first, rows.indices.contains(step) else { return nil }
    let row = rows[step]
    if batch.width > 0 {
      let start = row * batch.width
      guard start + batch.width <= batch.vectors.count else { return nil }
      return .vector((start..<start + batch.width).map { batch.vectors[$0] })
    }
    guard row < batch.tokens.count, batch.tokens[row] >= 0 else { return nil }
    return .symbol(Int(batch.tokens[row]))
  }

  /// Lets a system without input go on by itself.
  func unroll(steps: Int) {
    batch.steps.assign(lengths: [steps])
    forward()
  }

  private func forward() {
    arena.reset()
    _ = model.outputs(
      batch, Pass(parameters: parameters, arena: arena, teacherForcing: network.alone))
  }
}
