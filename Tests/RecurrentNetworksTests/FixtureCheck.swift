import LinearAlgebra
import RecurrentNetworks
import Testing

/// Loss and every gradient of a fixture, computed twice to see that nothing of the first step leaks
/// into the second.
func expectAgreement<Scalar: NetworkScalar>(
  _ model: any SequenceModel<Scalar>, _ batch: SequenceBatch<Scalar>, with fixture: Fixture,
  objective: Objective = .crossEntropy, tolerance: Double
) throws {
  let parameters = ParameterVector<Scalar>(model.layout)
  try parameters.load(fixture.tensors)
  let gradient = ParameterVector<Scalar>(model.layout)
  let pass = Pass(parameters: parameters, gradient: gradient, arena: Arena<Scalar>())
  for _ in 0..<2 {
    pass.arena.reset()
    gradient.fill(0)
    let outputs = model.outputs(batch, pass)
    let count = objective.targetCount(batch, outputWidth: outputs.columns)
    let loss = objective.evaluate(outputs, batch, scale: 1 / Scalar(count))
    model.backward(outputs, batch, pass)
    #expect(relativeError([loss.mean], [fixture.loss]) <= tolerance)
    for parameter in model.layout.parameters where parameter.count > 0 {
      let ours = gradient.matrix(parameter).elements.map { Double($0) }
      let theirs = try #require(fixture.gradients[parameter.name])
      #expect(
        relativeError(ours, theirs.values) <= tolerance, "\(fixture.name) \(parameter.name)")
    }
  }
}
