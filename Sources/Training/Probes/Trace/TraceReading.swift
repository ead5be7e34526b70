import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// Copies a network's layers out of its last pass, with what each of them read.
struct TraceReading {
  let probe: Probe
  let parameters: ParameterVector<Float>

  var roles: ParameterRoles { probe.part.model.roles }

  // MARK: Inputs

  /// The data's own symbols or vectors.
  func data() -> TraceInput {
    let batch = probe.part.batch
    let steps = batch.steps.stepCount
    guard probe.network.variant != .autonomous else { return TraceInput() }
    guard let symbols = probe.network.builder.sizes.symbols else {
      return TraceInput(name: .data, vectors: batch.inputMatrix.rowCopies)
    }
    let embedding = roles.inputEmbedding.map { parameters[$0] }
    return TraceInput(
      name: .data, symbols: (0..<steps).map { batch.tokens[$0] }, embedding: embedding,
      symbolWidth: embedding?.columns ?? symbols)
  }

  /// The symbol written before, over steps that are the batch's own; with the vector behind it
  /// that enters every step.
  func written() -> TraceInput {
    var input = before(steps: probe.part.batch.steps)
    if let r = roles.vectorWeight, probe.part.batch.inputMatrix.rows > 0 {
      input.addend = parameters[r].transposedTimes(probe.part.batch.inputMatrix.copy(ofRow: 0))
    }
    return input
  }

  /// The symbol written before each step.
  func before(steps: PackedSteps) -> TraceInput {
    let embedding = roles.targetEmbedding.map { parameters[$0] }
    return TraceInput(
      name: .written,
      symbols: (0..<steps.stepCount).map { $0 > 0 ? probe.part.batch.targets[$0 - 1] : -1 },
      embedding: embedding,
      symbolWidth: embedding?.columns ?? probe.network.builder.sizes.outputs)
  }

  // MARK: Layers

  /// Layer by layer, with the directions of each.
  func layers(
    of stack: StackView<Float>, part: GraphTrace.Layer.Part = .whole, first: TraceInput
  ) -> [[TraceLayer]] {
    let count = stack.layers.map(\.number).max() ?? 0
    var result: [[TraceLayer]] = []
    for number in 1...max(1, count) {
      let below = TracePart.handingOn(result, isResidual: stack.isResidual)
      let input =
        result.isEmpty
        ? nil
        : TraceInput(
          name: .below(below.map { $0.map(\.name) }),
          vectors: (0..<(result.first?.first?.steps ?? 0)).map { t in
            below.flatMap { TracePart.sum($0, t) }
          })
      result.append(
        stack.layers.filter { $0.number == number }.map {
          TraceLayer(
            $0, part: part, isOneOfSeveral: count > 1, input: input ?? first,
            parameters: parameters)
        })
    }
    return result
  }

  /// ∇R = x (Σ δ)ᵀ, where a vector entered every step.
  func vectorGradient(_ layer: TraceLayer) -> GraphTrace.Node? {
    guard let r = roles.vectorWeight.map({ parameters[$0] }),
      probe.part.batch.inputMatrix.rows > 0, let first = layer.inputDeltas.first
    else { return nil }
    let x = probe.part.batch.inputMatrix.copy(ofRow: 0)
    let sum = layer.inputDeltas.dropFirst().reduce(first) { $0.adding($1) }
    let (vector, parameter) = (GraphTrace.Variable(.input), layer.parameter(.vector))
    let name = GraphTrace.Variable(.parameter(parameter), isGradient: true)
    // Without a time, δ is the sum over all steps.
    let all = GraphTrace.Variable(
      layer.intoInput, layer: layer.name, isGradient: true)
    return GraphTrace.Node(
      .backward, column: 0, place: .input,
      equations: [GraphTrace.Equation(name, .outer(.variable(vector), .variable(all)))],
      terms: [
        GraphTrace.Term(.vector, .variable(vector), value: x.norm),
        GraphTrace.Term(.allSteps, .variable(all), value: sum.norm),
        GraphTrace.Term(
          .passedOn, .product(parameter, .variable(all)), value: r.times(sum).norm),
        GraphTrace.Term(.total, .variable(name), value: x.norm * sum.norm),
      ], values: [GraphTrace.Values(vector, x), GraphTrace.Values(all, sum)])
  }
}
