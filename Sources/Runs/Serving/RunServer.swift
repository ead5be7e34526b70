import CProcess
import Dispatch
import Glibc
import Synchronization
import TrainingEvents

/// Serves a run to any number of dashboards on a Unix-domain socket in its directory.
///
/// The socket is for its owner alone (mode 0600), and whoever connects is asked for by the kernel:
/// another user is sent away. Each dashboard gets the history first, then what happens, at its own
/// pace: one that does not read misses frames, never steps, and slows nobody.
public final class RunServer: Sendable {
  /// The socket's name in the run's directory.
  public static let socketName = "socket"

  private struct State {
    var history = ServedHistory()
    var clients: [Int: ServedClient] = [:]
    var nextClient = 0
    var requests: [Int: ProbeRequest] = [:]
    var isClosed = false
  }

  private let directory: OpenDirectory
  private let listener: Int32
  private let state = Mutex(State())
  private let heard: @Sendable (TrainingCommand) -> Void
  /// What dashboards look back at.
  private let recorded: RecordedFrames

  /// - Parameters:
  ///   - directory: the run, which this process has locked: a socket that stands there is left over
  ///   - heard: called with each command, on a queue of its dashboard
  /// - Throws: `RunError` when the system gives no socket there.
  public init(
    _ directory: RunDirectory, heard: @escaping @Sendable (TrainingCommand) -> Void
  ) throws(RunError) {
    self.directory = directory.root
    self.heard = heard
    recorded = RecordedFrames(directory.path)
    if let status = directory.root.status(Self.socketName) {
      guard status.kind == .socket else {
        throw .unreadable(
          path: directory.path + "/" + Self.socketName,
          message: "\(status.kind.rawValue) stands where the run's socket belongs")
      }
      try directory.root.remove(Self.socketName)
    }
    let listener = unfold_listen(directory.root.number, Self.socketName)
    guard listener >= 0 else { throw .last("serve", directory.path + "/" + Self.socketName) }
    self.listener = listener
    DispatchQueue(label: "unfold server").async { [weak self] in
      while let descriptor = Self.next(listener) { self?.welcome(descriptor) }
      Glibc.close(listener)
    }
  }

  deinit { close(patience: 0) }

  /// Runs below a directory that some process serves now.
  public static func alive(in parent: String) -> [String] {
    let names = (try? FileTree.names(in: parent)) ?? []
    return names.sorted().map { parent + "/" + $0 }.filter { path in
      guard FileTree.status(path + "/" + socketName, followingLinks: false)?.kind == .socket,
        let connection = try? RunConnection(path)
      else { return false }
      connection.close()
      return true
    }
  }

  /// Dashboards that are attached.
  public var count: Int { state.withLock { $0.clients.count } }

  /// What all of them together want to see; that of a run's own dashboard joins in.
  public func merged(with own: ProbeRequest? = nil) -> ProbeRequest {
    let requests = state.withLock { $0.requests.sorted { $0.key < $1.key }.map(\.value) }
    guard var merged = (own ?? requests.first)?.present else { return ProbeRequest() }
    for request in requests {
      merged.interests.formUnion(request.interests)
      merged.columns = max(merged.columns, request.columns)
      merged.rate = max(merged.rate, request.rate)
      if own?.alike == nil { merged.alike = request.alike ?? merged.alike }
      // Of what cannot be shown to each in its own way, the newest wish wins.
      if own == nil {
        merged.sequence = request.sequence
        merged.temperature = request.temperature
        merged.map = request.map
      }
    }
    return merged
  }

  /// Tells every dashboard, and those that attach later. Returns at once.
  public func tell(_ message: RunMessage) {
    state.withLock { state in
      state.history.take(message)
      for client in state.clients.values { client.tell(message) }
    }
  }

  /// Sends everybody home, once they have what was told so far or after some seconds.
  public func close(patience: Double = 2) {
    let clients: [ServedClient]? = state.withLock { state in
      guard !state.isClosed else { return nil }
      state.isClosed = true
      defer { state.clients.removeAll() }
      return Array(state.clients.values)
    }
    guard let clients else { return }
    try? directory.remove(Self.socketName)
    // Wakes the one who waits for dashboards.
    shutdown(listener, Int32(SHUT_RDWR))
    for client in clients { client.finish() }
    let end = DispatchTime.now() + patience
    for client in clients { client.wait(until: end) }
  }

  // MARK: Dashboards

  /// Waits for a dashboard of this user; nil once the socket was shut down, which `poll` tells and
  /// `accept`, on a socket that does not block, calls nothing but "again".
  private static func next(_ listener: Int32) -> Int32? {
    while true {
      var ready = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
      _ = poll(&ready, 1, -1)
      let descriptor = accept(listener, nil, nil)
      let isOver = ready.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
      if descriptor < 0, !isOver, errno == EINTR || errno == EAGAIN || errno == ECONNABORTED {
        continue
      }
      if descriptor < 0, errno == EMFILE || errno == ENFILE {
        // Others may give some back.
        usleep(100_000)
        continue
      }
      guard descriptor >= 0 else { return nil }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      guard unfold_peer_user(descriptor) == Int(geteuid()) else {
        Glibc.close(descriptor)
        continue
      }
      return descriptor
    }
  }

  private func welcome(_ descriptor: Int32) {
    state.withLock { state in
      guard !state.isClosed, state.clients.count < 64 else {
        Glibc.close(descriptor)
        return
      }
      let number = state.nextClient
      state.nextClient += 1
      let client = ServedClient(
        descriptor, history: state.history,
        heard: { [weak self] command in self?.hear(command, from: number) },
        left: { [weak self] in self?.leave(number) })
      state.clients[number] = client
    }
  }

  private func hear(_ command: TrainingCommand, from number: Int) {
    guard case .watch(let request) = command else { return heard(command) }
    let (client, isNew) = state.withLock { state in
      let isNew = state.requests[number]?.present != request.present
      // The newest wish stands last.
      state.requests[number] = request
      return (state.clients[number], isNew)
    }
    // What is over is nobody's business but this dashboard's.
    if let step = request.pastStep { client?.tell(.past(recorded.past(step: step))) }
    if isNew || request.pastStep == nil { heard(.watch(merged())) }
  }

  private func leave(_ number: Int) {
    let isServed = state.withLock { state in
      state.clients[number] = nil
      state.requests[number] = nil
      return !state.isClosed
    }
    // What only that one looked at is no longer worth a look.
    if isServed { heard(.watch(merged())) }
  }
}
