import LinearAlgebra

/// Gated recurrent unit (Cho et al. 2014) as PyTorch defines it, with gate order r, z, n. The
/// reset gate acts on W s(t−1) + b_hn, which is why that bias stays apart.
///
///     r, z = σ(U x + b_ih + W s(t−1) + b_hh)
///     n    = tanh(U x + b_in + r ⊙ (W s(t−1) + b_hn))
///     s(t) = (1 − z) ⊙ n + z ⊙ s(t−1)
final class GRUCell<Scalar: NetworkScalar>: RecurrentCell {
  static var description: CellDescription {
    CellDescription(
      gates: [
        CellDescription.Gate("reset gate", "r"), CellDescription.Gate("update gate", "z"),
        CellDescription.Gate("candidate", "n", lowest: -1),
      ], candidate: 2, keepsRecurrentBias: true, equations: .gru,
      reference: "Deep Learning section 10.10.2")
  }

  /// U x + b_ih, turned into r z n in place; rows × 3·hidden.
  private var gates = Matrix<Scalar>.empty
  /// W s(t−1) + b_hh of one step, sequences × 3·hidden.
  private var recurrentPart = Matrix<Scalar>.empty
  /// W s(t−1) + b_hn of every step, rows × hidden.
  private var recurrentNew = Matrix<Scalar>.empty
  private var recurrentBias = Matrix<Scalar>.empty
  private var states = Matrix<Scalar>.empty
  private var recurrent: PackedMatrix<Scalar>?
  private var recurrentBack: PackedMatrix<Scalar>?
  private var dStates = Matrix<Scalar>.empty
  /// Takes the direct path of a step whose previous state nobody asks about.
  private var discarded = Matrix<Scalar>.empty
  private(set) var inputGradient = Matrix<Scalar>.empty
  private(set) var recurrentGradient = Matrix<Scalar>.empty

  private var hidden: Int { states.columns }
  var cellStates: Matrix<Scalar>? { nil }
  var initialCellGradient: Matrix<Scalar>? { nil }

  var gateViews: [(name: String, values: Matrix<Scalar>, lowest: Double)] {
    views(of: gates)
  }

  func begin(
    states: Matrix<Scalar>, sequences: Int, initialCell: Matrix<Scalar>, weights: CellWeights,
    pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    self.states = states
    gates = pass.arena.matrix(states.rows, 3 * states.columns)
    recurrentPart = pass.arena.matrix(sequences, 3 * states.columns)
    recurrentNew = pass.arena.matrix(states.rows, states.columns)
    recurrentBias = pass.parameters.row(weights.recurrentBias ?? weights.bias)
    recurrent = weights.multiplied.map { pass.packed(transposed: pass.parameters[$0]) }
    return gates
  }

  func forward(_ segment: CellSegment<Scalar>) {
    let part = recurrentPart.rows(0, segment.count)
    for r in 0..<part.rows { part.row(r).update(from: recurrentBias.base, count: part.columns) }
    if let recurrent { part.product(segment.read, recurrent, accumulate: true) }
    if let sum = segment.recurrentSum { part.add(sum) }
    let state = states.rows(segment.row, segment.count)
    Scalar.gruForward(
      rows: segment.count, hidden: hidden, input: gates.row(segment.row), recurrent: part.base,
      recurrentNew: recurrentNew.row(segment.row), previous: segment.previous.base,
      previousStride: segment.previous.stride, state: state.base, stateStride: state.stride)
  }

  func beginBackward(dStates: Matrix<Scalar>, weights: CellWeights, pass: Pass<Scalar>) {
    self.dStates = dStates
    inputGradient = pass.arena.matrix(states.rows, 3 * hidden)
    recurrentGradient = pass.arena.matrix(states.rows, 3 * hidden)
    discarded = pass.arena.zeros(recurrentPart.rows, hidden)
    recurrentBack = weights.multiplied.map { pass.packed(pass.parameters[$0]) }
  }

  func backward(_ segment: CellSegment<Scalar>) {
    let ds = dStates.rows(segment.row, segment.count)
    let past = segment.dPrevious ?? discarded.rows(segment.sequence, segment.count)
    Scalar.gruBackward(
      rows: segment.count, hidden: hidden, gates: gates.row(segment.row),
      recurrentNew: recurrentNew.row(segment.row), previous: segment.previous.base,
      previousStride: segment.previous.stride, dState: ds.base, dStateStride: ds.stride,
      dInput: inputGradient.row(segment.row), dRecurrent: recurrentGradient.row(segment.row),
      dPrevious: past.base, dPreviousStride: past.stride)
    if let recurrentBack, let dRead = segment.dRead {
      let delta = recurrentGradient.rows(segment.row, segment.count)
      dRead.product(delta, recurrentBack, accumulate: true)
    }
  }

  /// ∂s(t)/∂s(t−1) = diag(z) + diag((1−z)(1−n²) r) W_n + diag((1−z)(1−n²) q r(1−r)) W_r
  /// + diag((s(t−1) − n) z(1−z)) W_z, where q = W_n s(t−1) + b_hn.
  func addJacobian(_ row: Int, of segment: CellSegment<Scalar>, to sum: inout JacobianSum) {
    let (g, q) = (gates.row(row), recurrentNew.row(row))
    let before = segment.previous.row(row - segment.row)
    for unit in 0..<hidden {
      let (r, z) = (Double(g[unit]), Double(g[hidden + unit]))
      let n = Double(g[2 * hidden + unit])
      let through = (1 - z) * (1 - n * n)
      sum.add(through * Double(q[unit]) * r * (1 - r), gate: 0, unit: unit)
      sum.add((Double(before[unit]) - n) * z * (1 - z), gate: 1, unit: unit)
      sum.add(through * r, input: through, gate: 2, unit: unit)
      sum.addDirect(z, unit: unit)
    }
  }
}
