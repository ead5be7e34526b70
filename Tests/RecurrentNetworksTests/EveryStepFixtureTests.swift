import LinearAlgebra
import RecurrentNetworks
import Testing

/// Networks of one stack against PyTorch, or where it lacks the cell against its paper's equations in
/// NumPy: loss and every gradient.
@Suite struct EveryStepFixtureTests {
  static let names = [
    "tanh-every-step", "tanh-tokens-adam", "lstm-two-layers", "gru-final-output",
    "tanh-bidirectional", "lstm-bidirectional-final", "gru-two-layers-bidirectional",
    "relu-two-layers-bidirectional", "mingru-two-layers-bidirectional",
    "minlstm-two-layers-bidirectional", "slstm-two-layers-bidirectional",
    "lstm-peepholes-two-layers-bidirectional", "lstm-projection-two-layers-bidirectional",
    "lru-two-layers-bidirectional", "gru-residual-three-layers-bidirectional",
    "tanh-normalised", "gru-normalised", "lstm-normalised",
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
    let (model, batch) = try Self.build(fixture, type)
    try expectAgreement(model, batch, with: fixture, tolerance: tolerance)
  }

  static func build<Scalar: NetworkScalar>(
    _ fixture: Fixture, _ type: Scalar.Type
  ) throws -> (any SequenceModel<Scalar>, SequenceBatch<Scalar>) {
    let config = fixture.config
    var configuration = NetworkConfiguration()
    configuration.cell = try #require(CellKind(rawValue: config.cell ?? ""))
    configuration.hidden = config.H
    configuration.layers = config.layers ?? 1
    configuration.projectionSize = config.projection
    configuration.peepholes = config.peepholes ?? false
    configuration.layerNorm = config.normalised ?? false
    configuration.residual = config.residual ?? false
    configuration.direction = config.bidirectional == true ? .bidirectional : .forward
    let batch = SequenceBatch<Scalar>()
    batch.steps.assign(lengths: try #require(fixture.batch.lengths))
    var sizes = ModelSizes(outputs: config.K)
    if let tokens = fixture.batch.tokens {
      sizes.symbols = config.D
      batch.tokens.assign(batch.packed(batch.steps) { Int32(tokens[$0][$1]) })
    } else if let inputs = fixture.batch.inputs {
      sizes.width = try #require(config.D)
      batch.width = sizes.width
      batch.vectors.assign(
        batch.packed(batch.steps) { inputs[$0][$1].map { Scalar($0) } }.flatMap { $0 })
    }
    switch try #require(fixture.batch.targets) {
    case .steps(let targets):
      batch.targets.assign(batch.packed(batch.steps) { Int32(targets[$0][$1]) })
      return (EveryStepOutput(configuration, sizes: sizes), batch)
    case .sequences(let targets):
      batch.targets.assign(batch.steps.order.map { Int32(targets[$0]) })
      return (FinalOutput(configuration, sizes: sizes), batch)
    }
  }
}
