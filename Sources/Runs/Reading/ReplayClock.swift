import TrainingEvents

/// The time of a replay, in seconds from a record's beginning, which never goes back.
///
/// A run that goes back to a snapshot takes its training time back too; a replay shows both what was
/// abandoned and what came instead, one after the other.
struct ReplayClock: Sendable, Equatable {
  private var base = 0.0
  private var lastElapsed = 0.0

  /// The newest time. Rounded sums may step back by a hair where training time does; this does not,
  /// for else a replay would wait for its last events behind its own end.
  private(set) var now = 0.0

  /// Moves the clock to a training time.
  /// - Returns: the time of the replay.
  @discardableResult
  mutating func advance(elapsed: Double?) -> Double {
    guard let elapsed, elapsed.isFinite, elapsed >= 0, elapsed < 1e12 else { return now }
    if elapsed < lastElapsed { base += lastElapsed - elapsed }
    lastElapsed = elapsed
    now = max(now, base + elapsed)
    return now
  }

  /// Moves the clock by what an event says of the time.
  @discardableResult
  mutating func advance(to event: TrainingEvent) -> Double {
    switch event {
    case .steps(let batch):
      for bucket in batch.thinned { advance(elapsed: bucket.last.elapsed) }
      for record in batch.records { advance(elapsed: record.elapsed) }
    case .validation(let record): advance(elapsed: record.elapsed)
    case .command(let record): advance(elapsed: record.elapsed)
    case .finished(let record): advance(elapsed: record.elapsed)
    default: break
    }
    return now
  }
}
