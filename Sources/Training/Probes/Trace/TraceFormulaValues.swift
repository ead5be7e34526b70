import RecurrentNetworks
import TrainingEvents

/// What a cell's formulas come to at a step.
extension TraceFormula {
  /// nil where the formula asks for a step after the last.
  func value(_ formula: CellFormula, _ t: Int) -> [Float]? {
    switch formula {
    case .value(let quantity, let moment): return step(moment, t).map { value(quantity, $0) }
    case .gradient(let quantity, let moment):
      return step(moment, t).map { gradient(quantity, $0) }
    case .bias(let gate): return Array(layer.bias[layer.block(gate)])
    case .recurrentBias(let gate): return layer.recurrentBias.map { Array($0[layer.block(gate)]) }
    case .inputGain(let gate): return Array(layer.inputGain[layer.block(gate)])
    case .recurrentGain(let gate): return Array(layer.recurrentGain[layer.block(gate)])
    case .throughNormalisation(let a, let b):
      guard let a = value(a, t), let b = value(b, t) else { return nil }
      return layer.throughNormalisation(of: a, b)
    case .function(.normalise, let a): return value(a, t).map(layer.normalised)
    case .inputSum, .recurrentSum: return added(addends(formula, t))
    case .backThroughWeights: return layer.after(t).map(layer.toPast)
    case .sum(let parts): return added(parts.flatMap { addends($0, t) })
    case .hadamard(let parts):
      let factors = parts.compactMap { value($0, t) }
      guard factors.count == parts.count, let first = factors.first else { return nil }
      return factors.dropFirst().reduce(first) { $0.times($1) }
    case .difference(let a, let b):
      guard let a = value(a, t), let b = value(b, t) else { return nil }
      return a.subtracting(b)
    case .quotient(let a, let b):
      guard let a = value(a, t), let b = value(b, t) else { return nil }
      return zip(a, b).map { $0 / $1 }
    case .scaled(let factor, let a): return value(a, t)?.map { Float(factor) * $0 }
    case .complement(let a): return value(a, t)?.map { 1 - $0 }
    case .function(let function, let a): return value(a, t)?.map(function.apply)
    case .slope(let function, let a): return value(a, t)?.map(function.slope)
    case .diagonal(let index): return layer.diagonals[index]
    case .projected(let a, let block):
      guard let projection = layer.projection(block) else { return nil }
      return value(a, t).map(projection.times)
    case .backThroughProjection(let a, let block):
      guard let projection = layer.projection(block) else { return nil }
      return value(a, t).map(projection.transposedTimes)
    }
  }

  private func added(_ addends: [Addend]) -> [Float]? {
    guard let first = addends.first else { return nil }
    return addends.dropFirst().reduce(first.values) { $0.adding($1.values) }
  }

  func value(_ quantity: CellFormula.Quantity, _ t: Int) -> [Float] {
    switch quantity {
    case .preActivation(let gate): return Array(layer.preActivation(t)[layer.block(gate)])
    case .recurrentSum(let gate): return Array(layer.recurrentSum(t)[layer.block(gate)])
    case .inputProduct(let gate): return Array(layer.inputProduct(t)[layer.block(gate)])
    case .recurrentProduct(let gate): return Array(layer.fromPast(t)[layer.block(gate)])
    case .gate(let gate): return layer.gates[gate][t]
    case .cell: return Array(layer.cell(t).prefix(layer.cellUnits))
    case .normaliser, .imaginary: return Array(layer.cell(t).dropFirst(layer.cellUnits))
    case .state: return layer.states.indices.contains(t) ? layer.states[t] : layer.initial
    case .memory: return layer.memory[t]
    case .proposedState, .proposedCell:
      // The network keeps what is made of it alone.
      return equation(layer.description.equations.forward, quantity).flatMap { value($0, t) } ?? []
    }
  }

  func gradient(_ quantity: CellFormula.Quantity, _ t: Int) -> [Float] {
    switch quantity {
    case .preActivation(let gate): Array(layer.deltas[t][layer.block(gate)])
    case .recurrentSum(let gate): Array(layer.recurrentDeltas[t][layer.block(gate)])
    case .inputProduct(let gate): Array(layer.inputDeltas[t][layer.block(gate)])
    case .recurrentProduct(let gate): Array(layer.productDeltas[t][layer.block(gate)])
    case .gate: []
    case .cell: Array(cellGradients[t].prefix(layer.cellUnits))
    case .proposedState:
      equation(layer.description.equations.backward, quantity).flatMap { value($0, t) } ?? []
    case .proposedCell, .normaliser, .imaginary: Array(cellGradients[t].dropFirst(layer.cellUnits))
    case .state: layer.gradients[t]
    case .memory: layer.projection?.transposedTimes(layer.gradients[t]) ?? []
    }
  }

  private func equation(
    _ groups: [[CellEquations.Equation]], _ quantity: CellFormula.Quantity
  ) -> CellFormula? {
    groups.joined().first { $0.result == quantity }?.formula
  }
}
