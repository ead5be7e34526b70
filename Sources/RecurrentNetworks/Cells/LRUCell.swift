import Foundation
import LinearAlgebra

/// The linear recurrent unit (Orvieto et al. 2023), with inputs r, j and d. What it carries is complex:
/// c(t), and k(t) beside it.
///
///     a(t)          = U x(t) + b                        blocks r, j and d of U: Re B, Im B and D
///     c(t) + i k(t) = λ ⊙ (c(t−1) + i k(t−1)) + γ ⊙ (a_r + i a_j)
///     s(t)          = P [c(t); k(t)] + a_d              P = [Re C, −Im C]
///
/// with λ = exp(−ν + iθ), |λ| < 1 whatever is learned: ν, θ and γ are kept by their logarithms. Nothing
/// but x enters where c is computed, and no φ: each layer is linear, and so is a stack of them.
final class LRUCell<Scalar: NetworkScalar>: RecurrentCell {
  static var description: CellDescription {
    CellDescription(
      gates: [
        CellDescription.Gate("real input", "r", lowest: -1),
        CellDescription.Gate("imaginary input", "j", lowest: -1),
        CellDescription.Gate("direct input", "d", lowest: -1),
      ], candidate: 0, hasRecurrentWeights: false, gatesAreBounded: false, cellParts: 2,
      projectedParts: 2,
      diagonals: CellDescription.Diagonals(
        name: "eigenvalues", symbol: "Λ", rows: ["ν", "θ", "γ"],
        start: .ring(inner: 0.9, outer: 0.999)), equations: .lru,
      reference: "Orvieto et al. 2023")
  }

  /// a(t), rows × 3·hidden.
  private var inputs = Matrix<Scalar>.empty
  /// c(t) and behind it k(t), rows × 2·hidden.
  private var cells = Matrix<Scalar>.empty
  private var initialCell = Matrix<Scalar>.empty
  private var states = Matrix<Scalar>.empty
  /// Re λ, Im λ, γ, −ν = log |λ| and θ, 5 × hidden.
  private var factors = Matrix<Scalar>.empty
  private var projection: PackedMatrix<Scalar>?
  private var projectionBack: PackedMatrix<Scalar>?
  private var dStates = Matrix<Scalar>.empty
  /// ∂L/∂(c, k) on its way back, sequences × 2·hidden.
  private var dCell = Matrix<Scalar>.empty
  /// Gradients of log ν, log θ and log γ, 3 × hidden.
  private var dLogarithms = Matrix<Scalar>.empty
  private(set) var inputGradient = Matrix<Scalar>.empty

  private var hidden: Int { states.columns }
  var recurrentGradient: Matrix<Scalar> { inputGradient }
  var cellStates: Matrix<Scalar>? { cells }
  var initialCellGradient: Matrix<Scalar>? { dCell }
  var unprojected: Matrix<Scalar>? { cells }

  var gateViews: [(name: String, values: Matrix<Scalar>, lowest: Double)] {
    guard cells.columns > 0 else { return views(of: inputs) }
    return views(of: inputs) + [
      ("real part c", cells.columns(0, hidden), -1),
      ("imaginary part k", cells.columns(hidden, hidden), -1),
    ]
  }

  func begin(
    states: Matrix<Scalar>, sequences: Int, initialCell: Matrix<Scalar>, weights: CellWeights,
    pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    self.states = states
    self.initialCell = initialCell
    inputs = pass.arena.matrix(states.rows, 3 * hidden)
    cells = pass.arena.matrix(states.rows, 2 * hidden)
    dCell = pass.arena.matrix(sequences, 2 * hidden)
    factors = pass.arena.matrix(5, hidden)
    projection = weights.projection.flatMap { pass.packed(transposed: pass.parameters[$0]) }
    if let handle = weights.diagonals { factors.setFactors(pass.parameters[handle]) }
    return inputs
  }

  private func previousCell(_ segment: CellSegment<Scalar>) -> Matrix<Scalar> {
    segment.previousRow.map { cells.rows($0, segment.count) }
      ?? initialCell.rows(segment.sequence, segment.count)
  }

  func forward(_ segment: CellSegment<Scalar>) {
    let (row, count) = (segment.row, segment.count)
    let before = previousCell(segment)
    Scalar.lruForward(
      rows: count, hidden: hidden, factors: factors.base, inputs: inputs.row(row),
      previousCell: before.base, previousStride: before.stride, cell: cells.row(row))
    let state = states.rows(row, count)
    state.copy(inputs.rows(row, count).columns(2 * hidden, hidden))
    if let projection { state.product(cells.rows(row, count), projection, accumulate: true) }
  }

  func beginBackward(dStates: Matrix<Scalar>, weights: CellWeights, pass: Pass<Scalar>) {
    self.dStates = dStates
    dCell.fill(0)
    inputGradient = pass.arena.matrix(states.rows, 3 * hidden)
    projectionBack = weights.projection.flatMap { pass.packed(pass.parameters[$0]) }
    // Where nothing learns, what would be learned is written and never read.
    dLogarithms =
      weights.diagonals.flatMap { pass.gradient?[$0] } ?? pass.arena.zeros(3, hidden)
  }

  func cutCellGradient(sequences: Int) { dCell.rows(0, sequences).fill(0) }

