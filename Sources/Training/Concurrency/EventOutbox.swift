import TrainingEvents

/// Holds events until the reader has room for them: a pure state machine beside the stream.
///
/// The stream buffers a few events and hands back what does not fit. Steps that wait are merged
/// into one event, frames are replaced by newer ones of their kind, and everything else keeps its
/// place, so that a reader sees every step once and in order, and memory stays bounded however
/// long nobody reads.
struct EventOutbox {
  private var waiting: [TrainingEvent] = []
  /// Events kept when nobody reads for a very long time, steps aside.
  static let limit = 4096

  var isEmpty: Bool { waiting.isEmpty }

  mutating func add(_ step: StepRecord) {
    if case .steps(var batch)? = waiting.last {
      // Taken out first, so that the batch is changed in place rather than copied.
      waiting.removeLast()
      batch.append(step)
      waiting.append(.steps(batch))
    } else {
      waiting.append(.steps(StepBatch([step])))
    }
  }

  mutating func add(_ event: TrainingEvent) {
    if let kind = event.frameKind {
      waiting.removeAll { $0.frameKind == kind }
      mergeNeighbours()
    }
    if waiting.count >= Self.limit, let oldest = waiting.firstIndex(where: { !$0.isSteps }) {
      waiting.remove(at: oldest)
      mergeNeighbours()
    }
    waiting.append(event)
  }

  /// Offers events in order until one does not fit.
  /// - Parameter offer: returns whether the event was taken.
  mutating func flush(_ offer: (TrainingEvent) -> Bool) {
    var taken = 0
    for event in waiting {
      guard offer(event) else { break }
      taken += 1
    }
    waiting.removeFirst(taken)
  }

  private mutating func mergeNeighbours() {
    var merged: [TrainingEvent] = []
    for event in waiting {
      if case .steps(let newer) = event, case .steps(var older)? = merged.last {
        older.append(newer)
        merged[merged.count - 1] = .steps(older)
      } else {
        merged.append(event)
      }
    }
    waiting = merged
  }
}

extension TrainingEvent {
  fileprivate var isSteps: Bool {
    if case .steps = self { true } else { false }
  }

  /// Tells kinds of frames apart; nil for events that must not be replaced.
  fileprivate var frameKind: Int? {
    switch self {
    case .hiddenStates: 1
    case .gradientByLag: 2
    case .statistics: 3
    case .trace: 4
    case .task: 5
    case .samples: 6
    default: nil
    }
  }
}
