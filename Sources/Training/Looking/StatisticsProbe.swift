import LinearAlgebra
import RecurrentNetworks
import TrainingEvents

extension Probe {
  /// How healthy weights, updates and states are, from the newest batch.
  func statistics(_ learner: Learner) -> NetworkStatistics? {
    guard learner.batch.count > 0 else { return nil }
    let some = 0..<min(8, learner.batch.count)
    part.packer.pack(learner.batch, sequences: some, into: part.batch)
    part.arena.reset()
    _ = part.model.outputs(
      part.batch, Pass(parameters: learner.parameters, arena: part.arena))
    let activity = StateActivity(part.model.stacks.flatMap(\.stack.states).map(\.values))
    let parameters = ParameterActivity.all(
      weights: learner.parameters, gradient: learner.gradient, updateNorms: learner.updateNorms
    ).map {
      NetworkStatistics.Parameter(
        name: $0.name, symbol: $0.symbol, norm: $0.norm, gradientNorm: $0.gradientNorm,
        updateRatio: $0.updateRatio)
    }
    let recurrent = part.model.stacks.first?.stack.firstRecurrentMatrix
    let spectrum = recurrent.map { Spectrum(learner.parameters[$0]) }
    return NetworkStatistics(
      step: learner.step, parameters: parameters, spectralRadius: spectrum?.radius,
      largestSingularValue: spectrum?.largestSingularValue, saturated: activity.saturated,
      dead: activity.dead, meanSlope: activity.meanSlope)
  }
}
