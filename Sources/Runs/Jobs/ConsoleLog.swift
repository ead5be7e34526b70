import Glibc
import Synchronization

/// A job's output on disk, `console.log` in its run's directory: as it came, up to a bound.
final class ConsoleLog: Sendable {
  static let fileName = "console.log"
  /// Bytes kept; what comes after is on screen only.
  static let limit = 64 << 20

  private struct State {
    var file: FileDescriptor?
    var count = 0
  }

  private let state: Mutex<State>

  init(_ directory: RunDirectory) {
    let file = try? directory.root.open(Self.fileName, flags: O_WRONLY | O_CREAT | O_APPEND)
    state = Mutex(State(file: file))
  }

  func add(_ bytes: [UInt8]) {
    state.withLock { state in
      guard let file = state.file, !bytes.isEmpty else { return }
      guard state.count + bytes.count <= Self.limit else {
        try? file.writeAll(Array("\n[unfold keeps no more than \(Self.limit >> 20) MB]\n".utf8))
        return state.file = nil
      }
      do throws(RunError) {
        try file.writeAll(bytes)
        state.count += bytes.count
      } catch {
        // A full disk is told of by the record.
        state.file = nil
      }
    }
  }

  func close() { state.withLock { $0.file = nil } }
}
