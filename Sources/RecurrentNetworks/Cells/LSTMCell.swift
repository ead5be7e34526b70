import LinearAlgebra

/// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate by Gers et al. 2000), with
/// PyTorch's gate order i, f, g, o.
typealias LSTMCell<Scalar: NetworkScalar> = CarryingCell<Scalar, LSTMFormula<Scalar>>

/// One step of long short-term memory:
///
///     i, f, o = σ(U x + W s(t−1) + b),  g = tanh(…)
///     c(t) = f ⊙ c(t−1) + i ⊙ g
///     s(t) = o ⊙ tanh c(t)
enum LSTMFormula<Scalar: NetworkScalar>: CarryingFormula {
  static var description: CellDescription {
    CellDescription(
      gates: [
        CellDescription.Gate("input gate", "i"), CellDescription.Gate("forget gate", "f"),
        CellDescription.Gate("candidate", "g", lowest: -1),
        CellDescription.Gate("output gate", "o"),
      ], candidate: 2, forgetGate: 1, cellParts: 1, equations: .lstm,
      reference: "Deep Learning section 10.10.1")
  }
  static var squashesCell: Bool { true }
  static var memories: [(name: String, lowest: Double)] { [("cell tanh c", -1)] }

  static func forward(_ step: CarriedStep<Scalar>, state: Matrix<Scalar>) {
    Scalar.lstmForward(
      rows: state.rows, hidden: state.columns, gates: step.gates.base,
      previousCell: step.before.base, previousStride: step.before.stride, cell: step.cell.base,
      tanhCell: step.squashed.base, state: state.base, stateStride: state.stride)
  }

  static func backward(
    _ step: CarriedStep<Scalar>, dState: Matrix<Scalar>, dCell: Matrix<Scalar>,
    dGates: Matrix<Scalar>, dDiagonals: Matrix<Scalar>
  ) {
    Scalar.lstmBackward(
      rows: dState.rows, hidden: dState.columns, gates: step.gates.base,
      previousCell: step.before.base, previousStride: step.before.stride,
      tanhCell: step.squashed.base, dState: dState.base, dStateStride: dState.stride,
      dCell: dCell.base, dGates: dGates.base)
  }

  static func addJacobian(_ step: CarriedStep<Scalar>, to sum: inout JacobianSum) {
    step.addLSTMJacobian(to: &sum)
  }
}

extension CarriedStep {
  /// Of an LSTM, with peepholes p where the step has them, and 0 in their place where not. With
  /// c = f c′ + i g and s = o tanh c, where c′ = c(t−1) and k = tanh c · o (1−o):
  ///
  ///     ∂c/∂s′ = diag(c′ f(1−f)) W_f + diag(g i(1−i)) W_i + diag(i (1−g²)) W_g
  ///     ∂c/∂c′ = diag(f + p_i g i(1−i) + p_f c′ f(1−f))
  ///     ∂s/∂·  = diag(o (1−tanh² c) + p_o k) ∂c/∂·, and diag(k) W_o more of s′
  func addLSTMJacobian(to sum: inout JacobianSum) {
    let (activations, squashed, before) = (gates.row(0), squashed.row(0), before.row(0))
    let hidden = sum.hidden
    for unit in 0..<hidden {
      let (i, f) = (Double(activations[unit]), Double(activations[hidden + unit]))
      let g = Double(activations[2 * hidden + unit])
      let o = Double(activations[3 * hidden + unit])
      let peepholes = (0..<3).map { diagonals.rows > 0 ? Double(diagonals[$0, unit]) : 0 }
      let tanhCell = Double(squashed[unit])
      let fromOutput = tanhCell * o * (1 - o)
      let toState = o * (1 - tanhCell * tanhCell) + peepholes[2] * fromOutput
      let intoCell = [g * i * (1 - i), Double(before[unit]) * f * (1 - f), i * (1 - g * g)]
      for (gate, factor) in intoCell.enumerated() {
        sum.add(factor, gate: gate, unit: unit, to: .cell)
        sum.add(toState * factor, gate: gate, unit: unit)
      }
      sum.add(fromOutput, gate: 3, unit: unit)
      let kept = f + peepholes[0] * intoCell[0] + peepholes[1] * intoCell[1]
      sum.addDirect(kept, unit: unit, to: .cell, from: .cell)
      sum.addDirect(toState * kept, unit: unit, from: .cell)
    }
  }
}
