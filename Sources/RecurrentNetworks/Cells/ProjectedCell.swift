/// What a projection makes of a cell (Sak et al. 2014): its units are no longer s(t) but m(t), and
/// s(t) = P m(t) is what layers above, the output and W read.
extension CellDescription {
  /// The same cell with a projection.
  var projected: CellDescription {
    var result = self
    result.projectedParts = 1
    result.equations = equations.projected
    return result
  }
}

extension CellEquations {
  fileprivate var projected: CellEquations {
    var result = self
    result.forward = forward.flatMap { group -> [[Equation]] in
      guard let state = group.first, group.count == 1, state.result == .state else {
        return [group]
      }
      return [
        [Equation(.memory, state.formula)],
        [Equation(.state, .projected(.value(.memory)))],
      ]
    }
    let back = backward.map { group in
      group.map { Equation($0.result, $0.formula.askingMemory) }
    }
    result.backward = [[Equation(.memory, .backThroughProjection(.stateGradient))]] + back
    return result
  }
}

extension CellFormula {
  /// The same formula with ∇m(t) in the place of ∇s(t).
  fileprivate var askingMemory: CellFormula {
    switch self {
    case .gradient(.state, let moment): .gradient(.memory, moment)
    case .sum(let parts): .sum(parts.map(\.askingMemory))
    case .hadamard(let parts): .hadamard(parts.map(\.askingMemory))
    case .difference(let a, let b): .difference(a.askingMemory, b.askingMemory)
    case .quotient(let a, let b): .quotient(a.askingMemory, b.askingMemory)
    case .complement(let a): .complement(a.askingMemory)
    case .function(let function, let a): .function(function, a.askingMemory)
    case .slope(let function, let a): .slope(function, of: a.askingMemory)
    case .value, .gradient, .bias, .inputSum, .recurrentSum, .backThroughWeights, .diagonal,
      .projected, .backThroughProjection:
      self
    }
  }
}
