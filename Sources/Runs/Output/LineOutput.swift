import Dispatch
import Glibc
import Synchronization

/// Lines to an output that somebody else reads, on a queue of its own: whoever writes never waits.
///
/// A reader that stalls misses what does not fit into the room there is, and is told how many lines
/// that were. An output that refuses (a full disk, a closed descriptor) is tried again until it
/// takes what waits. A reader that went away gets nothing more.
public final class LineOutput: Sendable {
  /// What the writer is told, on the output's queue.
  public enum Trouble: Sendable, Equatable {
    /// Nobody will ever read again: a pipe or a socket without its other end.
    case readerGone
    /// The system takes nothing now. Told once, until it takes something again.
    case refused(RunError)
  }

  /// How an output ended.
  public struct Outcome: Sendable, Equatable {
    /// Lines that the reader never got.
    public var untaken: Int
    /// Why lines were not taken; nil where all went well.
    public var trouble: Trouble?
  }

  private struct Contents {
    var backlog: LineBacklog
    var trouble: Trouble?
    var isDraining = false
    /// Set at the end: a drain that waits gives up.
    var isAbandoned = false

    /// Whether a drain has to begin; it is under way from then on.
    mutating func beginsDraining(afterRefusal: Bool = false) -> Bool {
      guard !isDraining, !isAbandoned, !backlog.isEmpty, trouble == nil || afterRefusal else {
        return false
      }
      isDraining = true
      return true
    }
  }

  private let descriptor: Int32
  private let name: String
  private let queue: DispatchQueue
  private let contents: Mutex<Contents>
  /// Signalled whenever something was taken, and when a drain ends.
  private let progress = DispatchSemaphore(value: 0)
  private let report: @Sendable (Trouble) -> Void

  /// Milliseconds after which an output that refused is tried again.
  private static let pause = 2000

  /// - Parameters:
  ///   - descriptor: stays open, and stays the caller's
  ///   - name: what messages call it, such as `standard output`
  ///   - limit: bytes that may wait for the reader
  ///   - note: the line that tells a reader of so many lines that it missed, up to a step
  ///   - report: told of trouble, on the output's queue
  public init(
    _ descriptor: Int32, name: String, limit: Int = 8 << 20,
    note: @escaping @Sendable (_ lines: Int, _ step: Int) -> [UInt8],
    report: @escaping @Sendable (Trouble) -> Void = { _ in }
  ) {
    (self.descriptor, self.name, self.report) = (descriptor, name, report)
    queue = DispatchQueue(label: "unfold \(name)", qos: .utility)
    contents = Mutex(Contents(backlog: LineBacklog(limit: limit, note: note)))
  }

  /// Whether everything written so far was taken.
  public var isIdle: Bool { contents.withLock { $0.backlog.isEmpty } }

  /// Adds whole lines, the last of them about a step. Returns at once.
  public func write(_ lines: [UInt8], step: Int = 0) {
    guard !lines.isEmpty else { return }
    let isNews = contents.withLock { contents in
      contents.backlog.add(lines, step: step)
      return contents.beginsDraining()
    }
    if isNews { queue.async { self.drain() } }
  }

  /// Waits for the reader, but not for ever.
  ///
  /// - Parameters:
  ///   - patience: seconds to wait without anything being taken
  ///   - longest: seconds to wait at most
  /// - Returns: what it never got; nothing is written any more.
  public func finish(patience: Double, longest: Double) async -> Outcome {
    await withCheckedContinuation { continuation in
      // Not on the cooperative pool, which has better things to do than to wait.
      DispatchQueue.global(qos: .utility).async {
        continuation.resume(returning: self.wait(patience: patience, longest: longest))
      }
    }
  }

  private func wait(patience: Double, longest: Double) -> Outcome {
    contents.withLock { contents in
      contents.backlog.settle()
      // One last try of an output that refused.
      contents.isDraining = true
    }
    queue.async { self.drain() }
    let end = DispatchTime.now() + longest
    while contents.withLock({ $0.isDraining }) {
      guard progress.wait(timeout: min(end, .now() + patience)) == .success else { break }
    }
    return contents.withLock { contents in
      contents.isAbandoned = true
      contents.backlog.close()
      return Outcome(untaken: contents.backlog.untaken, trouble: contents.trouble)
    }
  }

  // MARK: On the queue

  private func drain() {
    while let bytes = nextBytes() {
      switch write(some: bytes) {
      case .success(let count):
        contents.withLock { contents in
          guard !contents.isAbandoned else { return }
          contents.backlog.took(count)
          if count > 0 { contents.trouble = nil }
        }
        if count > 0 { progress.signal() }
      case .failure(let code):
        return failed(code)
      }
    }
  }

  /// - Returns: nil when nothing waits or nobody waits for it; the drain ends then.
  private func nextBytes() -> [UInt8]? {
    let bytes: [UInt8]? = contents.withLock { contents in
      let next = contents.backlog.next
      guard !next.isEmpty, !contents.isAbandoned else {
        contents.isDraining = false
        return nil
      }
      return Array(next)
    }
    if bytes == nil { progress.signal() }
    return bytes
  }

  /// Waits for room, a second at most, and writes.
  private func write(some bytes: [UInt8]) -> WriteResult {
    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // A descriptor that is not open counts as ready, and its write says so.
    guard poll(&ready, 1, 1000) != 0 else { return .success(0) }
    let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
    if count >= 0 { return .success(count) }
    let code = errno
    guard code == EAGAIN || code == EWOULDBLOCK else {
      return code == EINTR ? .success(0) : .failure(code)
    }
    // Room for less than a chunk: not asked again and again.
    usleep(1000)
    return .success(0)
  }

  private enum WriteResult {
    case success(Int)
    case failure(Int32)
  }

  private func failed(_ code: Int32) {
    let isGone = code == EPIPE || code == ECONNRESET
    let trouble =
      isGone ? Trouble.readerGone : .refused(.system(operation: "write", path: name, code: code))
    let isNews = contents.withLock { contents in
      defer { contents.trouble = trouble }
      contents.isDraining = false
      if isGone { contents.backlog.close() }
      return contents.trouble == nil
    }
    progress.signal()
    if isNews { report(trouble) }
    if !isGone { retryLater() }
  }

  private func retryLater() {
    queue.asyncAfter(deadline: .now() + .milliseconds(Self.pause)) { [weak self] in
      guard let self, contents.withLock({ $0.beginsDraining(afterRefusal: true) }) else { return }
      drain()
    }
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
