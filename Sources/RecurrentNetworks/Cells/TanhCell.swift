import LinearAlgebra

/// The lecture's cell.
///
///     a(t) = b + W s(t−1) + U x(t)        (GBC eq. 10.8)
///     s(t) = tanh a(t)                    (eq. 10.9)
///     δ(t) = (1 − s(t)²) ⊙ ∇s(t)
///     ∇s(t−1) += Wᵀ δ(t)                  (eq. 10.21)
final class TanhCell<Scalar: NetworkScalar>: RecurrentCell {
  /// a(t), turned into s(t) in place; rows × hidden.
  private var states = Matrix<Scalar>.empty
  private var recurrent: PackedMatrix<Scalar>?
  private var recurrentBack: PackedMatrix<Scalar>?
  private var dStates = Matrix<Scalar>.empty
  /// δ(t), rows × hidden.
  private(set) var inputGradient = Matrix<Scalar>.empty

  var recurrentGradient: Matrix<Scalar> { inputGradient }
  var gateViews: [(name: String, values: Matrix<Scalar>, lowest: Double)] { [] }
  var cellStates: Matrix<Scalar>? { nil }
  var initialCellGradient: Matrix<Scalar>? { nil }

  func begin(
    states: Matrix<Scalar>, sequences: Int, initialCell: Matrix<Scalar>, weights: CellWeights,
    pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    self.states = states
    recurrent = pass.packed(transposed: pass.parameters[weights.hiddenToHidden])
    return states
  }

  func forward(_ segment: CellSegment<Scalar>) {
    let a = states.rows(segment.row, segment.count)
    if let recurrent { a.product(segment.previous, recurrent, accumulate: true) }
    if a.isContiguous {
      Scalar.tanh(a.rows * a.columns, a.base, a.base)
    } else {
      for r in 0..<a.rows { Scalar.tanh(a.columns, a.row(r), a.row(r)) }
    }
  }

  func beginBackward(dStates: Matrix<Scalar>, weights: CellWeights, pass: Pass<Scalar>) {
    self.dStates = dStates
    inputGradient = pass.arena.matrix(states.rows, states.columns)
    recurrentBack = pass.packed(pass.parameters[weights.hiddenToHidden])
  }

  func backward(_ segment: CellSegment<Scalar>) {
    let s = states.rows(segment.row, segment.count)
    let ds = dStates.rows(segment.row, segment.count)
    let delta = inputGradient.rows(segment.row, segment.count)
    if s.isContiguous && ds.isContiguous {
      Scalar.tanhBackward(s.rows * s.columns, s: s.base, ds: ds.base, d: delta.base)
    } else {
      for r in 0..<s.rows {
        Scalar.tanhBackward(s.columns, s: s.row(r), ds: ds.row(r), d: delta.row(r))
      }
    }
    if let recurrentBack { segment.dPrevious?.product(delta, recurrentBack, accumulate: true) }
  }
}
