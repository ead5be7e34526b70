import LinearAlgebra

/// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate by Gers et al. 2000), with
/// PyTorch's gate order i, f, g, o.
///
///     i, f, o = σ(U x + W s(t−1) + b),  g = tanh(…)
///     c(t) = f ⊙ c(t−1) + i ⊙ g
///     s(t) = o ⊙ tanh c(t)
final class LSTMCell<Scalar: NetworkScalar>: RecurrentCell {
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
    [
      ("input gate i", gates.columns(0, hidden), 0),
      ("forget gate f", gates.columns(hidden, hidden), 0),
      ("candidate g", gates.columns(2 * hidden, hidden), -1),
      ("output gate o", gates.columns(3 * hidden, hidden), 0),
      ("cell tanh c", tanhCells, -1),
    ]
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
}
