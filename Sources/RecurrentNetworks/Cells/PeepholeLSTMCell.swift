import LinearAlgebra

/// Long short-term memory whose gates see its cell through weights of their own, one for each unit
/// (Gers and Schmidhuber 2000; Graves 2013, equations 7 to 11), with gate order i, f, g, o.
typealias PeepholeLSTMCell<Scalar: NetworkScalar> = CarryingCell<
  Scalar, PeepholeLSTMFormula<Scalar>
>

/// One step of long short-term memory with peepholes:
///
///     i, f = σ(U x + W s(t−1) + b + p ⊙ c(t−1)),  g = tanh(U x + W s(t−1) + b)
///     c(t) = f ⊙ c(t−1) + i ⊙ g
///     o    = σ(U x + W s(t−1) + b + p_o ⊙ c(t))
///     s(t) = o ⊙ tanh c(t)
enum PeepholeLSTMFormula<Scalar: NetworkScalar>: CarryingFormula {
  static var description: CellDescription {
    var result = LSTMFormula<Scalar>.description
    result.diagonals = CellDescription.Diagonals(
      name: "peepholes", symbol: "p", rows: ["i", "f", "o"])
    result.equations = .peepholeLSTM
    result.reference = "Gers and Schmidhuber 2000"
    return result
  }

  static var squashesCell: Bool { LSTMFormula<Scalar>.squashesCell }
  static var memories: [(name: String, lowest: Double)] { LSTMFormula<Scalar>.memories }

  static func forward(_ step: CarriedStep<Scalar>, state: Matrix<Scalar>) {
    Scalar.peepholeForward(
      rows: state.rows, hidden: state.columns, peepholes: step.diagonals.base,
      gates: step.gates.base, previousCell: step.before.base, previousStride: step.before.stride,
      cell: step.cell.base, tanhCell: step.squashed.base, state: state.base,
      stateStride: state.stride)
  }

  static func backward(
    _ step: CarriedStep<Scalar>, dState: Matrix<Scalar>, dCell: Matrix<Scalar>,
    dGates: Matrix<Scalar>, dDiagonals: Matrix<Scalar>
  ) {
    Scalar.peepholeBackward(
      rows: dState.rows, hidden: dState.columns, peepholes: step.diagonals.base,
      gates: step.gates.base, previousCell: step.before.base, previousStride: step.before.stride,
      cell: step.cell.base, tanhCell: step.squashed.base, dState: dState.base,
      dStateStride: dState.stride, dCell: dCell.base, dGates: dGates.base,
      dPeepholes: dDiagonals.base)
  }

  static func addJacobian(_ step: CarriedStep<Scalar>, to sum: inout JacobianSum) {
    step.addLSTMJacobian(to: &sum)
  }
}

extension CellEquations {
  /// Gates i, f, g, o, of which o is known last. The peepholes are those of i, f and o.
  static let peepholeLSTM: CellEquations = {
    let before = CellFormula.value(.cell, .before)
    let (tanhCell, cellGradient) = (
      CellFormula.function(.tanh, .value(.cell)), CellFormula.gradient(.cell)
    )
    func seen(_ peephole: Int, _ cell: CellFormula) -> [CellFormula] {
      [.hadamard([.diagonal(peephole), cell])]
    }
    func sum(_ gate: Int, _ seen: [CellFormula] = []) -> Equation {
      Equation(
        .preActivation(gate: gate),
        .sum([.bias(gate: gate), .recurrentSum(gate: gate)] + seen + [.inputSum(gate: gate)]))
    }
    func activated(_ gate: Int, _ function: CellFormula.Function) -> Equation {
      Equation(.gate(gate), .function(function, .value(.preActivation(gate: gate))))
    }
    func delta(_ gate: Int, _ function: CellFormula.Function, _ factors: CellFormula...)
      -> Equation
    {
      Equation(
        .preActivation(gate: gate), .hadamard(factors + [.slope(function, of: .gate(gate))]))
    }
    func later(_ peephole: Int, _ gate: Int) -> CellFormula {
      .hadamard([.diagonal(peephole), .gradient(.preActivation(gate: gate), .after)])
    }
    return CellEquations(
      forward: [
        [sum(0, seen(0, before)), sum(1, seen(1, before)), sum(2)],
        [activated(0, .sigmoid), activated(1, .sigmoid), activated(2, .tanh)],
        [
          Equation(
            .cell,
            .sum([.hadamard([.gate(1), before]), .hadamard([.gate(0), .gate(2)])]))
        ],
        [sum(3, seen(2, .value(.cell)))],
        [activated(3, .sigmoid)],
        [Equation(.state, .hadamard([.gate(3), tanhCell]))],
      ],
      backward: [
        [delta(3, .sigmoid, .stateGradient, tanhCell)],
        [
          Equation(
            .cell,
            .sum([
              .hadamard([.stateGradient, .gate(3), .slope(.tanh, of: tanhCell)]),
              .hadamard([.diagonal(2), .delta(3)]),
              .hadamard([.gate(1, .after), .gradient(.cell, .after)]), later(0, 0), later(1, 1),
            ]))
        ],
        [
          delta(0, .sigmoid, cellGradient, .gate(2)), delta(1, .sigmoid, cellGradient, before),
          delta(2, .tanh, cellGradient, .gate(0)),
        ],
      ])
  }()
}
