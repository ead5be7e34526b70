import Foundation
import LinearAlgebra
import RecurrentNetworks
import Testing

/// How far back a loss reaches, on networks where that is known: without input and bias all states
/// are zero, tanh has slope 1, and ∂L(τ)/∂s(τ−k) = (Wᵀ)ᵏ Vᵀ ∇o(τ).
@Suite struct StateGradientDecayTests {
  static let hidden = 4

  /// Weights of zero but W and V of the given network.
  func parameters(
    _ model: any SequenceModel<Double>, w: [Double]
  ) throws -> ParameterVector<Double> {
    let result = ParameterVector<Double>(model.layout)
    for parameter in model.layout.parameters {
      let values = result.matrix(parameter)
      if parameter.name.contains("weight_hh") {
        for (i, value) in w.enumerated() { values.base[i] = value }
      } else if parameter.name == "head.weight" {
        for i in 0..<parameter.count { values.base[i] = Double(i % 5) - 1.7 }
      }
    }
    return result
  }

  func diagonal(_ values: [Double]) -> [Double] {
    var w = [Double](repeating: 0, count: 16)
    for (unit, value) in values.enumerated() { w[unit * 5] = value }
    return w
  }

  func measure(
    w: [Double], lengths: [Int], final: Bool = false, bidirectional: Bool = false,
    targets: [Int32]? = nil
  ) throws -> [StateGradientDecay] {
    var configuration = NetworkConfiguration()
    configuration.hidden = Self.hidden
    configuration.direction = bidirectional ? .bidirectional : .forward
    let sizes = ModelSizes(width: 2, outputs: 3)
    let model: any SequenceModel<Double> =
      final
      ? FinalOutput(configuration, sizes: sizes) : EveryStepOutput(configuration, sizes: sizes)
    let batch = SequenceBatch<Double>()
    batch.steps.assign(lengths: lengths)
    batch.width = 2
    batch.vectors.assign((0..<batch.steps.rowCount * 2).map { Double($0) })
    let rows = final ? lengths.count : batch.steps.rowCount
    batch.targets.assign(targets ?? (0..<rows).map { Int32($0 % 3) })
    return StateGradientDecay.measure(
      model, objective: .crossEntropy, rows: final ? .sequences : .steps, batch: batch,
      parameters: try parameters(model, w: w), arena: Arena())
  }

  // MARK: Known curves

  @Test(arguments: [0.5, 1, 1.25]) func scaledIdentityDecaysByItsFactor(_ factor: Double) throws {
    let curves = try measure(
      w: diagonal([factor, factor, factor, factor]), lengths: [7, 7])
    #expect(curves.map(\.title) == ["layer 1"])
    let norms = curves[0].norms
    #expect(norms.count == 7)
    for (lag, norm) in norms.enumerated() {
      #expect(relativeError([norm], [norms[0] * pow(factor, Double(lag))]) < 1e-12)
    }
    #expect(abs(curves[0].factorPerStep - factor) < 1e-12)
  }

