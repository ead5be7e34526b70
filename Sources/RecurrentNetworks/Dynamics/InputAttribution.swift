import Glibc
import LinearAlgebra

/// What one prediction depends on: the gradient of its log-probability by every input that was read,
/// by one pass back from that prediction alone.
public struct InputAttribution: Sendable, Equatable {
  /// ‖∂ log p / ∂x(t)‖ of every step.
  public var norms: [Double]
  /// x(t) · ∂ log p / ∂x(t): how far the input that was read speaks for it, or against.
  public var products: [Double]
  /// log p of the symbol in nats; of numbers, the output itself.
  public var value: Double

  /// Which output is asked about.
  public enum Output: Sendable, Equatable {
    /// log p of a class.
    case logProbability(of: Int)
    /// One of the numbers that are put out.
    case value(Int)
  }

  /// Runs the network forward and backward over the one sequence of `batch`.
  /// - Parameters:
  ///   - model: the network
  ///   - batch: one sequence
  ///   - output: what is asked about
  ///   - row: the row of outputs in which it stands
  ///   - parameters: the weights
  ///   - arena: is reset
  /// - Returns: nil where inputs do not enter layers of cells, or a value is not finite.
  public static func measure<Scalar>(
    _ model: any SequenceModel<Scalar>, _ batch: SequenceBatch<Scalar>, output: Output, row: Int,
    parameters: ParameterVector<Scalar>, arena: Arena<Scalar>
  ) -> InputAttribution? {
    arena.reset()
    let pass = Pass(parameters: parameters, arena: arena)
    let outputs = model.outputs(batch, pass)
    guard (0..<outputs.rows).contains(row) else { return nil }
    let asked = outputs.row(row)
    var gradient = [Double](repeating: 0, count: outputs.columns)
    let value: Double
    switch output {
    case .value(let index):
      guard gradient.indices.contains(index) else { return nil }
      value = Double(asked[index])
      gradient[index] = 1
    case .logProbability(let symbol):
      guard gradient.indices.contains(symbol) else { return nil }
      let largest = (0..<outputs.columns).map { Double(asked[$0]) }.max() ?? 0
      let weights = (0..<outputs.columns).map { exp(Double(asked[$0]) - largest) }
      let total = weights.reduce(0, +)
      value = Double(asked[symbol]) - largest - log(total)
      for index in gradient.indices { gradient[index] = -weights[index] / total }
      gradient[symbol] += 1
    }
    outputs.fill(0)
    for (index, value) in gradient.enumerated() { outputs[row, index] = Scalar(value) }
    model.backward(outputs, batch, pass)
    return gathered(model, batch, parameters, value: value)
  }

  /// ∂/∂x(t) = Uᵀ δ(t), of both directions together.
  private static func gathered<Scalar>(
    _ model: any SequenceModel<Scalar>, _ batch: SequenceBatch<Scalar>,
    _ parameters: ParameterVector<Scalar>, value: Double
  ) -> InputAttribution? {
    let first = (model.stacks.first?.layers ?? []).filter { $0.number == 1 }
    let steps = batch.steps.rowCount
    guard let weight = first.first?.inputWeight,
      first.allSatisfy({ $0.inputGradients.rows == steps })
    else { return nil }
    let width = parameters[weight].columns
    let embedding = model.roles.inputEmbedding
    let readsSymbols = batch.tokens.count == steps && batch.width == 0
    var result = InputAttribution(norms: [], products: [], value: value)
    for t in 0..<steps {
      var gradient = [Double](repeating: 0, count: width)
      for layer in first {
        let (u, delta) = (parameters[layer.inputWeight], layer.inputGradients.row(t))
        for unit in 0..<u.rows {
          let (d, weights) = (Double(delta[unit]), u.row(unit))
          for column in 0..<width { gradient[column] += d * Double(weights[column]) }
        }
      }
      result.norms.append(gradient.reduce(0) { $0 + $1 * $1 }.squareRoot())
      var product = 0.0
      if readsSymbols {
        let symbol = Int(batch.tokens[t])
        if symbol >= 0, let embedding {
          let e = parameters[embedding].row(symbol)
          for column in 0..<min(width, embedding.columns) {
            product += Double(e[column]) * gradient[column]
          }
        } else if gradient.indices.contains(symbol) {
          product = gradient[symbol]
        }
      } else {
        for column in 0..<min(width, batch.width) {
          product += Double(batch.vectors[t * batch.width + column]) * gradient[column]
        }
      }
      result.products.append(product)
    }
    return result.norms.allSatisfy(\.isFinite) && value.isFinite ? result : nil
  }

  /// Steps back from `step` within which 90 % of the norms up to there lie; nil where all are 0.
  public func reach(from step: Int) -> Int? {
    let total = norms.prefix(step + 1).reduce(0, +)
    guard total > 0 else { return nil }
    var sum = 0.0
    for lag in 0...step where norms.indices.contains(step - lag) {
      sum += norms[step - lag]
      if sum >= 0.9 * total { return lag }
    }
    return step
  }
}
