import LinearAlgebra
import RecurrentNetworks
import Testing

/// Sequence to sequence against PyTorch: sources and targets of different lengths, in different
/// orders of length.
@Suite struct EncoderDecoderFixtureTests {
  static let names = [
    "encoder-decoder-tanh", "encoder-decoder-lstm", "encoder-decoder-gru", "encoder-decoder-deep",
    "attention-tanh", "attention-gru", "attention-lstm-deep",
  ]

  @Test(arguments: names) func agreesInDouble(_ name: String) throws {
    try check(name, Double.self, tolerance: 1e-10)
  }

  @Test(arguments: names) func agreesInFloat(_ name: String) throws {
    try check(name, Float.self, tolerance: 1e-4)
  }

  func check<Scalar: NetworkScalar>(
    _ name: String, _ type: Scalar.Type, tolerance: Double
  ) throws {
    let fixture = try Fixture.load(name)
    let (configuration, sizes) = try Self.configuration(fixture)
    let batch: SequenceBatch<Scalar> = try Self.batch(fixture)
    guard let expected = fixture.attention else {
      let model = EncoderDecoder<Scalar>(configuration, sizes: sizes)
      try expectAgreement(model, batch, with: fixture, tolerance: tolerance)
      return
    }
    let model = AttentionDecoder<Scalar>(configuration, sizes: sizes)
    try expectAgreement(model, batch, with: fixture, tolerance: tolerance)
    for (sequence, weights) in expected.enumerated() {
      let found = model.attentionWeights(sequence: sequence)
      #expect(found.map(\.count) == weights.map(\.count))
      #expect(relativeError(found.flatMap { $0 }, weights.flatMap { $0 }) <= tolerance)
    }
  }

  static func configuration(_ fixture: Fixture) throws -> (NetworkConfiguration, ModelSizes) {
    var configuration = NetworkConfiguration()
    configuration.cell = try #require(CellKind(rawValue: fixture.config.cell ?? ""))
    configuration.hidden = fixture.config.H
    configuration.layers = fixture.config.layers ?? 1
    configuration.direction = fixture.config.bidirectional == true ? .bidirectional : .forward
    configuration.embedding = fixture.config.embedding
    return (configuration, ModelSizes(symbols: fixture.config.D, outputs: fixture.config.K))
  }

  static func batch<Scalar: NetworkScalar>(_ fixture: Fixture) throws -> SequenceBatch<Scalar> {
    let batch = SequenceBatch<Scalar>()
    let source = try #require(fixture.batch.source)
    let target = try #require(fixture.batch.target)
    batch.steps.assign(lengths: try #require(fixture.batch.source_lengths))
    batch.targetSteps.assign(lengths: try #require(fixture.batch.target_lengths))
    batch.tokens.assign(batch.packed(batch.steps) { Int32(source[$0][$1]) })
    batch.targets.assign(batch.packed(batch.targetSteps) { Int32(target[$0][$1]) })
    return batch
  }
}
