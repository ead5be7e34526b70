import LinearAlgebra

/// What a plain cell makes of a pre-activation, and its derivative as a function of the result.
protocol PlainActivation<Scalar> {
  associatedtype Scalar: NetworkScalar

  static var description: CellDescription.Activation { get }
  /// s ← φ(a) of `count` elements, in place when both are one.
  static func apply(_ count: Int, _ a: UnsafePointer<Scalar>, _ s: UnsafeMutablePointer<Scalar>)
  /// δ ← φ′(a) ⊙ ∇s, with φ′ told from s.
  static func applyBackward(
    _ count: Int, s: UnsafePointer<Scalar>, ds: UnsafePointer<Scalar>,
    d: UnsafeMutablePointer<Scalar>)
}

/// φ = tanh, with φ′ = 1 − s².
enum Tanh<Scalar: NetworkScalar>: PlainActivation {
  static var description: CellDescription.Activation {
    CellDescription.Activation(
      name: "tanh", function: .tanh, slopeFormula: "1 − s²", slope: { 1 - $0 * $0 }, isBounded: true
    )
  }
  static func apply(_ count: Int, _ a: UnsafePointer<Scalar>, _ s: UnsafeMutablePointer<Scalar>) {
    Scalar.tanh(count, a, s)
  }
  static func applyBackward(
    _ count: Int, s: UnsafePointer<Scalar>, ds: UnsafePointer<Scalar>,
    d: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.tanhBackward(count, s: s, ds: ds, d: d)
  }
}

/// φ(a) = max(0, a), with φ′ = 1 where s > 0.
enum Rectifier<Scalar: NetworkScalar>: PlainActivation {
  static var description: CellDescription.Activation {
    CellDescription.Activation(
      name: "relu", function: .relu, slopeFormula: "1 where s > 0", slope: { $0 > 0 ? 1 : 0 },
      isBounded: false)
  }
  static func apply(_ count: Int, _ a: UnsafePointer<Scalar>, _ s: UnsafeMutablePointer<Scalar>) {
    Scalar.relu(count, a, s)
  }
  static func applyBackward(
    _ count: Int, s: UnsafePointer<Scalar>, ds: UnsafePointer<Scalar>,
    d: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.reluBackward(count, s: s, ds: ds, d: d)
  }
}

/// The lecture's cell, and PyTorch's with `nonlinearity="relu"`.
typealias TanhCell<Scalar: NetworkScalar> = PlainCell<Scalar, Tanh<Scalar>>
typealias ReluCell<Scalar: NetworkScalar> = PlainCell<Scalar, Rectifier<Scalar>>

/// A cell without gates (Elman 1990), the lecture's with φ = tanh.
///
///     a(t) = b + W s(t−1) + U x(t)        (GBC eq. 10.8)
///     s(t) = φ(a(t))                      (eq. 10.9)
///     δ(t) = φ′(a(t)) ⊙ ∇s(t)
///     ∇s(t−1) += Wᵀ δ(t)                  (eq. 10.21)
final class PlainCell<Scalar: NetworkScalar, Activation: PlainActivation<Scalar>>: RecurrentCell {
  static var description: CellDescription {
    CellDescription(
      gates: [CellDescription.Gate("state", "s", lowest: -1)], candidate: 0,
      activation: Activation.description,
      equations: .plain(Activation.description.function))
  }

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
    recurrent = weights.multiplied.map { pass.packed(transposed: pass.parameters[$0]) }
    return states
  }

  func forward(_ segment: CellSegment<Scalar>) {
    let a = states.rows(segment.row, segment.count)
    if let recurrent { a.product(segment.read, recurrent, accumulate: true) }
    if let sum = segment.recurrentSum { a.add(sum) }
    if a.isContiguous {
      Activation.apply(a.rows * a.columns, a.base, a.base)
    } else {
      for r in 0..<a.rows { Activation.apply(a.columns, a.row(r), a.row(r)) }
    }
  }

  func beginBackward(dStates: Matrix<Scalar>, weights: CellWeights, pass: Pass<Scalar>) {
    self.dStates = dStates
    inputGradient = pass.arena.matrix(states.rows, states.columns)
    recurrentBack = weights.multiplied.map { pass.packed(pass.parameters[$0]) }
  }

  func backward(_ segment: CellSegment<Scalar>) {
    let s = states.rows(segment.row, segment.count)
    let ds = dStates.rows(segment.row, segment.count)
    let delta = inputGradient.rows(segment.row, segment.count)
    if s.isContiguous && ds.isContiguous {
      Activation.applyBackward(s.rows * s.columns, s: s.base, ds: ds.base, d: delta.base)
    } else {
      for r in 0..<s.rows {
        Activation.applyBackward(s.columns, s: s.row(r), ds: ds.row(r), d: delta.row(r))
      }
    }
    if let recurrentBack { segment.dRead?.product(delta, recurrentBack, accumulate: true) }
  }

  /// ∂s(t)/∂s(t−1) = diag(φ′) W.
  func addJacobian(_ row: Int, of segment: CellSegment<Scalar>, to sum: inout JacobianSum) {
    let (s, slope) = (states.row(row), Activation.description.slope)
    for unit in 0..<states.columns {
      sum.add(slope(Double(s[unit])), gate: 0, unit: unit)
    }
  }
}
