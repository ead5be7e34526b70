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
    var ends: [Int32] = [-1, -1]
    guard unfold_signals_open(&ends) == 0 else { return nil }
    let (descriptor, writing) = (ends[0], ends[1])
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
        // Both ends only now: an end that hangs up while it is watched wakes the event loop for a
        // source that is being freed.
        close(writing)
        close(descriptor)
        continuation.finish()
      })
  }

  /// Puts the system's own handling back.
  public func cancel() {
    unfold_signals_restore()
    watch.cancel()
  }
}
