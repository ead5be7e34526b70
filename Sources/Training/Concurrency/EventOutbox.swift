import TrainingEvents

/// Holds events until the reader takes them: a pure state machine beside the stream.
///
/// Steps that wait are merged into one event, frames for the screen are replaced by newer ones of
/// their kind, and everything else keeps its place, frames for the record too, so that a reader sees every step once and in order, and memory
/// stays bounded however long nobody reads. What was added can be taken once it was released: a
/// reader that is woken for each step would take the time of training.
package struct EventOutbox: Sendable {
  private struct Waiting: Sendable {
    var event: TrainingEvent
    /// A newer frame of the kind takes its place.
    var frameKind: ProbeFrame.Kind?
    /// One of a few frames of the kind that wait for whoever looks back later.
    var pastKind: ProbeFrame.Kind?
  }

  private var waiting: [Waiting] = []
  /// Events at the front that may be taken.
  private var released = 0
  /// Events kept when nobody reads for a very long time, beside those that are never dropped.
  static let limit = 4096

  package init() {}

  package var isEmpty: Bool { waiting.isEmpty }

  package mutating func add(_ step: StepRecord) {
    if case .steps(var batch)? = waiting.last?.event {
      // Taken out first, so that the batch is changed in place rather than copied.
      waiting.removeLast()
      batch.append(step)
      waiting.append(Waiting(event: .steps(batch)))
    } else {
      waiting.append(Waiting(event: .steps(StepBatch([step]))))
    }
  }

  package mutating func add(_ event: TrainingEvent) {
    let kind: ProbeFrame.Kind? = if case .frame(let frame) = event { frame.kind } else { nil }
    if let kind, let older = waiting.firstIndex(where: { $0.frameKind == kind }) {
      remove(at: older)
    }
    append(Waiting(event: event, frameKind: kind))
  }

  /// Adds a frame that no newer one replaces: what alerts go by does not depend on when it is read.
  package mutating func add(recorded frame: ProbeFrame) {
    append(Waiting(event: .frame(frame)))
  }

  /// Frames of a kind that wait for whoever looks back later; the oldest leave.
  private static let mostPast = 16

  /// Adds a frame for whoever looks back later: a reader that is a little late misses none.
  package mutating func add(past frame: ProbeFrame) {
    if waiting.count(where: { $0.pastKind == frame.kind }) >= Self.mostPast,
      let oldest = waiting.firstIndex(where: { $0.pastKind == frame.kind })
    {
      remove(at: oldest)
    }
    append(Waiting(event: .frame(frame), pastKind: frame.kind))
  }

  private mutating func append(_ new: Waiting) {
    if waiting.count >= Self.limit, let oldest = waiting.firstIndex(where: \.event.isExpendable) {
      remove(at: oldest)
    }
    waiting.append(new)
  }

  /// Lets the reader have everything added so far.
  package mutating func release() { released = waiting.count }

  /// The next event for the reader; nil while there is none that was released.
  package mutating func take() -> TrainingEvent? {
    guard released > 0 else { return nil }
    released -= 1
    return waiting.removeFirst().event
  }

  /// Takes an event out, and merges the steps on both its sides.
  private mutating func remove(at index: Int) {
    waiting.remove(at: index)
    if index < released { released -= 1 }
    guard index > 0, index < waiting.count, case .steps(let newer) = waiting[index].event,
      case .steps(var older) = waiting[index - 1].event
    else { return }
    older.append(newer)
    waiting[index - 1].event = .steps(older)
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
}
