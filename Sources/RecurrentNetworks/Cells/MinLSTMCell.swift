import LinearAlgebra

/// Minimal long short-term memory (Feng et al. 2024, section 3.2), with gate order i, f, g.
typealias MinLSTMCell<Scalar: NetworkScalar> = InputGatedCell<Scalar, MinLSTMStep<Scalar>>

/// One step of the minimal long short-term memory:
///
///     i, f = σ(U x + b)
///     g    = U x + b
///     s(t) = f / (i + f) ⊙ s(t−1) + i / (i + f) ⊙ g
///
/// Both gates together are scaled to 1, so that s(t) lies between s(t−1) and g, whose values nothing
/// bounds.
enum MinLSTMStep<Scalar: NetworkScalar>: InputGatedStep {
  static var description: CellDescription {
    CellDescription(
      gates: [
        CellDescription.Gate("input gate", "i"), CellDescription.Gate("forget gate", "f"),
        CellDescription.Gate("candidate", "g", lowest: -1),
      ], candidate: 2, hasRecurrentWeights: false, gatesAreBounded: false, forgetGate: 1,
      equations: .minLSTM, reference: "Feng et al. 2024")
  }

  static func forward(_ gates: Matrix<Scalar>, previous: Matrix<Scalar>, state: Matrix<Scalar>) {
    Scalar.minLSTMForward(
      rows: gates.rows, hidden: state.columns, gates: gates.base, previous: previous.base,
      previousStride: previous.stride, state: state.base, stateStride: state.stride)
  }

  static func backward(
    _ gates: Matrix<Scalar>, previous: Matrix<Scalar>, state: Matrix<Scalar>,
    dState: Matrix<Scalar>, dGates: Matrix<Scalar>, dPrevious: Matrix<Scalar>
  ) {
    Scalar.minLSTMBackward(
      rows: gates.rows, hidden: state.columns, gates: gates.base, previous: previous.base,
      previousStride: previous.stride, state: state.base, stateStride: state.stride,
      dState: dState.base, dStateStride: dState.stride, dGates: dGates.base,
      dPrevious: dPrevious.base, dPreviousStride: dPrevious.stride)
  }

  static func slopes(
    _ gates: UnsafePointer<Scalar>, unit: Int, hidden: Int, before: Double, state: Double
  ) -> (kept: Double, gates: [Double]) {
    let (i, f) = (Double(gates[unit]), Double(gates[hidden + unit]))
    let g = Double(gates[2 * hidden + unit])
    let (written, kept) = (i / (i + f), f / (i + f))
    return (
      kept, [(g - state) * written * (1 - i), (before - state) * kept * (1 - f), written]
    )
  }
}

extension CellEquations {
  /// Gates i, f, g.
  static let minLSTM: CellEquations = {
    let before = CellFormula.value(.state, .before)
    func share(_ part: CellFormula, _ moment: CellFormula.Moment = .now) -> CellFormula {
      .quotient(part, .sum([.gate(0, moment), .gate(1, moment)]))
    }
    func delta(_ gate: Int, toward target: CellFormula) -> Equation {
      Equation(
        .preActivation(gate: gate),
        .hadamard([
          .stateGradient, .difference(target, .state), share(.gate(gate)),
          .complement(.gate(gate)),
        ]))
    }
    return CellEquations(
      forward: [
        inputSum,
        [
          Equation(.gate(0), .function(.sigmoid, .value(.preActivation(gate: 0)))),
          Equation(.gate(1), .function(.sigmoid, .value(.preActivation(gate: 1)))),
          Equation(.gate(2), .value(.preActivation(gate: 2))),
        ],
        [
          Equation(
            .state,
            .sum([
              share(.hadamard([.gate(1), before])), share(.hadamard([.gate(0), .gate(2)])),
            ]))
        ],
      ],
      fromFuture: [
        .hadamard([share(.gate(1, .after), .after), .gradient(.state, .after)])
      ],
      backward: [
        [
          delta(0, toward: .gate(2)), delta(1, toward: before),
          Equation(.preActivation(gate: 2), .hadamard([.stateGradient, share(.gate(0))])),
        ]
      ])
  }()
}
