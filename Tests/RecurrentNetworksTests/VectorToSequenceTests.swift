import LinearAlgebra
import RecurrentNetworks
import Testing

/// A vector to a sequence against PyTorch.
@Suite struct VectorToSequenceTests {
  @Test func agreesInDouble() throws { try check(Double.self, tolerance: 1e-10) }
  @Test func agreesInFloat() throws { try check(Float.self, tolerance: 1e-4) }

  func check<Scalar: NetworkScalar>(_ type: Scalar.Type, tolerance: Double) throws {
    let fixture = try Fixture.load("vector-to-sequence")
    var configuration = NetworkConfiguration()
    configuration.hidden = fixture.config.H
    let width = try #require(fixture.config.X)
    let model = VectorToSequence<Scalar>(
      configuration, sizes: ModelSizes(width: width, outputs: fixture.config.K))
    let batch = SequenceBatch<Scalar>()
    batch.steps.assign(lengths: try #require(fixture.batch.lengths))
    batch.width = width
    let vectors = try #require(fixture.batch.vectors)
    batch.vectors.assign(batch.steps.order.flatMap { vectors[$0].map { Scalar($0) } })
    guard case .steps(let targets) = fixture.batch.targets else {
      Issue.record("targets at every step are missing")
      return
    }
    batch.targets.assign(batch.packed(batch.steps) { Int32(targets[$0][$1]) })
    try expectAgreement(model, batch, with: fixture, tolerance: tolerance)
  }
}
