/// What a batch's rows of targets, and so a network's rows of outputs, stand over.
public enum TargetRows: Sendable, Equatable {
  /// The input's own steps.
  case steps
  /// Steps of their own: `SequenceBatch.targetSteps`.
  case targetSteps
  /// One row a sequence.
  case sequences
}

/// Sizes that a network takes from its data.
public struct ModelSizes: Sendable, Equatable {
  /// Different input symbols; nil when inputs are vectors.
  public var symbols: Int?
  /// Scalars of an input vector, or of one image row; 0 when there is no vector input.
  public var width: Int
  /// Classes, target symbols, or scalars of a target vector.
  public var outputs: Int
  /// What targets are.
  public var targets: TargetKind
  /// Whether the input is one vector for a whole sequence instead of one a step.
  public var hasOneVector: Bool

  /// What a network's targets, and so the outputs that are fed back, are.
  public enum TargetKind: Sendable {
    /// Classes or symbols, in `SequenceBatch.targets`.
    case symbols
    /// Numbers, in `SequenceBatch.targetValues`.
    case values
  }

  public init(
    symbols: Int? = nil, width: Int = 0, outputs: Int, targets: TargetKind = .symbols,
    hasOneVector: Bool = false
  ) {
    self.symbols = symbols
    self.width = width
    self.outputs = outputs
    self.targets = targets
    self.hasOneVector = hasOneVector
  }
}
