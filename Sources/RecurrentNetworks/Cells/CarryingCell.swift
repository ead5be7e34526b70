import LinearAlgebra

/// The rows of one segment in what a carrying cell keeps of a pass.
struct CarriedStep<Scalar: NetworkScalar> {
  /// Pre-activations, turned into activations in place; count × gates·hidden.
  var gates: Matrix<Scalar>
  /// c(t−1), and what stands behind it; count × parts·hidden.
  var before: Matrix<Scalar>
  /// c(t), likewise.
  var cell: Matrix<Scalar>
  /// φ(c(t)) of cells that squash c on its way to s, count × hidden; without columns in others.
  var squashed: Matrix<Scalar>
  /// What acts unit by unit, such as peepholes, a row for each, as the formula's `factors` prepared
  /// it; without rows in most cells.
  var diagonals: Matrix<Scalar>

  /// The same of one of its rows.
  func row(_ index: Int) -> CarriedStep {
    CarriedStep(
      gates: gates.rows(index, 1), before: before.rows(index, 1), cell: cell.rows(index, 1),
      squashed: squashed.rows(index, 1), diagonals: diagonals)
  }
}

/// What a cell makes of its pre-activations and of what it carries, unit by unit.
protocol CarryingFormula<Scalar> {
  associatedtype Scalar: NetworkScalar

  static var description: CellDescription { get }
  /// Whether c is squashed on its way to s, and the result kept for going back.
  static var squashesCell: Bool { get }
  /// How what stands for the memory on screen is called, and from where it ranges to 1: φ(c) where it
  /// is kept, else the parts of c from the first on.
  static var memories: [(name: String, lowest: Double)] { get }
  /// The pre-activation to which P [c(t); …] is added to make s(t), of cells that project what they
  /// carry and compute no s(t) of their own; nil in others.
  static var directGate: Int? { get }

  /// What acts unit by unit as it is used in a pass, from the diagonals as they are kept; themselves
  /// in most cells.
  static func factors(of diagonals: Matrix<Scalar>, arena: Arena<Scalar>) -> Matrix<Scalar>
  /// Turns pre-activations into gates, and writes c(t) and s(t); the latter not with a direct gate.
  static func forward(_ step: CarriedStep<Scalar>, state: Matrix<Scalar>)
  /// ∂L/∂ of the pre-activations from ∇s(t) and ∇c(t); the latter becomes ∇c(t−1) in place. What
  /// the diagonals learn is added to `dDiagonals`.
  static func backward(
    _ step: CarriedStep<Scalar>, dState: Matrix<Scalar>, dCell: Matrix<Scalar>,
    dGates: Matrix<Scalar>, dDiagonals: Matrix<Scalar>)
  /// Adds ∂(s, c)(t) / ∂(s, c)(t−1) of a step of one row.
  static func addJacobian(_ step: CarriedStep<Scalar>, to sum: inout JacobianSum)
}

extension CarryingFormula {
  static var squashesCell: Bool { false }
  static var directGate: Int? { nil }
  static func factors(of diagonals: Matrix<Scalar>, arena: Arena<Scalar>) -> Matrix<Scalar> {
    diagonals
  }
}

/// A cell that carries c(t) beside s(t), behind gates that ask s(t−1) through W where it has such
/// weights: an LSTM, or one of its kin. With a projection, s(t) = P m(t), where m(t) is what the formula
/// makes (Sak et al. 2014), or c(t) itself beside a direct gate.
final class CarryingCell<Scalar: NetworkScalar, Formula: CarryingFormula<Scalar>>: RecurrentCell {
  static var description: CellDescription { Formula.description }

  /// Pre-activations, turned into activations in place; rows × gates·hidden.
  private var gates = Matrix<Scalar>.empty
  /// c(t), and what stands behind it; rows × parts·hidden.
  private var cells = Matrix<Scalar>.empty
  private var squashed = Matrix<Scalar>.empty
  /// c(0), sequences × parts·hidden.
  private var initialCell = Matrix<Scalar>.empty
  private var states = Matrix<Scalar>.empty
  /// m(t), rows × hidden; the states themselves where nothing is projected, and the cells where they
  /// are, rows × parts·hidden.
  private var memory = Matrix<Scalar>.empty
  private var projection: PackedMatrix<Scalar>?
  private var projectionBack: PackedMatrix<Scalar>?
  /// ∂L/∂m of one step, sequences × hidden; empty where m is c.
  private var dMemory = Matrix<Scalar>.empty
  private var diagonals = Matrix<Scalar>.empty
  private var dDiagonals = Matrix<Scalar>.empty
  private var recurrent: PackedMatrix<Scalar>?
  private var recurrentBack: PackedMatrix<Scalar>?
  private var dStates = Matrix<Scalar>.empty
  /// ∂L/∂c on its way back, sequences × parts·hidden.
  private var dCell = Matrix<Scalar>.empty
  private(set) var inputGradient = Matrix<Scalar>.empty

