import LinearAlgebra
import RecurrentNetworks
import Testing

/// Systems with real-valued outputs and squared error: autonomous, and driven by outside data.
@Suite struct DynamicSystemTests {
  func configuration(_ cell: CellKind, layers: Int = 1) -> NetworkConfiguration {
    var result = NetworkConfiguration()
    result.cell = cell
    result.hidden = 4
    result.layers = layers
    return result
  }

  func unrolled(lengths: [Int], outputs: Int) -> SequenceBatch<Double> {
    let batch = SequenceBatch<Double>()
    var random = SeededRandom(seed: 2)
    batch.steps.assign(lengths: lengths)
    batch.targetValues.assign(
      (0..<batch.steps.rowCount * outputs).map { _ in random.normal() })
    return batch
  }

  @Test(arguments: CellKind.allCases) func autonomousGradientsAreExact(_ cell: CellKind) {
    for layers in [1, 2] {
      let model = AutonomousSystem<Double>(configuration(cell, layers: layers), outputs: 3)
      let check = GradientCase(
        model, unrolled(lengths: [5, 2, 7], outputs: 3), objective: .squaredError)
      #expect(check.worstError() < 1e-7)
    }
  }

  @Test(arguments: CellKind.allCases) func drivenGradientsAreExact(_ cell: CellKind) {
    let batch = RandomBatch.vectors(lengths: [5, 2, 7], width: 2, classes: 2)
    var random = SeededRandom(seed: 3)
    batch.targetValues.assign((0..<batch.steps.rowCount * 3).map { _ in random.normal() })
    // A step without a target: it only brings the state to where targets begin.
    batch.targetValues[0] = .nan
    let model = EveryStepOutput<Double>(
      configuration(cell), sizes: ModelSizes(width: 2, outputs: 3, targets: .values))
    let check = GradientCase(model, batch, objective: .squaredError)
    #expect(check.worstError() < 1e-7)
  }

  @Test func aDrivenSystemAgreesInDouble() throws { try check(Double.self, tolerance: 1e-10) }
  @Test func aDrivenSystemAgreesInFloat() throws { try check(Float.self, tolerance: 1e-4) }

  func check<Scalar: NetworkScalar>(_ type: Scalar.Type, tolerance: Double) throws {
    let fixture = try Fixture.load("driven-system")
    let (width, outputs) = (try #require(fixture.config.D), fixture.config.K)
    var configuration = configuration(.lstm)
    configuration.hidden = fixture.config.H
    let model = EveryStepOutput<Scalar>(
      configuration, sizes: ModelSizes(width: width, outputs: outputs, targets: .values))
    let batch = SequenceBatch<Scalar>()
    batch.steps.assign(lengths: try #require(fixture.batch.lengths))
    batch.width = width
    let inputs = try #require(fixture.batch.inputs)
    let targets = try #require(fixture.batch.target_values)
    batch.vectors.assign(
      batch.packed(batch.steps) { inputs[$0][$1].map { Scalar($0) } }.flatMap { $0 })
    batch.targetValues.assign(
      batch.packed(batch.steps) { targets[$0][$1].map { Scalar($0) } }.flatMap { $0 })
    try expectAgreement(
      model, batch, with: fixture, objective: .squaredError, tolerance: tolerance)
  }

  @Test func anAutonomousSystemUnrollsItsStateByHand() throws {
    let model = AutonomousSystem<Double>(configuration(.tanh), outputs: 1)
    let check = GradientCase(model, unrolled(lengths: [3], outputs: 1))
    let tensors = Dictionary(
      uniqueKeysWithValues: check.parameters.namedTensors().map { ($0.name, $0.values) })
    let w = try #require(tensors["rnn.weight_hh_l0"])
    let b = try #require(tensors["rnn.bias_ih_l0"])
    let v = try #require(tensors["head.weight"])
    let c = try #require(tensors["head.bias"])
    var s = try #require(tensors["rnn.initial_state_l0"])
    #expect(tensors["rnn.weight_ih_l0"] == nil)
    var expected: [Double] = []
    for _ in 0..<3 {
      var a = b
      for i in 0..<4 { for j in 0..<4 { a[i] += w[i * 4 + j] * s[j] } }
      a.withUnsafeMutableBufferPointer { a in
        guard let base = a.baseAddress else { return }
        Double.tanh(4, base, base)
      }
      s = a
      var o = c[0]
      for j in 0..<4 { o += v[j] * s[j] }
      expected.append(o)
    }
    #expect(relativeError(check.outputs(), expected) < 1e-14)
  }

  @Test func chunksContinueAndOnlyTheFirstTeachesTheBeginning() throws {
    let model = AutonomousSystem<Double>(configuration(.lstm), outputs: 2)
    let whole = GradientCase(model, unrolled(lengths: [6], outputs: 2), objective: .squaredError)
    let expected = whole.outputs()
    let chunk = unrolled(lengths: [3], outputs: 2)
    chunk.carried = CarriedState(sequences: 1, width: model.carriedWidth)
    var chunked = whole
    chunked.batch = chunk
    let start = try #require(
      model.layout.parameters.first { $0.name == "rnn.initial_state_l0" })
    var found: [Double] = []
    var norms: [Double] = []
    for _ in 0..<2 {
      let before = CarriedState<Double>(sequences: 1, width: model.carriedWidth)
      before.values.copy(chunk.carried?.values ?? before.values)
      before.isFresh = chunk.carried?.isFresh ?? true
      found += chunked.outputs()
      let after = chunk.carried
      chunk.carried = before
      norms.append(chunked.gradient().matrix(start).norm)
      chunk.carried = after
    }
    #expect(relativeError(found, expected) < 1e-14)
    #expect(norms[0] > 0 && norms[1] == 0)
  }
}
