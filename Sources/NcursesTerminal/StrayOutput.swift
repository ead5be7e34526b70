import CTerminalRestore
import Glibc

/// Catches what libraries write to standard error while a screen is up, line by line.
final class StrayOutput: Sendable {
  private let real: Int32
  private let watch: DescriptorWatch

  /// - Returns: nil when the system has no descriptor left; standard error then stays as it is.
  init?(line: @escaping @Sendable (String) -> Void) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    let (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // Neither a full pipe nor an empty one may hold anybody up.
    _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
    _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
    real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
    dup2(writeEnd, STDERR_FILENO)
    close(writeEnd)
    unfold_restore_set_stray(-1, real, readEnd)
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
        for part in bytes.prefix(count).split(separator: 0x0A) {
          line(String(decoding: part, as: UTF8.self))
        }
      },
      cancelled: { close(readEnd) })
  }

  /// Gives standard error back.
  func stop() {
    dup2(real, STDERR_FILENO)
    close(real)
    unfold_restore_set_stray(-1, -1, -1)
    watch.cancel()
  }
}
