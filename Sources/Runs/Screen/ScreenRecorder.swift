import Dispatch
import Glibc
import Synchronization
import TerminalGraphics

/// Records the dashboard's pictures into an asciicast file, on a queue of its own.
public final class ScreenRecorder: Sendable {
  private struct State: Sendable {
    var cast: Asciicast
    var began: Double?
    var failure: RunError?
  }

  private let queue = DispatchQueue(label: "unfold screen recorder", qos: .utility)
  private let file: FileDescriptor
  /// Touched on the queue alone.
  private let state: Mutex<State>

  /// Begins a recording; a file of the same name is replaced.
  public init(to path: String, size: Size, title: String) throws(RunError) {
    file = try FileDescriptor.regular(path, flags: O_WRONLY | O_CREAT)
    try file.truncate(to: 0)
    let cast = Asciicast(size: size)
    try file.writeAll(cast.header(title: title, time: WallClock.now))
    state = Mutex(State(cast: cast))
  }

  /// Adds a picture. Returns at once; a picture equal to the last costs nothing.
  ///
  /// - Parameters:
  ///   - screen: the picture
  ///   - seconds: on any clock that never goes back
  public func show(_ screen: CellBuffer, at seconds: Double) {
    queue.async { [self] in
      state.withLock { state in
        guard state.failure == nil else { return }
        let began = state.began ?? seconds
        state.began = began
        let bytes = state.cast.show(screen, at: max(0, seconds - began))
        do throws(RunError) {
          try file.writeAll(bytes)
        } catch {
          // A recording with a hole would show nonsense: it ends here.
          state.failure = error
        }
      }
    }
  }

  /// Waits for what was added.
  /// - Throws: what ended the recording early.
  public func close() throws(RunError) {
    let failure = queue.sync { state.withLock(\.failure) }
    if let failure { throw failure }
  }
}
