import Dispatch

/// Seconds of training, without the pauses.
struct TrainingClock {
  /// Seconds of finished stretches of training.
  private(set) var elapsed = 0.0
  private var resumedAt: Double?
  private var lastFlush = 0.0

  /// Seconds of a clock that never jumps.
  var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// Seconds of training so far.
  var total: Double { elapsed + (resumedAt.map { now - $0 } ?? 0) }

  /// Sets what was trained so far, as a resumed run needs it.
  mutating func set(elapsed: Double) {
    self.elapsed = elapsed
    if resumedAt != nil { resumedAt = now }
  }

  mutating func resume() {
    if resumedAt == nil { resumedAt = now }
  }

  mutating func pause() {
    elapsed = total
    resumedAt = nil
  }

  /// Whether a twentieth of a second has passed since this last said so: each event wakes a reader,
  /// and a reader takes time from training.
  mutating func isFlushDue() -> Bool {
    let time = now
    guard time - lastFlush >= 1.0 / 20 else { return false }
    lastFlush = time
    return true
  }
}
