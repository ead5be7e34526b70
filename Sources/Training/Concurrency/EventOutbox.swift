import TrainingEvents

/// Holds events until the reader takes them: a pure state machine beside the stream.
///
/// Steps that wait are merged into one event, frames are replaced by newer ones of their kind, and
/// everything else keeps its place, so that a reader sees every step once and in order, and memory
/// stays bounded however long nobody reads. What was added can be taken once it was released: a
/// reader that is woken for each step would take the time of training.
package struct EventOutbox: Sendable {
  private var waiting: [TrainingEvent] = []
  /// Events at the front that may be taken.
  private var released = 0
  /// Events kept when nobody reads for a very long time, beside those that are never dropped.
  static let limit = 4096

  package init() {}

  package var isEmpty: Bool { waiting.isEmpty }

  package mutating func add(_ step: StepRecord) {
    if case .steps(var batch)? = waiting.last {
      // Taken out first, so that the batch is changed in place rather than copied.
      waiting.removeLast()
      batch.append(step)
      waiting.append(.steps(batch))
    } else {
      waiting.append(.steps(StepBatch([step])))
    }
  }

  package mutating func add(_ event: TrainingEvent) {
    if let kind = event.frameKind,
      let older = waiting.firstIndex(where: { $0.frameKind == kind })
    {
      remove(at: older)
    }
    if waiting.count >= Self.limit, let oldest = waiting.firstIndex(where: \.isExpendable) {
      remove(at: oldest)
    }
    waiting.append(event)
  }

  /// Lets the reader have everything added so far.
  package mutating func release() { released = waiting.count }

  /// The next event for the reader; nil while there is none that was released.
  package mutating func take() -> TrainingEvent? {
    guard released > 0 else { return nil }
    released -= 1
    return waiting.removeFirst()
  }

  /// Takes an event out, and merges the steps on both its sides.
  private mutating func remove(at index: Int) {
    waiting.remove(at: index)
    if index < released { released -= 1 }
    guard index > 0, index < waiting.count, case .steps(let newer) = waiting[index],
      case .steps(var older) = waiting[index - 1]
    else { return }
    older.append(newer)
    waiting[index - 1] = .steps(older)
    waiting.remove(at: index)
    if index < released { released -= 1 }
  }
}

extension TrainingEvent {
  /// Whether a reader that stays away for very long may miss it: never steps, the beginning and
  /// the end, what is to be written and what was.
  fileprivate var isExpendable: Bool {
    switch self {
    case .steps, .started, .checkpoint, .snapshot, .finished: false
    default: true
    }
  }

  /// Newer frames replace older ones of their kind; nil for events that must not be replaced.
  fileprivate var frameKind: ProbeFrame.Kind? {
    if case .frame(let frame) = self { frame.kind } else { nil }
  }
}
