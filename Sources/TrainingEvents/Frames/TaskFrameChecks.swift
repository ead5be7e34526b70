extension TaskFrame {
  /// Whether its numbers fit together, so that everything can be drawn and counted: a record may be a
  /// stranger's.
  public var isConsistent: Bool {
    guard Bounds.steps.contains(step) else { return false }
    return switch self {
    case .classification(let frame): frame.isConsistent
    case .translation(let frame): TaskScore.isConsistent(frame.score)
    case .caption(let frame): frame.isConsistent
    case .forecast(let frame): (0...frame.series.count).contains(frame.scoredFrom)
    case .answers(let frame):
      frame.answers.isEmpty ? frame.shown == 0 : frame.answers.indices.contains(frame.shown)
    case .labelling(let frame): frame.isConsistent
    case .stack: true
    }
  }
}

/// Bounds within which sums and products of counts cannot overflow.
private enum Bounds {
  static let steps = 0...(1 << 53)
  static let counts = 0...(1 << 40)
  static let sides = 0...(1 << 12)
}

extension ConfusionFrame {
  fileprivate var isConsistent: Bool {
    classes.count < 1 << 12 && counts.count == classes.count * classes.count
      && counts.allSatisfy(Bounds.counts.contains)
  }
}

extension CaptionFrame {
  fileprivate var isConsistent: Bool {
    Bounds.sides.contains(width) && Bounds.sides.contains(height)
      && pixels.count == width * height && TaskScore.isConsistent(score)
  }
}

extension LabellingFrame {
  fileprivate var isConsistent: Bool {
    let ranges = recall.map { [$0.kept, $0.asked] } ?? []
    return ranges.allSatisfy {
      $0.lowerBound >= 0 && $0.upperBound <= max(inputs.count, truth.count)
    } && [score, freeScore, recall?.score].allSatisfy(TaskScore.isConsistent)
  }
}

extension TaskScore {
  fileprivate static func isConsistent(_ score: TaskScore?) -> Bool {
    guard let score else { return true }
    return Bounds.counts.contains(score.count) && (0...score.count).contains(score.right)
      && Bounds.counts.contains(score.sequences)
  }
}
