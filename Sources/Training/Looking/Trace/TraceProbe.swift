import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

extension Probe {
  /// Columns of the unfolded graph that are walked through: more cost more than anyone walks.
  private static let mostColumns = 48

  /// One sequence's unfolded graph with its numbers, forward and then back from its end.
  ///
  /// - Returns: nil for networks whose graph is not a chain of states in one direction.
  func trace(_ learner: Learner, batch: DataBatch, sequence: Int) -> GraphTrace? {
    let isChain = network.variant == .everyStep || network.variant == .final
    guard isChain, network.configuration.direction == .forward, batch.count > 0,
      network.objective != .connectionistTemporalClassification
    else { return nil }
    let n = ((sequence % batch.count) + batch.count) % batch.count
    part.packer.pack(batch, sequences: CollectionOfOne(n), into: part.batch)
    guard let walk = walk(learner.parameters) else { return nil }
    let count = min(walk.steps, Self.mostColumns)
    let columns = (0..<count).map { column(batch, n, $0, walk) }
    let stops = TraceStops(walk: walk, columns: columns)
    return GraphTrace(
      step: learner.step, sequence: n, sequenceCount: batch.count, columns: columns,
      stops: stops.forward + stops.backward)
  }

  /// Runs the packed sequence forward and back, and copies what the walk needs of it.
  private func walk(_ parameters: ParameterVector<Float>) -> TraceWalk? {
    part.batch.carried = nil
    part.arena.reset()
    part.gradient.fill(0)
    let pass = Pass(parameters: parameters, gradient: part.gradient, arena: part.arena)
    let outputs = part.model.outputs(part.batch, pass)
    let losses = RowLosses(
      losses: part.arena.scalars(outputs.rows), probabilities: part.arena.scalars(outputs.rows))
    let rawOutputs = TraceWalk.rows(outputs)
    let targets = network.objective.targetCount(part.batch, outputWidth: outputs.columns)
    _ = network.objective.evaluate(
      outputs, part.batch, scale: 1 / Float(max(1, targets)), each: losses)
    let outputGradients = TraceWalk.rows(outputs)
    part.model.backward(outputs, part.batch, pass)
    guard let stack = part.model.stacks.first?.stack, let states = stack.states.last?.values,
      let gradients = stack.stateGradients.last?.values, gradients.rows == states.rows
    else { return nil }
    let layers = network.configuration.layers
    func matrix(_ name: String) -> Matrix<Float>? {
      network.layout.parameters.first { $0.name == name }.map { parameters.matrix($0) }
    }
    guard let w = matrix("rnn.weight_hh_l\(layers - 1)"), let v = matrix("head.weight") else {
      return nil
    }
    return TraceWalk(
      isTanh: network.configuration.cell == .tanh, isFinal: network.variant == .final,
      layer: layers > 1 ? layers : nil, states: TraceWalk.rows(states),
      stateGradients: TraceWalk.rows(gradients), outputs: rawOutputs,
      outputGradients: outputGradients,
      losses: (0..<outputs.rows).map { Double(losses.losses[$0]) }, w: w, v: v)
  }

  private func column(
    _ batch: DataBatch, _ n: Int, _ t: Int, _ walk: TraceWalk
  ) -> GraphTrace.Column {
    var column = GraphTrace.Column(time: t + 1, input: symbol(batch, n, t))
    guard let row = walk.outputRow(of: t) else { return column }
    if walk.losses[row].isFinite { column.loss = walk.losses[row] }
    guard network.objective == .crossEntropy else {
      if let value = walk.outputs[row].first { column.output = ShortNumber.text(Double(value)) }
      return column
    }
    let target = part.batch.targets[row]
    if target >= 0 { column.target = outputName(target) } else { column.loss = nil }
    let (best, probability) = TraceWalk.likeliest(walk.outputs[row])
    column.output = outputName(Int32(best))
    column.probability = probability
    return column
  }
}
