import RecurrentNetworks
import TrainingEvents

extension Probe {
  /// Sequences that the norms are averaged over.
  private static let sequences = 8

  /// How far back the last loss term of a few sequences of the batch reaches, in every layer; see
  /// `StateGradientDecay`. Of a long sequence that is read in bounded memory, no further than
  /// `lookedAt` time steps.
  func gradientByLag(_ trainer: Trainer, batch: DataBatch) -> GradientByLag? {
    guard batch.count > 0 else { return nil }
    let chosen = 0..<min(Self.sequences, batch.count)
    if packEnd(batch, of: chosen, trainer.parameters) == nil {
      part.packer.pack(batch, sequences: chosen, into: part.batch)
    }
    part.arena.reset()
    // With CTC, targets have steps of their own, but outputs stand over those of the input.
    let rows: TargetRows =
      network.objective == .connectionistTemporalClassification ? .steps : network.rows.targets
    let decays = StateGradientDecay.measure(
      part.model, objective: network.objective, rows: rows, batch: part.batch,
      parameters: trainer.parameters, arena: part.arena,
      truncation: trainer.preset.training.truncatedBPTT)
    return GradientByLag(
      step: trainer.step,
      curves: decays.map {
        LagCurve(name: $0.title, norms: $0.norms.map(Float.init))
      })
  }
}
