extension CellDescription {
  /// Whether what it adds up can be normalised: a cell without gates, a GRU or an LSTM.
  public var canNormalise: Bool { hasRecurrentWeights && cellParts < 2 }

  /// The same cell with normalised sums.
  var normalised: CellDescription {
    var result = self
    result.isNormalised = true
    result.equations = equations.normalised(keepsRecurrentBias: keepsRecurrentBias)
    return result
  }
}

extension CellEquations {
  /// The same with u(t) = U x(t) and w(t) = W s(t−1) by themselves, and what is normalised of them.
  fileprivate func normalised(keepsRecurrentBias: Bool) -> CellEquations {
    var result = self
    func replaced(_ groups: [[Equation]]) -> [[Equation]] {
      groups.map { group in
        group.map { Equation($0.result, $0.formula.normalised(keepsRecurrentBias)) }
      }
    }
    result.forward =
      [
        [
          Equation(.inputProduct(gate: nil), .inputSum(gate: nil)),
          Equation(.recurrentProduct(gate: nil), .recurrentSum(gate: nil)),
        ]
      ] + replaced(forward)
    let intoPast = CellFormula.gradient(
      keepsRecurrentBias ? .recurrentSum(gate: nil) : .preActivation(gate: nil))
    result.backward =
      replaced(backward) + [
        [
          Equation(
            .inputProduct(gate: nil),
            .throughNormalisation(
              of: .value(.inputProduct(gate: nil)),
              .hadamard([
                .inputGain(gate: nil), .gradient(.preActivation(gate: nil)),
              ]))),
          Equation(
            .recurrentProduct(gate: nil),
            .throughNormalisation(
              of: .value(.recurrentProduct(gate: nil)),
              .hadamard([.recurrentGain(gate: nil), intoPast]))),
        ]
      ]
    return result
  }
}

extension CellFormula {
  fileprivate func normalised(_ keepsBias: Bool) -> CellFormula {
    switch self {
    case .inputSum(let gate):
      return .hadamard([
        .inputGain(gate: gate), .function(.normalise, .value(.inputProduct(gate: gate))),
      ])
    case .recurrentSum(let gate):
      let part = CellFormula.hadamard([
        .recurrentGain(gate: gate), .function(.normalise, .value(.recurrentProduct(gate: gate))),
      ])
      return keepsBias ? .sum([part, .recurrentBias(gate: gate)]) : part
    default: return mapped { $0.normalised(keepsBias) }
    }
  }
}
