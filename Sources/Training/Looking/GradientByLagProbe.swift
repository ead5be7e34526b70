import Foundation
import RecurrentNetworks
import TrainingEvents

extension Probe {
  /// Sequences that the norms are averaged over.
  private static let sequences = 8

  /// ‖∂L(τ)/∂s(t)‖ against the lag τ − t, for the last loss term of a few sequences of the batch.
  ///
  /// The total ∇s(t) receives a loss at every step, which would hide that gradients vanish; so one
  /// backward pass is made from one loss term alone. Norms at the same lag are averaged over
  /// sequences as root mean squares.
  func gradientByLag(_ learner: Learner, batch: DataBatch) -> GradientByLag? {
    guard batch.count > 0, part.model.stacks.count == 1 else { return nil }
    let chosen = 0..<min(Self.sequences, batch.count)
    part.packer.pack(batch, sequences: chosen, into: part.batch)
    part.arena.reset()
    let pass = Pass(parameters: learner.parameters, arena: part.arena)
    let outputs = part.model.outputs(part.batch, pass)
    _ = network.objective.evaluate(outputs, part.batch, scale: 1)
    let steps = part.batch.steps
    if network.rows.targets == .inputSteps {
      keepOnlyLastRows(of: outputs.rows) { row in outputs.rows(row, 1).fill(0) }
    }
    part.model.backward(outputs, part.batch, pass)
    guard let stack = part.model.stacks.first?.stack else { return nil }
    let curves = zip(stack.stateGradients, stack.directionsAreReversed).compactMap {
      view, isReversed -> LagCurve? in
      // The other direction reads the future: its states before the end carry nothing of L(τ).
      isReversed ? nil : curve(view, steps: steps)
    }
    return GradientByLag(step: learner.step, curves: curves)
  }

  /// Clears every row of outputs' gradients but each sequence's last.
  private func keepOnlyLastRows(of rows: Int, _ clear: (Int) -> Void) {
    let steps = part.batch.steps
    for t in 0..<steps.stepCount {
      for k in 0..<steps.active[t] where t != steps.lengths[k] - 1 {
        clear(steps.row(step: t, sequence: k))
      }
    }
  }

  private func curve(_ view: StateView<Float>, steps: PackedSteps) -> LagCurve {
    var sums = [Double](repeating: 0, count: steps.stepCount)
    var counts = [Double](repeating: 0, count: steps.stepCount)
    for k in 0..<steps.sequenceCount {
      for t in 0..<steps.lengths[k] {
        let lag = steps.lengths[k] - 1 - t
        let norm = view.values.rows(steps.row(step: t, sequence: k), 1).norm
        sums[lag] += norm * norm
        counts[lag] += 1
      }
    }
    let norms = zip(sums, counts).map { Float(($0 / max(1, $1)).squareRoot()) }
    return LagCurve(name: view.title, norms: norms, factorPerStep: Self.factorPerStep(norms))
  }

  /// The factor by which the norm changes over one step back in time: the slope of a straight line
  /// through log norms, down to where single precision ends.
  static func factorPerStep(_ norms: [Float]) -> Double {
    let start = Double(norms.first ?? 0)
    guard start > 0 else { return 1 }
    let points = norms.enumerated().prefix { Double($0.element) > start * 1e-12 }
      .map { (Double($0.offset), log(Double($0.element))) }
    guard points.count > 1 else { return norms.count > 1 ? 0 : 1 }
    let count = Double(points.count)
    let meanLag = points.reduce(0) { $0 + $1.0 } / count
    let meanLog = points.reduce(0) { $0 + $1.1 } / count
    let above = points.reduce(0) { $0 + ($1.0 - meanLag) * ($1.1 - meanLog) }
    let below = points.reduce(0) { $0 + ($1.0 - meanLag) * ($1.0 - meanLag) }
    return exp(above / below)
  }
}
