import Dispatch
import Synchronization
import TrainingEvents

extension RunFollower {
  /// The events of a run as another process writes it, for one reader.
  ///
  /// Reading happens on a queue of its own, and waits for a reader that falls behind. The stream
  /// ends when nothing more can come, or after a warning when reading fails for good.
  ///
  /// - Parameter seconds: between two looks.
  public func follow(every seconds: Double = 0.1) -> AsyncStream<TrainingEvent> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: TrainingEvent.self, bufferingPolicy: .bufferingOldest(FollowLoop.buffered))
    let loop = FollowLoop(self, every: seconds, continuation)
    continuation.onTermination = { _ in loop.cancel() }
    loop.start()
    return stream
  }
}

/// Looks at a followed run again and again.
private final class FollowLoop: Sendable {
  /// Events that may wait for the reader.
  static let buffered = 64

  /// Seconds until a reader without room is tried again.
  private static let pauseForReader = 0.005

  private struct State: Sendable {
    var follower: RunFollower
    /// What the reader had no room for, the next last.
    var undelivered: [TrainingEvent] = []
    var hasEnded = false
  }

  private let queue = DispatchQueue(label: "unfold follower", qos: .utility)
  /// Touched on the queue alone.
  private let state: Mutex<State>
  private let isCancelled = Atomic(false)
  private let seconds: Double
  private let continuation: AsyncStream<TrainingEvent>.Continuation

  init(
    _ follower: RunFollower, every seconds: Double,
    _ continuation: AsyncStream<TrainingEvent>.Continuation
  ) {
    state = Mutex(State(follower: follower))
    self.seconds = min(max(0.01, seconds), 60)
    self.continuation = continuation
  }

  func start() {
    queue.async { self.look() }
  }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  private func look() {
    guard !isCancelled.load(ordering: .relaxed) else { return }
    let isDone = state.withLock { state in
      if state.undelivered.isEmpty, !state.hasEnded { poll(&state) }
      deliver(&state)
      return state.hasEnded && state.undelivered.isEmpty
    }
    guard !isDone else { return continuation.finish() }
    let isWaiting = state.withLock { !$0.undelivered.isEmpty }
    // A long log is read piece after piece; only its end is worth a pause.
    let isBehind = state.withLock { $0.follower.isBehind && !$0.hasEnded }
    let pause = isWaiting ? min(seconds, Self.pauseForReader) : isBehind ? 0 : seconds
    queue.asyncAfter(deadline: .now() + pause) { self.look() }
  }

  private func poll(_ state: inout State) {
    do throws(RunError) {
      state.undelivered = try state.follower.poll().reversed()
      state.hasEnded = state.follower.isAtEnd
    } catch {
      let warning = WarningRecord(step: 0, kind: "follow", text: "reading ended: \(error)")
      state.undelivered = [.warning(warning)]
      state.hasEnded = true
    }
  }

  private func deliver(_ state: inout State) {
    while let event = state.undelivered.last {
      if case .dropped = continuation.yield(event) { return }
      state.undelivered.removeLast()
    }
  }
}