  /// A rotation keeps every length, though its entries are below 1.
  @Test func rotationKeepsTheGradient() throws {
    var w = [Double](repeating: 0, count: 16)
    for block in [0, 2] {
      let (c, s) = (cos(Double(block) + 0.4), sin(Double(block) + 0.4))
      w[block * 4 + block] = c
      w[block * 4 + block + 1] = -s
      w[(block + 1) * 4 + block] = s
      w[(block + 1) * 4 + block + 1] = c
    }
    let norms = try measure(w: w, lengths: [9])[0].norms
    for norm in norms { #expect(relativeError([norm], [norms[0]]) < 1e-12) }
  }

  /// Wᵀ comes first: a W that moves everything on by one unit moves gradients back by one.
  @Test func shiftingMatrixEndsTheGradientAfterItsUnits() throws {
    var w = [Double](repeating: 0, count: 16)
    for unit in 1..<4 { w[unit * 4 + unit - 1] = 1 }
    let curve = try measure(w: w, lengths: [7])[0]
    #expect(curve.norms[3] > 0.01)
    #expect(Array(curve.norms[4...]) == [0, 0, 0])
  }

  /// Sequences of different lengths are lined up at their ends, as root mean squares.
  @Test func lagsCountFromEachOwnEnd() throws {
    let w = diagonal([0.5, 0.5, 0.5, 0.5])
    let both = try measure(w: w, lengths: [2, 5], targets: [2, 1, 0, 0, 0, 0, 2])
    let long = try measure(w: w, lengths: [5], targets: [0, 0, 0, 0, 2])[0].norms
    let short = try measure(w: w, lengths: [2], targets: [0, 0])[0].norms
    #expect(short.count == 2 && long.count == 5)
    for lag in 0..<5 {
      let expected =
        lag < 2
        ? ((long[lag] * long[lag] + short[lag] * short[lag]) / 2).squareRoot() : long[lag]
      #expect(relativeError([both[0].norms[lag]], [expected]) < 1e-12)
    }
  }

  /// Lags count from the last step that has a loss.
  @Test func stepsBehindTheLastTargetDoNotCount() throws {
    let norms = try measure(
      w: diagonal([1, 1, 1, 1]), lengths: [5], targets: [0, 1, 2, -1, -1])[0].norms
    #expect(norms.count == 3 && norms[0] > 0.01)
  }

  // MARK: Directions

  @Test func onlyTheForwardDirectionLooksBackFromAStep() throws {
    let w = diagonal([1, 1, 1, 1])
    #expect(
      try measure(w: w, lengths: [3], bidirectional: true).map(\.title) == ["layer 1"])
    let ends = try measure(w: w, lengths: [6, 3], final: true, bidirectional: true)
    #expect(ends.map(\.title) == ["layer 1", "layer 1 backward"])
    for curve in ends {
      #expect(curve.norms.count == 6 && abs(curve.factorPerStep - 1) < 0.2)
      #expect(relativeError([curve.norms[3]], [curve.norms[5]]) < 1e-12)
    }
  }

  /// Behind a decoder the curve goes on through the context into the source.
  @Test func lagsGoOnIntoTheEncoder() throws {
    var configuration = NetworkConfiguration()
    configuration.hidden = Self.hidden
    let model = EncoderDecoder<Double>(
      configuration, sizes: ModelSizes(symbols: 5, outputs: 3))
    let batch = SequenceBatch<Double>()
    batch.steps.assign(lengths: [4])
    batch.targetSteps.assign(lengths: [3])
    batch.tokens.assign([0, 1, 2, 3])
    batch.targets.assign([0, 1, 2])
    let curves = StateGradientDecay.measure(
      model, objective: .crossEntropy, rows: .targetSteps, batch: batch,
      parameters: try parameters(model, w: diagonal([0.5, 0.5, 0.5, 0.5])), arena: Arena())
    #expect(curves.map(\.title) == ["encoder layer 1", "decoder layer 1"])
    let (source, target) = (curves[0].norms, curves[1].norms)
    #expect(target.count == 3 && source.count == 3 + 4)
    #expect(Array(source[..<3]) == [0, 0, 0])
    for (lag, norm) in (target + source[3...]).enumerated() {
      #expect(relativeError([norm], [target[0] * pow(0.5, Double(lag))]) < 1e-12)
    }
    #expect(abs(curves[0].factorPerStep - 0.5) < 1e-12)
  }

  @Test func slopeOfNothing() {
    func factor(_ norms: [Double]) -> Double {
      StateGradientDecay(title: "", norms: norms).factorPerStep
    }
    #expect(factor([]) == 1)
    #expect(factor([0, 0]) == 1)
    #expect(factor([3]) == 1)
    #expect(factor([3, 0, 0]) == 0)
    #expect(factor([4, 2, 1, 0]) == 0.5)
  }
}
