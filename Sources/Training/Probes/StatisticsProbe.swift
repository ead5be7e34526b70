import LinearAlgebra
import RecurrentNetworks
import TrainingEvents

extension Probe {
  /// What one pass over a part of the newest batch is good for.
  static let kindsOfOnePass: ProbeRequest.Interests = [.statistics, .stateNorms]

  /// How healthy weights, updates and states are, from the newest batch.
  /// - Parameter measuresSpectrum: whether eigenvalues are computed, too, which takes longer than all the
  ///   rest; else the newest ones stand there with their step
  func framesOfOnePass(_ trainer: Trainer, measuresSpectrum: Bool = true) -> [ProbeFrame] {
    guard trainer.batch.count > 0 else { return [] }
    let some = 0..<min(8, trainer.batch.count)
    if packEnd(trainer.batch, of: some, trainer.parameters) == nil {
      part.packer.pack(trainer.batch, sequences: some, into: part.batch)
    }
    part.arena.reset()
    _ = part.model.outputs(
      part.batch, Pass(parameters: trainer.parameters, arena: part.arena))
    if measuresSpectrum { measureSpectrum(trainer) }
    return [.statistics(statistics(trainer)), .stateNorms(stateNorms(step: trainer.step))]
  }

  /// Computes the eigenvalues of the recurrence in the last pass's states, to be told from then on.
  func measureSpectrum(_ trainer: Trainer) {
    // A grid's cells are the lecture's, and W leads from an output where the output is fed back.
    guard let layer = part.model.stacks.first?.layers.first, layer.fedBack == nil else { return }
    let steps =
      layer.states.rows == part.batch.steps.rowCount ? part.batch.steps : part.batch.targetSteps
    spectra.measure(
      step: trainer.step, weights: layer.candidateBlock(trainer.parameters).map(SquareMatrix.init),
      jacobian: layer.averagedJacobian(steps, parameters: trainer.parameters))
  }

  private func stateNorms(step: Int) -> StateNorms {
    let views = part.model.stacks.flatMap { stack in
      stack.states.map { (stack.title(of: $0), $0) }
    }
    return StateNorms(
      step: step,
      layers: views.map { title, view in
        let (rows, units) = (view.values.rows, view.values.columns)
        let norms = (0..<rows).map { row in
          UnsafeBufferPointer(start: view.values.row(row), count: units)
            .reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
        return StateNorms.Layer(
          name: title, norm: norms.reduce(0, +) / Double(max(1, rows)))
      })
  }

  private func statistics(_ trainer: Trainer) -> NetworkStatistics {
    let stacks = part.model.stacks
    let activity = StateActivity(stacks.flatMap(\.states).map(\.values))
    // A grid's cells are the lecture's, and all layers of a network have the same cell.
    let layer = stacks.first?.layers.first
    let cell = layer?.description ?? CellKind.tanh.description
    let parameters = ParameterActivity.all(
      weights: trainer.parameters, gradient: trainer.wholeGradient,
      updateNorms: trainer.updateNorms
    ).map {
      NetworkStatistics.Parameter(
        name: $0.name, symbol: $0.symbol, norm: $0.norm, gradientNorm: $0.gradientNorm,
        updateRatio: $0.updateRatio)
    }
    let spectrum = spectra.newest
    return NetworkStatistics(
      step: trainer.step, parameters: parameters,
      spectralRadius: spectrum?.weights?.radius,
      largestSingularValue: spectrum?.weights?.largestSingularValue,
      recurrentSymbol: cell.recurrentSymbol, jacobianRadius: spectrum?.jacobianRadius,
      spectrumStep: spectrum?.step,
      saturated: cell.isBounded ? activity.saturated : nil, dead: activity.dead,
      meanSlope: cell.activation.flatMap { activity.mean(of: $0.slope) },
      slopeFormula: cell.activation?.slopeFormula ?? "")
  }
}
