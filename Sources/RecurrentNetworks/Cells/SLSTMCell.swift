import LinearAlgebra

/// The scalar memory of xLSTM (Beck et al. 2024, section 2.1), with gate order i, f, g, o and one head.
typealias SLSTMCell<Scalar: NetworkScalar> = CarryingCell<Scalar, SLSTMFormula<Scalar>>

/// One step of an LSTM whose input gate is exponential, and whose cell is divided by the sum of all
/// that it was given:
///
///     c̃(t) = f c̃(t−1) + e^a_i g,   n(t) = f n(t−1) + e^a_i,   s(t) = o ⊙ c̃(t) / n(t)
///
/// with f, o = σ(a), g = tanh(a) and a = U x + W s(t−1) + b. Neither c̃ nor n is kept, which overflow:
/// the quotient c = c̃ / n and the logarithm ℓ = log n are. So the logarithm of the normaliser is the
/// stabiliser, and the same numbers come out as with the authors' m:
///
///     ℓ(t) = log(f e^ℓ(t−1) + e^a_i)
///     i    = e^(a_i − ℓ(t))                    what the input is worth beside all before it, 0 to 1
///     c(t) = (1 − i) ⊙ c(t−1) + i ⊙ g
///     s(t) = o ⊙ c(t)
///
/// c(0) = ℓ(0) = 0: the mean begins at 0 with the weight of one input.
enum SLSTMFormula<Scalar: NetworkScalar>: CarryingFormula {
  static var description: CellDescription {
    CellDescription(
      gates: [
        CellDescription.Gate("input share", "i"), CellDescription.Gate("forget gate", "f"),
        CellDescription.Gate("candidate", "g", lowest: -1),
        CellDescription.Gate("output gate", "o"),
      ], candidate: 2, forgetGate: 1, cellParts: 2, equations: .sLSTM,
      reference: "Beck et al. 2024")
  }
  static var memories: [(name: String, lowest: Double)] { [("cell c", -1)] }

  static func forward(_ step: CarriedStep<Scalar>, state: Matrix<Scalar>) {
    Scalar.sLSTMForward(
      rows: state.rows, hidden: state.columns, gates: step.gates.base,
      previousCell: step.before.base, previousStride: step.before.stride, cell: step.cell.base,
      state: state.base, stateStride: state.stride)
  }

  static func backward(
    _ step: CarriedStep<Scalar>, dState: Matrix<Scalar>, dCell: Matrix<Scalar>,
    dGates: Matrix<Scalar>, dDiagonals: Matrix<Scalar>
  ) {
    Scalar.sLSTMBackward(
      rows: dState.rows, hidden: dState.columns, gates: step.gates.base,
      previousCell: step.before.base, previousStride: step.before.stride, cell: step.cell.base,
      dState: dState.base, dStateStride: dState.stride, dCell: dCell.base, dGates: dGates.base)
  }

  /// With u = log f + ℓ(t−1) and e = (g − c(t−1)) i (1 − i):
  ///
  ///     ∂c/∂a_i = e,  ∂c/∂u = −e,  ∂c/∂a_g = i (1 − g²),  ∂c/∂c(t−1) = 1 − i
  ///     ∂ℓ/∂a_i = i,  ∂ℓ/∂u = 1 − i,  ∂u/∂a_f = 1 − f,  ∂u/∂ℓ(t−1) = 1
  ///     ∂s/∂·   = o ∂c/∂·, and c o (1 − o) of a_o
  static func addJacobian(_ step: CarriedStep<Scalar>, to sum: inout JacobianSum) {
    let (activations, cell) = (step.gates.row(0), step.cell.row(0))
    let (before, hidden) = (step.before.row(0), sum.hidden)
    for unit in 0..<hidden {
      let (i, f) = (Double(activations[unit]), Double(activations[hidden + unit]))
      let g = Double(activations[2 * hidden + unit])
      let o = Double(activations[3 * hidden + unit])
      let e = (g - Double(before[unit])) * i * (1 - i)
      for (gate, factor) in [e, -e * (1 - f), i * (1 - g * g)].enumerated() {
        sum.add(factor, gate: gate, unit: unit, to: .cell)
        sum.add(o * factor, gate: gate, unit: unit)
      }
      sum.add(Double(cell[unit]) * o * (1 - o), gate: 3, unit: unit)
      sum.add(i, gate: 0, unit: unit, to: .second)
      sum.add((1 - i) * (1 - f), gate: 1, unit: unit, to: .second)
      sum.addDirect(1 - i, unit: unit, to: .cell, from: .cell)
      sum.addDirect(-e, unit: unit, to: .cell, from: .second)
      sum.addDirect(1 - i, unit: unit, to: .second, from: .second)
      sum.addDirect(o * (1 - i), unit: unit, from: .cell)
      sum.addDirect(-o * e, unit: unit, from: .second)
    }
  }
}

extension CellEquations {
  /// Gates i, f, g, o, of which i is known last.
  static let sLSTM: CellEquations = {
    let (before, normaliser) = (
      CellFormula.value(.cell, .before), CellFormula.value(.normaliser)
    )
    func activated(_ gate: Int, _ function: CellFormula.Function) -> Equation {
      Equation(.gate(gate), .function(function, .value(.preActivation(gate: gate))))
    }
    let input = CellFormula.value(.preActivation(gate: 0))
    let cellGradient = CellFormula.gradient(.cell)
    /// What the normaliser's past is asked at a step: ∂L/∂u.
    func kept(_ moment: CellFormula.Moment, past: CellFormula) -> CellFormula {
      .hadamard([
        .complement(.gate(0, moment)),
        .difference(
          .gradient(.normaliser, moment),
          .hadamard([
            .gradient(.cell, moment), .difference(.gate(2, moment), past), .gate(0, moment),
          ])),
      ])
    }
    return CellEquations(
      forward: [
        sharedSum,
        [activated(1, .sigmoid), activated(2, .tanh), activated(3, .sigmoid)],
        [
          Equation(
            .normaliser,
            .function(
              .logarithm,
              .sum([
                .hadamard([.gate(1), .function(.exponential, .value(.normaliser, .before))]),
                .function(.exponential, input),
              ])))
        ],
        [Equation(.gate(0), .function(.exponential, .difference(input, normaliser)))],
        [
          Equation(
            .cell,
            .sum([
              .hadamard([.complement(.gate(0)), before]), .hadamard([.gate(0), .gate(2)]),
            ]))
        ],
        [Equation(.state, .hadamard([.gate(3), .value(.cell)]))],
      ],
      backward: [
        [
          Equation(
            .cell,
            .sum([
              .hadamard([.stateGradient, .gate(3)]),
              .hadamard([.complement(.gate(0, .after)), .gradient(.cell, .after)]),
            ]))
        ],
        [Equation(.normaliser, kept(.after, past: .value(.cell)))],
        [
          Equation(
            .preActivation(gate: 0),
            .hadamard([
              .gate(0),
              .sum([
                .hadamard([
                  cellGradient, .difference(.gate(2), before), .complement(.gate(0)),
                ]), .gradient(.normaliser),
              ]),
            ])),
          Equation(
            .preActivation(gate: 1),
            .hadamard([kept(.now, past: before), .complement(.gate(1))])),
          Equation(
            .preActivation(gate: 2),
            .hadamard([cellGradient, .gate(0), .slope(.tanh, of: .gate(2))])),
          Equation(
            .preActivation(gate: 3),
            .hadamard([
              .stateGradient, .value(.cell), .slope(.sigmoid, of: .gate(3)),
            ])),
        ],
      ])
  }()
}
