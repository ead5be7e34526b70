import Foundation
import LinearAlgebra

/// Additive attention worked out again for one sequence, pair by pair, forward and back.
///
///     e(t, i) = vᵀ tanh(Wₐ d(t−1) + Uₐ h(i))     α = softmax of e over i     C(t) = Σ α h
struct TraceAttention {
  /// α(t, i).
  private(set) var weights: [[Float]] = []
  /// C(t).
  private(set) var contexts: [[Float]] = []
  /// ∇C(t), and what attention asks of d(t−1) at each step.
  private(set) var contextGradients: [[Float]] = []
  private(set) var toQueries: [[Float]] = []
  /// ∇q(t), where q = Wₐ d(t−1).
  private(set) var queryGradients: [[Float]] = []
  /// What all steps together ask of each h(i).
  private(set) var toSource: [[Float]] = []
  private var activations: [[[Float]]] = []
  private let source: [[Float]]
  private let (query, key): (Matrix<Float>, Matrix<Float>)
  private let energy: [Float]

  /// - Parameter states: d(t−1) of every step.
  init(
    source: [[Float]], states: [[Float]], query: Matrix<Float>, key: Matrix<Float>,
    energy: [Float]
  ) {
    (self.source, self.query, self.key, self.energy) = (source, query, key, energy)
    let keys = source.map { key.times($0) }
    for state in states {
      let looking = query.times(state)
      let row = keys.map { $0.adding(looking).map { tanh($0) } }
      let energies = row.map { $0.times(energy).reduce(0, +) }
      let highest = energies.max() ?? 0
      let shares = energies.map { exp($0 - highest) }
      let total = shares.reduce(0, +)
      let alpha = shares.map { $0 / total }
      activations.append(row)
      weights.append(alpha)
      contexts.append(weighted(alpha))
    }
  }

  private func weighted(_ alpha: [Float]) -> [Float] {
    var sum = [Float](repeating: 0, count: source.first?.count ?? 0)
    for (share, state) in zip(alpha, source) {
      for unit in state.indices { sum[unit] += share * state[unit] }
    }
    return sum
  }

  /// Goes back from ∇C(t) of every step.
  mutating func goBack(from gradients: [[Float]]) {
    contextGradients = gradients
    toSource = source.map { [Float](repeating: 0, count: $0.count) }
    queryGradients = gradients.indices.map { t in
      let alpha = weights[t]
      let asked = source.map { $0.times(gradients[t]).reduce(0, +) }
      let mean = zip(alpha, asked).reduce(0) { $0 + $1.0 * $1.1 }
      var looking = [Float](repeating: 0, count: energy.count)
      for i in source.indices {
        let dEnergy = alpha[i] * (asked[i] - mean)
        let inner = zip(energy, activations[t][i]).map { dEnergy * $0 * (1 - $1 * $1) }
        looking = looking.adding(inner)
        toSource[i] = toSource[i].adding(gradients[t].map { $0 * alpha[i] })
          .adding(key.transposedTimes(inner))
      }
      return looking
    }
    toQueries = queryGradients.map { query.transposedTimes($0) }
  }
}
