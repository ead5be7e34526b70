import Glibc
import Synchronization

/// What signals, and a reader that went away, do to a run without a terminal: a pure state machine.
struct StopRequests {
  enum Answer: Equatable {
    /// Training stops at the next step boundary, and a snapshot is saved.
    case stop
    /// The program ends now, whatever is under way.
    case leave
    case nothing
  }

  /// What the run was asked to stop by first; SIGPIPE where nobody reads its results any more.
  private(set) var signal: Int32?
  /// Whether everything that can be saved was.
  private var isSaved = false

  mutating func hear(_ number: Int32) -> Answer {
    if isSaved { return number == SIGPIPE ? .nothing : .leave }
    // Who presses Ctrl-C again, or Ctrl-\, waits for nothing any more.
    guard signal == nil else { return number == SIGINT || number == SIGQUIT ? .leave : .nothing }
    signal = number
    return .stop
  }

  mutating func saved() { isSaved = true }
}

/// Asks to stop from any thread: heard at once, whatever the run waits for.
final class StopSource: Sendable {
  /// One element for each time that training must stop.
  let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  private let requests = Mutex(StopRequests())

  init() {
    (stream, continuation) = AsyncStream.makeStream(of: Void.self)
  }

  /// What the run was asked to stop by first.
  var signal: Int32? { requests.withLock(\.signal) }

  func hear(_ number: Int32) {
    switch requests.withLock({ $0.hear(number) }) {
    case .stop: continuation.yield()
    case .leave: _exit(ExitStatus.signal(number))
    case .nothing: break
    }
  }

  /// Everything that can be saved was: from now on nothing is worth waiting for.
  func saved() { requests.withLock { $0.saved() } }
}
