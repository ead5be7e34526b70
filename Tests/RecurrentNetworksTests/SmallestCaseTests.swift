import Foundation
import LinearAlgebra
import RecurrentNetworks
import Testing

/// One step is a dense layer; one source step leaves attention nothing to choose.
@Suite struct SmallestCaseTests {
  /// W x + b of one of a tensor's blocks of three rows.
  private func dense(
    _ tensors: [String: [Double]], _ x: [Double], block: Int, bias: String = "rnn.bias_ih_l0"
  ) -> [Double] {
    (0..<3).map { i in
      let row = 3 * block + i
      let weights = tensors["rnn.weight_ih_l0"] ?? []
      var sum = tensors[bias]?[row] ?? 0
      for (j, value) in x.enumerated() { sum += weights[row * x.count + j] * value }
      return sum
    }
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// s(1) from s(0) = 0.
  private func state(_ cell: CellKind, _ tensors: [String: [Double]], _ x: [Double]) -> [Double] {
    switch cell {
    case .tanh: return dense(tensors, x, block: 0).map { tanh($0) }
    case .relu: return dense(tensors, x, block: 0).map { max(0, $0) }
    case .lstm:
      let (i, g) = (dense(tensors, x, block: 0), dense(tensors, x, block: 2))
      let o = dense(tensors, x, block: 3)
      return (0..<3).map { sigmoid(o[$0]) * tanh(sigmoid(i[$0]) * tanh(g[$0])) }
    case .mingru:
      let (z, n) = (dense(tensors, x, block: 0), dense(tensors, x, block: 1))
      return (0..<3).map { sigmoid(z[$0]) * n[$0] }
    case .minlstm:
      let (i, f) = (dense(tensors, x, block: 0), dense(tensors, x, block: 1))
      let g = dense(tensors, x, block: 2)
      return (0..<3).map { sigmoid(i[$0]) / (sigmoid(i[$0]) + sigmoid(f[$0])) * g[$0] }
    case .slstm:
      let (i, f) = (dense(tensors, x, block: 0), dense(tensors, x, block: 1))
      let (g, o) = (dense(tensors, x, block: 2), dense(tensors, x, block: 3))
      return (0..<3).map { k in
        // The normaliser begins at 1.
        sigmoid(o[k]) * exp(i[k]) * tanh(g[k]) / (sigmoid(f[k]) + exp(i[k]))
      }
    case .lru:
      let (r, j) = (dense(tensors, x, block: 0), dense(tensors, x, block: 1))
      let (d, kept) = (dense(tensors, x, block: 2), tensors["rnn.eigenvalues_l0"] ?? [])
      // Nothing of the past: the inputs by γ, read by P.
      let read = (0..<6).map { exp(kept[6 + $0 % 3]) * ($0 < 3 ? r[$0] : j[$0 - 3]) }
      let p = tensors["rnn.weight_hr_l0"] ?? []
      return (0..<3).map { k in (0..<6).reduce(d[k]) { $0 + p[6 * k + $1] * read[$1] } }
    case .gru:
      let other = tensors["rnn.bias_hh_l0"] ?? []
      let (r, z) = (dense(tensors, x, block: 0), dense(tensors, x, block: 1))
      let n = dense(tensors, x, block: 2)
      return (0..<3).map { k in
        let reset = sigmoid(r[k] + other[k])
        return (1 - sigmoid(z[k] + other[3 + k])) * tanh(n[k] + reset * other[6 + k])
      }
    }
  }

  @Test(arguments: CellKind.allCases) func oneStepIsADenseLayer(_ cell: CellKind) throws {
    var network = NetworkConfiguration()
    (network.cell, network.hidden) = (cell, 3)
    let sizes = ModelSizes(width: 2, outputs: 4)
    let batch = RandomBatch.vectors(lengths: [1, 1], width: 2, classes: 4)
    let check = GradientCase(EveryStepOutput<Double>(network, sizes: sizes), batch)
    let tensors = Dictionary(
      uniqueKeysWithValues: check.parameters.namedTensors().map { ($0.name, $0.values) })
    let (v, c) = (try #require(tensors["head.weight"]), try #require(tensors["head.bias"]))
    let expected = (0..<2).flatMap { row -> [Double] in
      let s = state(cell, tensors, [batch.vectors[2 * row], batch.vectors[2 * row + 1]])
      return c.indices.map { k in
        var o = c[k]
        for (j, value) in s.enumerated() { o += v[3 * k + j] * value }
        return o
      }
    }
    #expect(relativeError(check.outputs(), expected) < 1e-14)
    // The end of a sequence of one step is that step.
    var final = GradientCase(FinalOutput<Double>(network, sizes: sizes), batch)
    final.parameters.copy(check.parameters)
    #expect(final.outputs() == check.outputs())
    final.objective = .crossEntropy
    #expect(final.loss() == check.loss())
  }

  @Test(arguments: CellKind.allCases)
  func attentionOverOneSourceStepIsThePlainContext(_ cell: CellKind) throws {
    var network = NetworkConfiguration()
    (network.cell, network.hidden) = (cell, 3)
    let sizes = ModelSizes(symbols: 5, outputs: 4)
    let batch = RandomBatch.translation(
      source: [1, 1, 1], target: [2, 4, 1], symbols: 5, classes: 4)
    let attending = AttentionDecoder<Double>(network, sizes: sizes)
    let attention = GradientCase(attending, batch)
    let plain = GradientCase(EncoderDecoder<Double>(network, sizes: sizes), batch)
    try plain.parameters.load(
      attention.parameters.namedTensors().filter { !$0.name.hasPrefix("attention.") })
    #expect(relativeError(attention.outputs(), plain.outputs()) < 1e-14)
    #expect(attending.attentionWeights(sequence: 1) == [[1], [1], [1], [1]])
    let expected = plain.gradient().namedTensors()
    for tensor in attention.gradient().namedTensors() {
      if tensor.name.hasPrefix("attention.") {
        #expect(tensor.values.allSatisfy { $0 == 0 })
      } else {
        let other = try #require(expected.first { $0.name == tensor.name })
        #expect(relativeError(tensor.values, other.values) < 1e-13, "\(tensor.name)")
      }
    }
  }

  @Test func attentionWeightsOfEveryTargetStepSumToOne() throws {
    var network = NetworkConfiguration()
    network.hidden = 3
    let model = AttentionDecoder<Double>(network, sizes: ModelSizes(symbols: 5, outputs: 4))
    let (source, target) = ([2, 6, 3], [4, 1, 3])
    let check = GradientCase(
      model, RandomBatch.translation(source: source, target: target, symbols: 5, classes: 4))
    _ = check.outputs()
    for n in 0..<3 {
      let weights = model.attentionWeights(sequence: n)
      #expect(weights.count == target[n])
      for row in weights {
        #expect(row.count == source[n] && row.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(abs(row.reduce(0, +) - 1) < 1e-14)
      }
    }
    #expect(model.attentionWeights(sequence: 3).isEmpty)
  }
}
