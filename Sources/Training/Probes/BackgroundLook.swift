import Dispatch
import Synchronization

/// A look that takes long, worked on beside training for a small share of the time; at a network
/// that stands still, at once.
final class BackgroundLook<Found: Sendable>: Sendable {
  private struct State {
    /// Which look goes on, the newest where one of no use any more does, too; nil while none does.
    var running: (number: Int, generation: Int)?
    var begun = 0
    var began: UInt64 = 0
    /// Seconds that the last one took.
    var took: Double?
    var nextAt = -Double.infinity
    var newest: Found?
    /// How often what was found has been forgotten.
    var generation = 0
  }

  /// The largest part of a core that it may take, but for the first look, which is made at once.
  private let share: Double
  /// Seconds at most that somebody waits for it.
  private static var patience: Double { 1.0 }

  private let queue: DispatchQueue
  private let state = Mutex(State())

  /// - Parameters:
  ///   - label: of its queue
  ///   - share: of a core that it may take in the long run; those of all looks, with what a frame takes
  ///     of the training thread itself, are below 2 % together
  init(_ label: String, share: Double) {
    self.share = share
    queue = DispatchQueue(label: label, qos: .utility)
  }

  /// Forgets what was found; a look that goes on is of no use any more.
  func forget() {
    state.withLock { state in
      state.newest = nil
      state.generation += 1
    }
  }

  /// What was found last.
  var newest: Found? { state.withLock(\.newest) }

  /// Seconds until the look that goes on is expected to end; nil where none does, or where none
  /// ended before it.
  var secondsLeft: Double? {
    state.withLock { state in
      guard state.running != nil, let took = state.took else { return nil }
      let passed = Double(DispatchTime.now().uptimeNanoseconds - state.began) * 1e-9
      return max(0, took - passed)
    }
  }

  /// Whether a look at a network that trains would begin now, in seconds.
  func isDue(now: Double) -> Bool {
    state.withLock { $0.running == nil && now >= $0.nextAt }
  }

  /// Begins a look where one is due.
  /// - Parameters:
  ///   - now: in seconds
  ///   - waits: whether the network stands still, and what is found is waited for
  ///   - isKnown: whether what was found last is what would be found now
  ///   - prepare: copies what the work needs, where there is some to do
  func look(
    now: Double, waits: Bool, isKnown: (Found) -> Bool, _ prepare: () -> @Sendable () -> Found
  ) {
    let begun = state.withLock { state -> (number: Int, generation: Int)? in
      // Behind a look whose result is forgotten already, another one waits for its turn.
      if let running = state.running, !waits || running.generation == state.generation {
        return nil
      }
      if waits && state.newest.map(isKnown) ?? false { return nil }
      guard waits || now >= state.nextAt else { return nil }
      state.begun += 1
      state.running = (state.begun, state.generation)
      state.began = DispatchTime.now().uptimeNanoseconds
      return state.running
    }
    guard let begun else { return }
    let work = prepare()
    let isDone = DispatchSemaphore(value: 0)
    queue.async { @Sendable [self] in
      let found = work()
      state.withLock { state in
        let took = Double(DispatchTime.now().uptimeNanoseconds - state.began) * 1e-9
        if state.running?.number == begun.number { state.running = nil }
        state.took = took
        state.nextAt = now + took / share
        guard state.generation == begun.generation else { return }
        state.newest = found
      }
      isDone.signal()
    }
    if waits { _ = isDone.wait(timeout: .now() + Self.patience) }
  }
}
