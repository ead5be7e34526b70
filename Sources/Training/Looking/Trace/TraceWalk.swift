import Foundation
import LinearAlgebra

/// What a pass forward and back over one sequence left behind, step by step, in the top layer.
struct TraceWalk {
  let isTanh: Bool
  /// Whether there is one output, at the end.
  let isFinal: Bool
  /// The layer's number where there are several.
  let layer: Int?
  /// s(t) and ∇s(t).
  let states: [[Float]]
  let stateGradients: [[Float]]
  /// o and ∇o of every output row.
  let outputs: [[Float]]
  let outputGradients: [[Float]]
  let losses: [Double]
  /// W of the layer and V; valid as long as the parameters are.
  let w: Matrix<Float>
  let v: Matrix<Float>

  var steps: Int { states.count }
  var units: Int { states.first?.count ?? 0 }

  /// The output row that stands over step t.
  func outputRow(of t: Int) -> Int? {
    let row = isFinal ? (t == steps - 1 ? 0 : -1) : t
    return outputs.indices.contains(row) ? row : nil
  }

  func previousState(_ t: Int) -> [Float] {
    t > 0 ? states[t - 1] : [Float](repeating: 0, count: units)
  }

  /// δ(t) = (1 − s(t)²) ⊙ ∇s(t).
  func delta(_ t: Int) -> [Float] {
    zip(states[t], stateGradients[t]).map { (1 - $0 * $0) * $1 }
  }

  /// a(t), which s(t) is the tanh of; past ±9 it cannot be told from s(t) any more.
  func activation(_ t: Int) -> [Float] {
    states[t].map { atanh(min(max($0, -0.99999994), 0.99999994)) }
  }

  /// W s(t−1).
  func fromPast(_ t: Int) -> [Float] {
    let past = previousState(t)
    return (0..<w.rows).map { row in
      past.indices.reduce(Float(0)) { $0 + w[row, $1] * past[$1] }
    }
  }

  /// Vᵀ ∇o(t); zero where there is no output.
  func fromHere(_ t: Int) -> [Float] {
    guard let row = outputRow(of: t) else { return [Float](repeating: 0, count: units) }
    let gradient = outputGradients[row]
    return (0..<units).map { unit in
      gradient.indices.reduce(Float(0)) { $0 + v[$1, unit] * gradient[$1] }
    }
  }

  /// ‖∇W‖ summed from the end down to each step: ∇W = Σ δ(t) s(t−1)ᵀ (GBC eq. 10.26).
  func accumulatedWeightNorms() -> [Double] {
    var sum = [Float](repeating: 0, count: units * units)
    var norms = [Double](repeating: 0, count: steps)
    for t in (0..<steps).reversed() {
      let (delta, past) = (delta(t), previousState(t))
      for row in 0..<units where delta[row] != 0 {
        for unit in 0..<units { sum[row * units + unit] += delta[row] * past[unit] }
      }
      norms[t] = Self.norm(sum)
    }
    return norms
  }

  static func rows(_ matrix: Matrix<Float>) -> [[Float]] {
    (0..<matrix.rows).map {
      Array(UnsafeBufferPointer(start: matrix.row($0), count: matrix.columns))
    }
  }

  static func norm(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// The largest of some logits and its share of their softmax.
  static func likeliest(_ logits: [Float]) -> (index: Int, probability: Double) {
    guard let highest = logits.max(), let index = logits.firstIndex(of: highest) else {
      return (0, .nan)
    }
    return (index, 1 / logits.reduce(0.0) { $0 + exp(Double($1 - highest)) })
  }
}
