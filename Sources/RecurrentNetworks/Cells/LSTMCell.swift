import LinearAlgebra

/// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate by Gers et al. 2000), with
/// PyTorch's gate order i, f, g, o.
///
///     i, f, o = σ(U x + W s(t−1) + b),  g = tanh(…)
///     c(t) = f ⊙ c(t−1) + i ⊙ g
///     s(t) = o ⊙ tanh c(t)
final class LSTMCell<Scalar: NetworkScalar>: RecurrentCell {
  static var description: CellDescription {
    CellDescription(
      gates: [
        CellDescription.Gate("input gate", "i"), CellDescription.Gate("forget gate", "f"),
        CellDescription.Gate("candidate", "g", lowest: -1),
        CellDescription.Gate("output gate", "o"),
      ], candidate: 2, forgetGate: 1, cellParts: 1, equations: .lstm,
      reference: "Deep Learning section 10.10.1")
  }

  /// Pre-activations, turned into i f g o in place; rows × 4·hidden.
  private var gates = Matrix<Scalar>.empty
  /// c(t), rows × hidden.
  private var cells = Matrix<Scalar>.empty
  private var tanhCells = Matrix<Scalar>.empty
  /// c(0), sequences × hidden.
  private var initialCell = Matrix<Scalar>.empty
  private var states = Matrix<Scalar>.empty
  private var recurrent: PackedMatrix<Scalar>?
  private var recurrentBack: PackedMatrix<Scalar>?
  private var dStates = Matrix<Scalar>.empty
  /// ∂L/∂c on its way back, sequences × hidden.
  private var dCell = Matrix<Scalar>.empty
  private(set) var inputGradient = Matrix<Scalar>.empty

  private var hidden: Int { states.columns }
  var recurrentGradient: Matrix<Scalar> { inputGradient }
  var cellStates: Matrix<Scalar>? { cells }
  var initialCellGradient: Matrix<Scalar>? { dCell }

  var gateViews: [(name: String, values: Matrix<Scalar>, lowest: Double)] {
    views(of: gates) + [("cell tanh c", tanhCells, -1)]
  }

  func begin(
    states: Matrix<Scalar>, sequences: Int, initialCell: Matrix<Scalar>, weights: CellWeights,
    pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    self.states = states
    self.initialCell = initialCell
    gates = pass.arena.matrix(states.rows, 4 * states.columns)
    cells = pass.arena.matrix(states.rows, states.columns)
    tanhCells = pass.arena.matrix(states.rows, states.columns)
    dCell = pass.arena.matrix(sequences, states.columns)
    recurrent = pass.packed(transposed: pass.parameters[weights.hiddenToHidden])
    return gates
  }

  private func previousCell(_ segment: CellSegment<Scalar>) -> Matrix<Scalar> {
    if let row = segment.previousRow { return cells.rows(row, segment.count) }
    return initialCell.rows(segment.sequence, segment.count)
  }

  func forward(_ segment: CellSegment<Scalar>) {
    let a = gates.rows(segment.row, segment.count)
    if let recurrent { a.product(segment.previous, recurrent, accumulate: true) }
    let before = previousCell(segment)
    let state = states.rows(segment.row, segment.count)
    Scalar.lstmForward(
      rows: segment.count, hidden: hidden, gates: a.base, previousCell: before.base,
      previousStride: before.stride, cell: cells.row(segment.row),
      tanhCell: tanhCells.row(segment.row), state: state.base, stateStride: state.stride)
  }

  func beginBackward(dStates: Matrix<Scalar>, weights: CellWeights, pass: Pass<Scalar>) {
    self.dStates = dStates
    dCell.fill(0)
    inputGradient = pass.arena.matrix(states.rows, 4 * hidden)
    recurrentBack = pass.packed(pass.parameters[weights.hiddenToHidden])
  }

  func cutCellGradient(sequences: Int) { dCell.rows(0, sequences).fill(0) }

  func backward(_ segment: CellSegment<Scalar>) {
    let before = previousCell(segment)
    let ds = dStates.rows(segment.row, segment.count)
    let delta = inputGradient.rows(segment.row, segment.count)
    Scalar.lstmBackward(
      rows: segment.count, hidden: hidden, gates: gates.row(segment.row),
      previousCell: before.base, previousStride: before.stride,
      tanhCell: tanhCells.row(segment.row), dState: ds.base, dStateStride: ds.stride,
      dCell: dCell.row(segment.sequence), dGates: delta.base)
    if let recurrentBack { segment.dPrevious?.product(delta, recurrentBack, accumulate: true) }
  }

  /// With c = f c′ + i g and s = o tanh c, where c′ = c(t−1):
  ///
  ///     ∂c/∂s′ = diag(c′ f(1−f)) W_f + diag(g i(1−i)) W_i + diag(i (1−g²)) W_g,  ∂c/∂c′ = diag(f)
  ///     ∂s/∂·  = diag(o (1−tanh² c)) ∂c/∂·, and diag(tanh c · o(1−o)) W_o more of s′
  func addJacobian(_ row: Int, of segment: CellSegment<Scalar>, to sum: inout JacobianSum) {
    let (activations, squashed) = (gates.row(row), tanhCells.row(row))
    let before = previousCell(segment).row(row - segment.row)
    for unit in 0..<hidden {
      let (i, f) = (Double(activations[unit]), Double(activations[hidden + unit]))
      let g = Double(activations[2 * hidden + unit])
      let o = Double(activations[3 * hidden + unit])
      let tanhCell = Double(squashed[unit])
      let toState = o * (1 - tanhCell * tanhCell)
      let intoCell = [g * i * (1 - i), Double(before[unit]) * f * (1 - f), i * (1 - g * g)]
      for (gate, factor) in intoCell.enumerated() {
        sum.add(factor, gate: gate, unit: unit, to: .cell)
        sum.add(toState * factor, gate: gate, unit: unit)
      }
      sum.add(tanhCell * o * (1 - o), gate: 3, unit: unit)
      sum.addDirect(f, unit: unit, to: .cell, from: .cell)
      sum.addDirect(toState * f, unit: unit, from: .cell)
    }
  }
}
