import CProcess
import Dispatch
import Glibc
import Synchronization
import TrainingEvents

/// A dashboard's end of a run that trains in another process.
public final class RunConnection: Sendable {
  /// The run, or the socket that leads to it.
  public let path: String
  private let descriptor: Int32
  private let commands: LineOutput
  private let queue = DispatchQueue(label: "unfold attached run")
  private let lines: Mutex<LineReader>

  /// Attaches to a run.
  ///
  /// - Parameter path: the run's directory, or a socket that another machine's is forwarded to
  /// - Throws: `RunError` when nobody serves it, or another user does.
  public init(_ path: String) throws(RunError) {
    self.path = path
    let isDirectory = FileTree.isDirectory(path)
    let place = isDirectory ? path : FileTree.parent(of: path)
    let name = isDirectory ? RunServer.socketName : FileTree.name(of: path)
    let root = try OpenDirectory(place)
    guard let status = root.status(name) else {
      throw .unreadable(path: path, message: Self.unserved)
    }
    guard status.kind == .socket else {
      throw .unreadable(path: path, message: "\(status.kind.rawValue), expected a run or a socket")
    }
    guard status.owner == geteuid() else {
      throw .unreadable(path: path, message: "its socket belongs to another user")
    }
    let descriptor = unfold_connect(root.number, name)
    guard descriptor >= 0 else {
      guard errno == ECONNREFUSED || errno == ENOENT else { throw .last("attach", path) }
      throw .unreadable(path: path, message: Self.unserved)
    }
    guard unfold_peer_user(descriptor) == Int(geteuid()) else {
      Glibc.close(descriptor)
      throw .unreadable(path: path, message: "another user serves it")
    }
    self.descriptor = descriptor
    commands = LineOutput(descriptor, name: "attached run", limit: 1 << 20) { _, _ in [] }
    lines = Mutex(LineReader(FileDescriptor(adopting: dup(descriptor), path: path)))
  }

  /// Attaches to a run that some process is about to serve: one that has just begun, or that is handed
  /// from the process of a lost terminal to one in the background.
  ///
  /// - Parameter path: as for `init`
  /// - Throws: `RunError` when nobody serves it after a moment, or after seconds where some process
  ///   writes it
  public static func waiting(for path: String) async throws -> RunConnection {
    let start = ContinuousClock.now
    while true {
      do {
        return try RunConnection(path)
      } catch {
        // Between two processes nobody writes it.
        let patience = RunLock.isHeld(directory: path) ? Duration.seconds(5) : .milliseconds(500)
        guard FileTree.isDirectory(path), ContinuousClock.now - start < patience else {
          throw error
        }
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private static let unserved =
    "no process serves this run; `unfold replay` shows it, `unfold train --resume` goes on with it"

  /// Sends a command. Returns at once.
  public func send(_ command: TrainingCommand) { commands.write(CommandJSON.encode(command)) }

  /// What the run tells, several messages at a time, until it ends or the connection does. A reader
  /// that takes its time holds up nobody but itself.
  public var messages: AsyncStream<[RunMessage]> {
    AsyncStream(unfolding: { await self.next() }, onCancel: { self.close() })
  }

  /// Ends the connection in both directions; `messages` ends with it.
  public func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  deinit { Glibc.close(descriptor) }

  private func next() async -> [RunMessage]? {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: self.read()) }
    }
  }

  private func read() -> [RunMessage]? {
    lines.withLock { reader in
      while true {
        var messages: [RunMessage] = []
        let count = try? reader.read(limit: 1) { line, _ in
          if let message = MessageJSON.decode(line) { messages.merge(message) }
        }
        guard let count, count > 0 else { return nil }
        if !messages.isEmpty { return messages }
      }
    }
  }
}

extension [RunMessage] {
  /// Adds a message; steps join those before them.
  fileprivate mutating func merge(_ message: RunMessage) {
    guard case .event(.steps(let newer)) = message, newer.thinned.isEmpty,
      case .event(.steps(var batch))? = last
    else { return append(message) }
    // Taken out first, so that the batch is changed in place rather than copied.
    removeLast()
    batch.append(newer)
    append(.event(.steps(batch)))
  }
}
