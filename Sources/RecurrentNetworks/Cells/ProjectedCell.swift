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
    if case .gradient(.state, let moment) = self { return .gradient(.memory, moment) }
    return mapped(\.askingMemory)
  }
}