  private var hidden = 0
  private var isProjected = false
  var unprojected: Matrix<Scalar>? { isProjected ? memory : nil }
  var recurrentGradient: Matrix<Scalar> { inputGradient }
  var cellStates: Matrix<Scalar>? { cells }
  var initialCellGradient: Matrix<Scalar>? { dCell }

  var gateViews: [(name: String, values: Matrix<Scalar>, lowest: Double)] {
    guard cells.columns > 0 else { return views(of: gates) }
    let shown = Formula.squashesCell ? squashed : cells
    return views(of: gates)
      + Formula.memories.enumerated().map { part, memory in
        (memory.name, shown.columns(part * hidden, hidden), memory.lowest)
      }
  }

  func begin(
    states: Matrix<Scalar>, sequences: Int, initialCell: Matrix<Scalar>, weights: CellWeights,
    pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    self.states = states
    self.initialCell = initialCell
    let rows = states.rows
    gates = pass.arena.matrix(rows, weights.inputToHidden.rows)
    cells = pass.arena.matrix(rows, initialCell.columns)
    isProjected = weights.projection != nil
    let carries = Formula.directGate != nil
    hidden = carries ? states.columns : weights.projection?.columns ?? states.columns
    memory = carries ? cells : isProjected ? pass.arena.matrix(rows, hidden) : states
    projection = weights.projection.flatMap { pass.packed(transposed: pass.parameters[$0]) }
    diagonals =
      weights.diagonals.map { Formula.factors(of: pass.parameters[$0], arena: pass.arena) }
      ?? .empty
    squashed = pass.arena.matrix(rows, Formula.squashesCell ? hidden : 0)
    dCell = pass.arena.matrix(sequences, initialCell.columns)
    recurrent = weights.multiplied.map { pass.packed(transposed: pass.parameters[$0]) }
    return gates
  }

  private func step(_ segment: CellSegment<Scalar>) -> CarriedStep<Scalar> {
    let (row, count) = (segment.row, segment.count)
    // Written out: this is asked twice a step, and `map` over a generic type is looked up each time.
    let before: Matrix<Scalar>
    if let previous = segment.previousRow {
      before = cells.rows(previous, count)
    } else {
      before = initialCell.rows(segment.sequence, count)
    }
    return CarriedStep(
      gates: gates.rows(row, count), before: before, cell: cells.rows(row, count),
      squashed: squashed.rows(row, count), diagonals: diagonals)
  }

  func forward(_ segment: CellSegment<Scalar>) {
    let step = step(segment)
    if let recurrent { step.gates.product(segment.read, recurrent, accumulate: true) }
    if let sum = segment.recurrentSum { step.gates.add(sum) }
    let units = memory.rows(segment.row, segment.count)
    Formula.forward(step, state: units)
    if let projection {
      let state = states.rows(segment.row, segment.count)
      if let direct = Formula.directGate { state.copy(step.gates.columns(direct * hidden, hidden)) }
      state.product(units, projection, accumulate: Formula.directGate != nil)
    }
  }

  func beginBackward(dStates: Matrix<Scalar>, weights: CellWeights, pass: Pass<Scalar>) {
    self.dStates = dStates
    dCell.fill(0)
    inputGradient = pass.arena.matrix(states.rows, gates.columns)
    recurrentBack = weights.multiplied.map { pass.packed(pass.parameters[$0]) }
    projectionBack = weights.projection.flatMap { pass.packed(pass.parameters[$0]) }
    dMemory = pass.arena.matrix(isProjected && Formula.directGate == nil ? dCell.rows : 0, hidden)
    // Where nothing learns, what would be learned is written and never read.
    dDiagonals =
      weights.diagonals.map { pass.gradient?[$0] ?? pass.arena.zeros($0.rows, $0.columns) }
      ?? .empty
  }

  func cutCellGradient(sequences: Int) { dCell.rows(0, sequences).fill(0) }

  func backward(_ segment: CellSegment<Scalar>) {
    let (row, count) = (segment.row, segment.count)
    let delta = inputGradient.rows(row, count)
    let dCarried = dCell.rows(segment.sequence, count)
    var dUnits = dStates.rows(row, count)
    if let projectionBack {
      if Formula.directGate != nil {
        dCarried.product(dUnits, projectionBack, accumulate: true)
      } else {
        dUnits = dMemory.rows(0, count)
        dUnits.product(dStates.rows(row, count), projectionBack)
      }
    }
    Formula.backward(
      step(segment), dState: dUnits, dCell: dCarried, dGates: delta, dDiagonals: dDiagonals)
    if let recurrentBack { segment.dRead?.product(delta, recurrentBack, accumulate: true) }
  }

  func addJacobian(_ row: Int, of segment: CellSegment<Scalar>, to sum: inout JacobianSum) {
    Formula.addJacobian(step(segment).row(row - segment.row), to: &sum)
  }
}
