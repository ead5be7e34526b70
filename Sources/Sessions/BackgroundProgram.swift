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
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while !bytes.contains(0x0A) {
      let count = read(report, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += piece[..<count]
    }
    let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    if line.hasPrefix(Starter.ready) {
      return (String(line.dropFirst(Starter.ready.count)), process)
    }
    var status: Int32 = 0
    waitpid(process, &status, 0)
    let code = (status >> 8) & 0xFF
    throw RunFailure(
      description: line.hasPrefix(Starter.failed)
        ? String(line.dropFirst(Starter.failed.count)) : "the run did not start",
      status: code == 0 ? ExitStatus.failed : code)
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

/// Who started this process in the background: told once how that went.
package struct Starter: Sendable {
  static let ready = "ready "
  static let failed = "failed "

  private let descriptor: Int32

  /// - Parameter descriptor: what the starter left us, to be closed after the one line
  package init(_ descriptor: Int32) {
    self.descriptor = descriptor
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  package func tell(ready run: String) { tell(Self.ready + run) }
  package func tell(failure text: String) { tell(Self.failed + text) }

  private func tell(_ line: String) {
    ExitStatus.write(line.split(separator: "\n").joined(separator: " ") + "\n", to: descriptor)
    close(descriptor)
  }
}
