import LinearAlgebra
import RecurrentNetworks
import Testing

/// Twenty steps of clipped Adam against PyTorch, which keeps two biases where we keep their sum.
@Suite struct AdamTrajectoryTests {
  @Test func agreesInDouble() throws { try check(Double.self, tolerance: 1e-10) }
  @Test func agreesInFloat() throws { try check(Float.self, tolerance: 1e-4) }

  func check<Scalar: NetworkScalar>(_ type: Scalar.Type, tolerance: Double) throws {
    let fixture = try Fixture.load("tanh-tokens-adam")
    let (model, batch) = try EveryStepFixtureTests.build(fixture, type)
    let parameters = ParameterVector<Scalar>(model.layout)
    try parameters.load(fixture.tensors)
    let gradient = ParameterVector<Scalar>(model.layout)
    var configuration = OptimizerConfiguration()
    configuration.learningRate = 0.01
    let optimiser = Optimiser<Scalar>(configuration, layout: model.layout)
    let pass = Pass(parameters: parameters, gradient: gradient, arena: Arena<Scalar>())
    let losses = try #require(fixture.trajectory)
    let norms = try #require(fixture.gradient_norms)
    for (expectedLoss, expectedNorm) in zip(losses, norms) {
      pass.arena.reset()
      gradient.fill(0)
      let outputs = model.outputs(batch, pass)
      let count = Objective.crossEntropy.targetCount(batch, outputWidth: outputs.columns)
      let loss = Objective.crossEntropy.evaluate(outputs, batch, scale: 1 / Scalar(count))
      model.backward(outputs, batch, pass)
      let norm = gradient.norm
      #expect(relativeError([loss.mean], [expectedLoss]) <= tolerance)
      #expect(relativeError([norm], [expectedNorm]) <= tolerance)
      optimiser.update(
        parameters, gradient: gradient, scale: GradientClipping.factor(norm: norm, limit: 0.5),
        learningRate: 0.01)
    }
  }
}
