import Foundation
import LinearAlgebra
import RecurrentNetworks
import TrainingEvents

extension TraceLayer {
  /// The vector that acts unit by unit with this index, as the walk writes it.
  func diagonal(_ index: Int) -> GraphTrace.Parameter {
    let kinds: [GraphTrace.Parameter.Kind] = [
      .eigenvalue, .eigenvalueImaginary, .inputScale, .decay, .angle,
    ]
    guard hasRecurrentWeights else { return parameter(kinds[index]) }
    let symbol = description.diagonals?.rows[index]
    return parameter(.peephole, gate: description.gates.firstIndex { $0.symbol == symbol })
  }

  /// P, or the columns of it that read one of several vectors.
  func projection(_ block: Int?) -> Matrix<Float>? {
    guard let block else { return projection }
    return projection?.columns(block * cellUnits, cellUnits)
  }

  /// What P reads at a step.
  func projected(_ t: Int) -> GraphTrace.Expression {
    description.projectedParts > 1
      ? .stacked([.variable(variable(.cell, t)), .variable(variable(.imaginary, t))])
      : .variable(variable(.memory, t))
  }
}

extension CellFormula.Function {
  var traced: GraphTrace.Function {
    switch self {
    case .tanh: .tanh
    case .relu: .relu
    case .sigmoid: .sigmoid
    case .exponential: .exponential
    case .logarithm: .logarithm
    case .normalise: .normalise
    }
  }

  func apply(_ x: Float) -> Float {
    switch self {
    case .tanh: Foundation.tanh(x)
    case .relu: max(0, x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .exponential: exp(x)
    case .logarithm: log(x)
    // Of no element by itself.
    case .normalise: .nan
    }
  }

  /// φ′ where φ is y.
  func slope(_ y: Float) -> Float {
    switch self {
    case .tanh: 1 - y * y
    case .relu: y > 0 ? 1 : 0
    case .sigmoid: y * (1 - y)
    case .exponential: y
    case .logarithm: exp(-y)
    case .normalise: .nan
    }
  }
}
