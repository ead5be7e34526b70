import Synchronization
import TrainingEvents

/// Where a run's events wait for its one reader, who takes them one by one: who does not read
/// delays nobody, and nothing has to be offered twice.
final class EventMailbox: Sendable {
  private struct State {
    var outbox = EventOutbox()
    /// The reader, while it waits.
    var reader: CheckedContinuation<TrainingEvent?, Never>?
    var isClosed = false
  }

  private let state = Mutex(State())

  /// Everything that is put in, until the mailbox is closed.
  var events: AsyncStream<TrainingEvent> {
    AsyncStream(unfolding: { await self.next() }, onCancel: { self.close() })
  }

  func add(_ step: StepRecord) {
    state.withLock { $0.outbox.add(step) }
  }

  func add(_ event: TrainingEvent) {
    state.withLock { $0.outbox.add(event) }
  }

  func add(recorded frame: ProbeFrame) {
    state.withLock { $0.outbox.add(recorded: frame) }
  }

  func add(past frame: ProbeFrame) {
    state.withLock { $0.outbox.add(past: frame) }
  }

  /// Lets the reader have everything put in so far.
  func release() { wake { $0.outbox.release() } }

  /// Ends the stream behind what was put in so far.
  func close() {
    wake {
      $0.outbox.release()
      $0.isClosed = true
    }
  }

  private func wake(_ change: (inout State) -> Void) {
    let wakened: (CheckedContinuation<TrainingEvent?, Never>, TrainingEvent?)? =
      state.withLock { state in
        change(&state)
        guard let reader = state.reader else { return nil }
        let event = state.outbox.take()
        guard event != nil || state.isClosed else { return nil }
        state.reader = nil
        return (reader, event)
      }
    wakened?.0.resume(returning: wakened?.1)
  }

  /// Waits for the next event; nil when the mailbox is closed and empty.
  private func next() async -> TrainingEvent? {
    await withCheckedContinuation { continuation in
      let waiting: CheckedContinuation<TrainingEvent?, Never>? = state.withLock { state in
        let event = state.outbox.take()
        if event != nil || state.isClosed {
          continuation.resume(returning: event)
          return nil
        }
        defer { state.reader = continuation }
        return state.reader
      }
      // A second reader sends the first one home.
      waiting?.resume(returning: nil)
    }
  }
}
