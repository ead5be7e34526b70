/// What a network is for; raw values are a preset's `task.kind`.
public enum ModelTask: String, Sendable, CaseIterable {
  /// The next symbol, at every step.
  case languageModel = "language-model"
  /// One class for a whole sequence.
  case sequenceClassification = "sequence-classification"
  /// One class for every step.
  case sequenceLabelling = "sequence-labelling"
  /// A sequence of another length.
  case sequenceToSequence = "sequence-to-sequence"
  /// A sequence for an image, or for one vector.
  case captioning
  /// Values that follow, at every step or at the end.
  case forecasting
  /// Values that a state without input gives.
  case autonomous
}

/// What a batch's rows of targets, and so a network's rows of outputs, stand over.
public enum TargetRows: Sendable, Equatable {
  /// The input's own steps.
  case steps
  /// Steps of their own: `SequenceBatch.targetSteps`.
  case targetSteps
  /// One row a sequence.
  case sequences
}
