import Training
import TrainingEvents

extension RunHistory {
  /// Whether the events that led to a checkpoint were read. It comes by a shorter way than they do,
  /// and its curves and metrics must reach up to it.
  func reaches(_ checkpoint: Checkpoint, of setup: RunSetup) -> Bool {
    let began = setup.checkpoint?.state.step ?? 0
    let validated = validations.last?.step ?? 0
    return checkpoint.state.step <= max(began, steps.last ?? 0)
      && (checkpoint.validation?.step ?? 0) <= max(began, validated)
  }
}
