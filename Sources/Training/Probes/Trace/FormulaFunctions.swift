import Foundation
import RecurrentNetworks
import TrainingEvents

extension CellFormula.Function {
  var traced: GraphTrace.Function {
    switch self {
    case .tanh: .tanh
    case .relu: .relu
    case .sigmoid: .sigmoid
    case .exponential: .exponential
    case .logarithm: .logarithm
    }
  }

  func apply(_ x: Float) -> Float {
    switch self {
    case .tanh: Foundation.tanh(x)
    case .relu: max(0, x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .exponential: exp(x)
    case .logarithm: log(x)
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
    }
  }
}