  func backward(_ segment: CellSegment<Scalar>) {
    let (row, count) = (segment.row, segment.count)
    let (before, ds) = (previousCell(segment), dStates.rows(row, count))
    let asked = dCell.rows(segment.sequence, count)
    if let projectionBack { asked.product(ds, projectionBack, accumulate: true) }
    let delta = inputGradient.rows(row, count)
    delta.columns(2 * hidden, hidden).copy(ds)
    Scalar.lruBackward(
      rows: count, hidden: hidden, factors: factors.base, inputs: inputs.row(row),
      previousCell: before.base, previousStride: before.stride, dCell: asked.base,
      dInputs: delta.base, dLogarithms: dLogarithms.base)
  }

  /// ∂(c, k)(t)/∂(c, k)(t−1) turns by θ and shrinks by |λ|; s follows by P.
  func addJacobian(_ row: Int, of segment: CellSegment<Scalar>, to sum: inout JacobianSum) {
    for unit in 0..<hidden {
      let (re, im) = (Double(factors[0, unit]), Double(factors[1, unit]))
      let scale = Double(factors[2, unit])
      sum.addDirect(re, unit: unit, to: .cell, from: .cell)
      sum.addDirect(-im, unit: unit, to: .cell, from: .second)
      sum.addDirect(im, unit: unit, to: .second, from: .cell)
      sum.addDirect(re, unit: unit, to: .second, from: .second)
      sum.add(0, input: scale, gate: 0, unit: unit, to: .cell)
      sum.add(0, input: scale, gate: 1, unit: unit, to: .second)
      sum.add(0, input: 1, gate: 2, unit: unit)
    }
  }
}

extension Matrix {
  /// self (5 × hidden) ← Re λ, Im λ, γ, −ν and θ of logarithms of ν, θ and γ (3 × hidden).
  fileprivate func setFactors(_ logarithms: Matrix) {
    for unit in 0..<columns {
      let decay = -exp(Double(logarithms[0, unit]))
      let angle = exp(Double(logarithms[1, unit]))
      self[0, unit] = Scalar(exp(decay) * cos(angle))
      self[1, unit] = Scalar(exp(decay) * sin(angle))
      self[2, unit] = Scalar(exp(Double(logarithms[2, unit])))
      self[3, unit] = Scalar(decay)
      self[4, unit] = Scalar(angle)
    }
  }
}

extension LayerView {
  /// The vectors that act unit by unit as the cell's equations name them: Re λ, Im λ and γ of an LRU,
  /// peepholes as they are; none where there are none.
  public func factors(_ parameters: ParameterVector<Scalar>) -> [[Scalar]] {
    guard let diagonals else { return [] }
    let kept = parameters[diagonals]
    let rows = (0..<kept.rows).map { row in (0..<kept.columns).map { kept[row, $0] } }
    guard description.diagonals?.rows == LRUCell<Scalar>.description.diagonals?.rows else {
      return rows
    }
    let polar = (0..<kept.columns).map { unit in
      (radius: exp(-exp(Double(kept[0, unit]))), angle: exp(Double(kept[1, unit])))
    }
    return [
      polar.map { Scalar($0.radius * cos($0.angle)) },
      polar.map { Scalar($0.radius * sin($0.angle)) }, rows[2].map { Scalar(exp(Double($0))) },
    ]
  }
}

extension CellEquations {
  /// Inputs r, j and d; the real part of what is carried is the cell.
  static let lru: CellEquations = {
    let (re, im, scale) = (
      CellFormula.diagonal(0), CellFormula.diagonal(1), CellFormula.diagonal(2)
    )
    let before = (
      re: CellFormula.value(.cell, .before), im: CellFormula.value(.imaginary, .before)
    )
    let after = (
      re: CellFormula.gradient(.cell, .after), im: CellFormula.gradient(.imaginary, .after)
    )
    func input(_ gate: Int) -> CellFormula { .value(.preActivation(gate: gate)) }
    func asked(_ block: Int) -> CellFormula {
      .backThroughProjection(.stateGradient, block: block)
    }
    return CellEquations(
      forward: [
        inputSum,
        [
          Equation(
            .cell,
            .sum([
              .difference(.hadamard([re, before.re]), .hadamard([im, before.im])),
              .hadamard([scale, input(0)]),
            ])),
          Equation(
            .imaginary,
            .sum([
              .hadamard([im, before.re]), .hadamard([re, before.im]),
              .hadamard([scale, input(1)]),
            ])),
        ],
        [
          Equation(
            .state,
            .sum([
              .projected(.value(.cell), block: 0), .projected(.value(.imaginary), block: 1),
              input(2),
            ]))
        ],
      ], fromFuture: [],
      backward: [
        [
          Equation(
            .cell, .sum([asked(0), .hadamard([re, after.re]), .hadamard([im, after.im])]))
        ],
        [
          Equation(
            .imaginary,
            .sum([
              asked(1), .difference(.hadamard([re, after.im]), .hadamard([im, after.re])),
            ]))
        ],
        [
          Equation(.preActivation(gate: 0), .hadamard([scale, .gradient(.cell)])),
          Equation(.preActivation(gate: 1), .hadamard([scale, .gradient(.imaginary)])),
          Equation(.preActivation(gate: 2), .stateGradient),
        ],
      ])
  }()
}
