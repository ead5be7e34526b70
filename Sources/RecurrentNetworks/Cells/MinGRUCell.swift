import LinearAlgebra

/// Minimal gated recurrent unit (Feng et al. 2024, section 3.1), with gate order z, n.
typealias MinGRUCell<Scalar: NetworkScalar> = InputGatedCell<Scalar, MinGRUStep<Scalar>>

/// One step of the minimal gated recurrent unit:
///
///     z    = σ(U x + b)
///     n    = U x + b
///     s(t) = (1 − z) ⊙ s(t−1) + z ⊙ n
///
/// so that s(t) lies between s(t−1) and n, whose values nothing bounds.
enum MinGRUStep<Scalar: NetworkScalar>: InputGatedStep {
  static var description: CellDescription {
    CellDescription(
      gates: [
        CellDescription.Gate("update gate", "z"),
        CellDescription.Gate("candidate", "n", lowest: -1),
      ], candidate: 1, hasRecurrentWeights: false, gatesAreBounded: false, equations: .minGRU,
      reference: "Feng et al. 2024")
  }

  static func forward(_ gates: Matrix<Scalar>, previous: Matrix<Scalar>, state: Matrix<Scalar>) {
    Scalar.minGRUForward(
      rows: gates.rows, hidden: state.columns, gates: gates.base, previous: previous.base,
      previousStride: previous.stride, state: state.base, stateStride: state.stride)
  }

  static func backward(
    _ gates: Matrix<Scalar>, previous: Matrix<Scalar>, state: Matrix<Scalar>,
    dState: Matrix<Scalar>, dGates: Matrix<Scalar>, dPrevious: Matrix<Scalar>
  ) {
    Scalar.minGRUBackward(
      rows: gates.rows, hidden: state.columns, gates: gates.base, previous: previous.base,
      previousStride: previous.stride, dState: dState.base, dStateStride: dState.stride,
      dGates: dGates.base, dPrevious: dPrevious.base, dPreviousStride: dPrevious.stride)
  }

  static func slopes(
    _ gates: UnsafePointer<Scalar>, unit: Int, hidden: Int, before: Double, state: Double
  ) -> (kept: Double, gates: [Double]) {
    let (z, n) = (Double(gates[unit]), Double(gates[hidden + unit]))
    return (1 - z, [(n - before) * z * (1 - z), z])
  }
}

extension CellEquations {
  /// a(t) = b + U x(t) of every gate at once, where s(t−1) is asked by none.
  static let inputSum = [
    Equation(.preActivation(gate: nil), .sum([.bias(gate: nil), .inputSum(gate: nil)]))
  ]

  /// Gates z, n.
  static let minGRU: CellEquations = {
    let before = CellFormula.value(.state, .before)
    return CellEquations(
      forward: [
        inputSum,
        [
          Equation(.gate(0), .function(.sigmoid, .value(.preActivation(gate: 0)))),
          Equation(.gate(1), .value(.preActivation(gate: 1))),
        ],
        [
          Equation(
            .state,
            .sum([
              .hadamard([.complement(.gate(0)), before]), .hadamard([.gate(0), .gate(1)]),
            ]))
        ],
      ],
      fromFuture: [.hadamard([.complement(.gate(0, .after)), .gradient(.state, .after)])],
      backward: [
        [
          Equation(
            .preActivation(gate: 0),
            .hadamard([
              .stateGradient, .difference(.gate(1), before), .slope(.sigmoid, of: .gate(0)),
            ])),
          Equation(.preActivation(gate: 1), .hadamard([.stateGradient, .gate(0)])),
        ]
      ])
  }()
}
