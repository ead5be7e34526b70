import Dispatch
import TerminalGraphics

/// What comes from the terminal and from the system to a program with a screen.
public enum TerminalInput: Sendable, Equatable {
  case key(Key)
  /// The terminal has another size, or something else wrote on it: draw everything anew.
  case resized(Size)
  /// Ctrl-C or SIGINT.
  case interrupt
  /// SIGTERM, SIGQUIT (Ctrl-\), SIGUSR1 or any other signal that would end the program and is no
  /// fault.
  case terminate(signal: Int32)
  /// The terminal is gone: SIGHUP, or the end of its input.
  case hangUp
  /// Ctrl-Z: the program should call `suspend()` when it is ready to stop.
  case suspend
  /// A line that something in this process wrote to standard output or standard error.
  case strayLine(String)
}

/// Calls back when a descriptor can be read.
///
/// `@unchecked Sendable`: the stored properties never change, and Dispatch's queues and sources may
/// be used from any thread; only the source's import lacks the annotation.
final class DescriptorWatch: @unchecked Sendable {
  private let source: any DispatchSourceRead
  private let queue: DispatchQueue

  /// - Parameters:
  ///   - readable: called on a queue of the watch's own, with the watch and whether the
  ///     descriptor's end is reached
  ///   - cancelled: called once nothing is watched any more
  init(
    _ descriptor: Int32, label: String,
    readable: @escaping @Sendable (DescriptorWatch, _ isAtEnd: Bool) -> Void,
    cancelled: @escaping @Sendable () -> Void = {}
  ) {
    queue = DispatchQueue(label: label)
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    source.setEventHandler { @Sendable [weak self] in
      guard let self else { return }
      readable(self, self.source.data == 0)
    }
    source.setCancelHandler(handler: cancelled)
    source.resume()
  }

  func suspend() { source.suspend() }
  func resume() { source.resume() }
  func cancel() { source.cancel() }

  /// Returns when no call is under way.
  func wait() { queue.sync {} }
}
