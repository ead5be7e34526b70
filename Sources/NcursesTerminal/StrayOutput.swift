import CTerminalRestore
import Glibc
import Synchronization

/// Catches what libraries write to standard output and standard error while a screen is up, line
/// by line. It is printed once the screen is gone.
///
/// A descriptor that was redirected to a file or a pipe stays as it is: the screen is not there.
final class StrayOutput: Sendable {
  private let realOutput: Int32
  private let realError: Int32
  private let watch: DescriptorWatch
  private let lines: LineReader

  /// - Returns: nil when the system has no descriptor left; nothing is caught then.
  init?(line: @escaping @Sendable (String) -> Void) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    let (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      // Neither a full pipe nor an empty one may hold anybody up.
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    realOutput = Self.redirect(STDOUT_FILENO, to: writeEnd)
    realError = Self.redirect(STDERR_FILENO, to: writeEnd)
    close(writeEnd)
    unfold_restore_set_stray(realOutput, realError, readEnd)
    let lines = LineReader(line: line)
    self.lines = lines
    watch = DescriptorWatch(
      readEnd, label: "unfold stray output",
      readable: { _, _ in
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(readEnd, &bytes, bytes.count)
        guard count > 0 else { return }
        bytes.withUnsafeBytes { buffer in
          let text = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
          unfold_restore_keep_stray(text, count)
        }
        lines.add(bytes.prefix(count))
      },
      cancelled: { close(readEnd) })
  }

  /// - Returns: where the descriptor led before; −1 when it is left alone.
  private static func redirect(_ descriptor: Int32, to end: Int32) -> Int32 {
    guard isatty(descriptor) == 1 else { return -1 }
    let real = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    if real >= 0 { dup2(end, descriptor) }
    return real
  }

  /// Gives both descriptors back and prints what was caught, by way of `finish`, which restores the
  /// terminal.
  func stop(finish: () -> Void) {
    // What the watch has read must be remembered before it is printed.
    watch.wait()
    finish()
    lines.finish()
    unfold_restore_set_stray(-1, -1, -1)
    watch.cancel()
    for real in [realOutput, realError] where real >= 0 { close(real) }
  }
}

/// Puts lines together from pieces.
final class LineReader: Sendable {
  /// A line is cut here: nothing shows more of it.
  static let longest = 2000

  private let line: @Sendable (String) -> Void
  private let pending = Mutex<[UInt8]>([])

  init(line: @escaping @Sendable (String) -> Void) {
    self.line = line
  }

  func add(_ bytes: some Sequence<UInt8>) {
    let complete = pending.withLock { pending in
      var complete: [[UInt8]] = []
      for byte in bytes {
        if byte != 0x0A { pending.append(byte) }
        guard byte == 0x0A || pending.count >= Self.longest else { continue }
        complete.append(pending)
        pending = []
      }
      return complete
    }
    complete.forEach(tell)
  }

  /// The last line may lack its line feed.
  func finish() {
    tell(
      pending.withLock { pending in
        defer { pending = [] }
        return pending
      })
  }

  private func tell(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    line(String(decoding: bytes, as: UTF8.self))
  }
}
