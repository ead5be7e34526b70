import Glibc

/// How the program ends: 0 done, 1 the run failed, 2 wrong usage or bad input, 128 + signal when
/// it was killed.
package enum ExitStatus {
  package static let done: Int32 = 0
  package static let failed: Int32 = 1
  package static let badInput: Int32 = 2

  package static func signal(_ number: Int32) -> Int32 { 128 + number }

  /// Ends the program after a session: what it says stays in the scrollback.
  package static func leave(_ end: (status: Int32, report: String?)) -> Never {
    if let report = end.report { write(report, to: STDOUT_FILENO) }
    exit(end.status)
  }

  package static func say(_ text: String) { write(message(text), to: STDERR_FILENO) }

  /// A line for standard error.
  package static func message(_ text: String) -> [UInt8] {
    // Messages quote files and arguments, which may hold what a terminal obeys.
    Array("unfold: \(SafeOutput.harmless(text))\n".utf8)
  }

  /// Writes all of a text, whatever the descriptor takes at a time.
  @discardableResult
  package static func write(_ text: String, to descriptor: Int32) -> Bool {
    write(Array(text.utf8), to: descriptor)
  }

  /// Seconds for which nobody has to read standard error before a message is given up.
  private static let patience: Int32 = 2

  /// - Returns: false when the other end is gone.
  @discardableResult
  package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var bytes = bytes[...]
    while !bytes.isEmpty {
      // A reader of results may take its time; messages must not keep a program from its end.
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let isReady = poll(&ready, 1, descriptor == STDERR_FILENO ? 1000 * patience : -1)
      if isReady < 0, errno == EINTR { continue }
      guard isReady != 0 else { return false }
      // What a pipe with room takes whole, so that this write does not wait either.
      let count = bytes.prefix(4096).withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return false }
      bytes.removeFirst(count)
    }
    return true
  }
}

/// A run that could not go on, with the status to leave with.
package struct RunFailure: Error, CustomStringConvertible {
  package var description: String
  package var status: Int32

  package init(description: String, status: Int32 = ExitStatus.failed) {
    self.description = description
    self.status = status
  }
}
