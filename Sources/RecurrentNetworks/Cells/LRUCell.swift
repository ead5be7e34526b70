import Foundation
import LinearAlgebra

/// The linear recurrent unit (Orvieto et al. 2023).
typealias LRUCell<Scalar: NetworkScalar> = CarryingCell<Scalar, LRUFormula<Scalar>>

/// One step of a linear recurrence with inputs r, j and d. What it carries is complex: c(t), and k(t)
/// beside it.
///
///     a(t)          = U x(t) + b                        blocks r, j and d of U: Re B, Im B and D
///     c(t) + i k(t) = λ ⊙ (c(t−1) + i k(t−1)) + γ ⊙ (a_r + i a_j)
///     s(t)          = P [c(t); k(t)] + a_d              P = [Re C, −Im C]
///
/// with λ = exp(−ν + iθ), |λ| < 1 whatever is learned: ν, θ and γ are kept by their logarithms. Nothing
/// but x enters where c is computed, and no φ: each layer is linear, and so is a stack of them.
enum LRUFormula<Scalar: NetworkScalar>: CarryingFormula {
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

  static var memories: [(name: String, lowest: Double)] {
    [("real part c", -1), ("imaginary part k", -1)]
  }
  static var directGate: Int? { 2 }

  /// Re λ, Im λ, γ, −ν = log |λ| and θ, 5 × hidden.
  static func factors(of diagonals: Matrix<Scalar>, arena: Arena<Scalar>) -> Matrix<Scalar> {
    let factors = arena.matrix(5, diagonals.columns)
    factors.setFactors(diagonals)
    return factors
  }

  static func forward(_ step: CarriedStep<Scalar>, state: Matrix<Scalar>) {
    Scalar.lruForward(
      rows: step.gates.rows, hidden: step.diagonals.columns, factors: step.diagonals.base,
      inputs: step.gates.base, previousCell: step.before.base,
      previousStride: step.before.stride, cell: step.cell.base)
  }

  static func backward(
    _ step: CarriedStep<Scalar>, dState: Matrix<Scalar>, dCell: Matrix<Scalar>,
    dGates: Matrix<Scalar>, dDiagonals: Matrix<Scalar>
  ) {
    let hidden = step.diagonals.columns
    dGates.columns(2 * hidden, hidden).copy(dState)
    Scalar.lruBackward(
      rows: dState.rows, hidden: hidden, factors: step.diagonals.base, inputs: step.gates.base,
      previousCell: step.before.base, previousStride: step.before.stride, dCell: dCell.base,
      dInputs: dGates.base, dLogarithms: dDiagonals.base)
  }

  /// ∂(c, k)(t)/∂(c, k)(t−1) turns by θ and shrinks by |λ|; s follows by P.
  static func addJacobian(_ step: CarriedStep<Scalar>, to sum: inout JacobianSum) {
    let factors = step.diagonals
    for unit in 0..<factors.columns {
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
  /// The vectors that act unit by unit as the cell's equations name them: Re λ, Im λ, γ, ν and θ of an
  /// LRU, peepholes as they are; none where there are none.
  public func factors(_ parameters: ParameterVector<Scalar>) -> [[Scalar]] {
    guard let diagonals else { return [] }
    let kept = parameters[diagonals]
    let rows = (0..<kept.rows).map { row in (0..<kept.columns).map { kept[row, $0] } }
    guard description.diagonals?.rows == LRUFormula<Scalar>.description.diagonals?.rows else {
      return rows
    }
    let (decay, angle) = (rows[0].map { exp(Double($0)) }, rows[1].map { exp(Double($0)) })
    return [
      zip(decay, angle).map { Scalar(exp(-$0) * cos($1)) },
      zip(decay, angle).map { Scalar(exp(-$0) * sin($1)) },
      rows[2].map { Scalar(exp(Double($0))) }, decay.map { Scalar($0) }, angle.map { Scalar($0) },
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
    // What was carried, turned and shrunk: λ ⊙ (c(t−1) + i k(t−1)).
    let carried = (
      re: CellFormula.difference(.value(.cell), .hadamard([scale, input(0)])),
      im: CellFormula.difference(.value(.imaginary), .hadamard([scale, input(1)]))
    )
    let asks = (re: CellFormula.gradient(.cell), im: CellFormula.gradient(.imaginary))
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
      ],
      // ∂λ/∂log ν = −ν λ, and ∂λ/∂log θ = iθ λ.
      diagonalGradients: [
        .scaled(
          -1,
          .hadamard([
            .diagonal(3),
            .sum([.hadamard([carried.re, asks.re]), .hadamard([carried.im, asks.im])]),
          ])),
        .hadamard([
          .diagonal(4),
          .difference(.hadamard([carried.re, asks.im]), .hadamard([carried.im, asks.re])),
        ]),
        .hadamard([
          scale, .sum([.hadamard([input(0), asks.re]), .hadamard([input(1), asks.im])]),
        ]),
      ])
  }()
}
