/// What a simple method scores on a task's test set: the figure that a network has to beat.
public struct Baseline: Sendable, Equatable {
  /// Such as `persistence` or `most frequent label`.
  public var name: String
  public var measure: Measure
  public var value: Double

  public init(_ name: String, _ measure: Measure, _ value: Double) {
    self.name = name
    self.measure = measure
    self.value = value
  }
}

/// What a task is judged by.
public enum Measure: String, Sendable, CaseIterable, Codable {
  /// Cross-entropy in nats for each target.
  case nats = "nats per target"
  case bitsPerCharacter = "bits per character"
  case perplexity
  /// Share of right targets.
  case accuracy
  /// Mean over the classes of the harmonic mean of precision and recall.
  case macroF1 = "F1"
  /// Share of sequences that equal an accepted answer from end to end.
  case exactMatch = "exact match"
  /// One minus the exact match: what pronunciation papers call it, a word being a sequence.
  case wordErrorRate = "word error rate"
  /// Insertions, deletions and substitutions for each symbol of the right answer.
  case characterErrorRate = "character error rate"
  case phoneErrorRate = "phone error rate"
  /// The same where symbols are neither characters nor phones, such as the labels of a recording.
  case symbolErrorRate = "symbol error rate"
  /// In the network's scale, where the training set's variance is 1.
  case meanSquaredError = "mean squared error"

  /// Whether the value is a share, shown in per cent.
  public var isShare: Bool {
    switch self {
    case .accuracy, .macroF1, .exactMatch, .wordErrorRate, .characterErrorRate, .phoneErrorRate,
      .symbolErrorRate:
      true
    case .nats, .bitsPerCharacter, .perplexity, .meanSquaredError: false
    }
  }

  public var higherIsBetter: Bool {
    switch self {
    case .accuracy, .macroF1, .exactMatch: true
    default: false
    }
  }
}
