import Dispatch
import Glibc
import Runs

/// The program in the background: a run that trains without a terminal, and is attached to.
package enum BackgroundProgram {
  /// Starts it and does not wait.
  package static func start(_ arguments: [String]) throws {
    let (_, report) = try DetachedProgram.start(arguments)
    close(report)
  }

  /// Starts it and waits until it trains.
  ///
  /// - Parameter arguments: `{report}` among them is where it says that it does
  /// - Returns: the run's directory
  /// - Throws: `RunFailure` with what it says when it does not.
  package static func startAndWait(
    _ arguments: [String]
  ) throws -> (run: String, process: Int32) {
    let (process, report) = try DetachedProgram.start(arguments)
    defer { close(report) }
    let line = Starter.line(from: report)
    if case .ready(let run) = line { return (run, process) }
    var status: Int32 = 0
    waitpid(process, &status, 0)
    let code = (status >> 8) & 0xFF
    let reason = if case .failed(let text) = line { text } else { "the run did not start" }
    throw RunFailure(
      description: reason, status: code == 0 ? ExitStatus.failed : code)
  }

  /// Waits until the process that started this one has ended, for a minute at most.
  package static func waitForEnd(of process: Int32) {
    for _ in 0..<6_000 where getppid() == process { usleep(10_000) }
  }

  /// What to do with a run in the background, for the scrollback.
  package static func words(for run: String) -> String {
    """
    training on in the background
    run         \(run)
    look        unfold attach \(run)
    stop        unfold runs stop \(run)

    """
  }
}

extension BackgroundProgram {
  /// What to do with a sweep that trains in the background, or is over, for the scrollback.
  package static func words(forSweep path: String) -> String {
    guard SweepFolder.isHeld(path) else { return "results     \(path)/results.md\n" }
    return """
      the sweep goes on in the background
      results     \(path)/results.md
      look        unfold sweep --out \(path)
      stop        unfold sweep --out \(path) --stop

      """
  }
}

/// Who started this process in the background: told once how that went.
package struct Starter: Sendable {
  /// What a process told whoever started it.
  enum Line: Equatable {
    /// It trains, and is recorded here.
    case ready(String)
    /// Why it does not.
    case failed(String)
    /// It ended without a word.
    case none
  }

  private static let ready = "ready "
  private static let failed = "failed "

  private let descriptor: Int32
  private let isBound: Bool

  /// - Parameters:
  ///   - descriptor: what the starter left us
  ///   - isBound: whether this process is to save and to end when its starter does, however that ends
  package init(_ descriptor: Int32, isBound: Bool = false) {
    (self.descriptor, self.isBound) = (descriptor, isBound)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  package func tell(ready run: String) {
    tell(Self.ready + run)
    if isBound { watch() } else { close(descriptor) }
  }

  package func tell(failure text: String) {
    tell(Self.failed + text)
    close(descriptor)
  }

  private func tell(_ line: String) {
    ExitStatus.write(line.split(separator: "\n").joined(separator: " ") + "\n", to: descriptor)
  }

  /// Waits, on a thread of its own, until nobody holds the other end any more.
  private func watch() {
    DispatchQueue(label: "unfold starter").async { [descriptor] in
      var end = pollfd(fd: descriptor, events: 0, revents: 0)
      while true {
        let count = poll(&end, 1, -1)
        if count < 0, errno == EINTR { continue }
        // As if it had been asked to: the run is saved.
        kill(getpid(), SIGTERM)
        return
      }
    }
  }

  /// Reads what a started process tells; waits until it does, or ends.
  static func line(from descriptor: Int32) -> Line {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while !bytes.contains(0x0A) {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += piece[..<count]
    }
    let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    if line.hasPrefix(ready) { return .ready(String(line.dropFirst(ready.count))) }
    return line.hasPrefix(failed) ? .failed(String(line.dropFirst(failed.count))) : .none
  }
}
