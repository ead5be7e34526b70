import CTerminalRestore
import Glibc

/// The signals that ask a program to stop, to suspend, or to look at its screen's size. One at a
/// time in a process.
public final class ProcessSignals: Sendable {
  /// Whether a signal asks for an orderly end.
  public static func isEnding(_ number: Int32) -> Bool { unfold_signal_ends(number) == 1 }

  private let watch: DescriptorWatch

  /// Takes the signals over until `cancel`.
  ///
  /// - Parameters:
  ///   - hasScreen: whether signals of the screen are wanted, too: its size, Ctrl-Z and coming back
  ///   - heard: called with each signal's number, on a queue of its own: whatever else the program
  ///     waits for, signals come through
  /// - Returns: nil when the system has no descriptor left.
  public init?(hasScreen: Bool, heard: @escaping @Sendable (Int32) -> Void) {
    var ends: [Int32] = [-1, -1]
    guard unfold_signals_open(&ends, hasScreen ? 1 : 0) == 0 else { return nil }
    let (descriptor, writing) = (ends[0], ends[1])
    watch = DescriptorWatch(
      descriptor, label: "unfold signals",
      readable: { _, _ in
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        for byte in bytes.prefix(max(0, count)) { heard(Int32(byte)) }
      },
      cancelled: {
        // Both ends only now: an end that hangs up while it is watched wakes the event loop for a
        // source that is being freed.
        close(writing)
        close(descriptor)
      })
  }

  /// Puts the system's own handling back.
  public func cancel() {
    unfold_signals_restore()
    watch.cancel()
  }
}
