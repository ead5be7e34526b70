import CTerminalRestore
import Glibc

/// The signals that ask a program to stop, to suspend, or to look at its screen's size, as a
/// stream. One at a time in a process.
public final class ProcessSignals: Sendable {
  /// Signal numbers as they come.
  public let stream: AsyncStream<Int32>
  private let watch: DescriptorWatch

  /// Takes the signals over until `cancel`.
  /// - Returns: nil when the system has no descriptor left.
  public init?() {
    let descriptor = unfold_signals_open()
    guard descriptor >= 0 else { return nil }
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    self.stream = stream
    watch = DescriptorWatch(
      descriptor, label: "unfold signals",
      readable: { _, _ in
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        for byte in bytes.prefix(max(0, count)) { continuation.yield(Int32(byte)) }
      },
      cancelled: {
        close(descriptor)
        continuation.finish()
      })
  }

  /// Puts the system's own handling back.
  public func cancel() {
    unfold_signals_close()
    watch.cancel()
  }
}
