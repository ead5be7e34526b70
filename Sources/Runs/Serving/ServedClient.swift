import Dispatch
import Glibc
import Synchronization
import Training
import TrainingEvents

/// One attached dashboard, as the run's process sees it.
final class ServedClient: Sendable {
  private struct Waiting {
    var outbox = EventOutbox()
    /// Lines by number; of those only the newest text counts.
    var console: [Int: String] = [:]
    var usage: ResourceUsage?
    var others: [RunMessage] = []
    var isDraining = false
    var isFinished = false
    var isClosed = false

    mutating func add(_ message: RunMessage) {
      switch message {
      case .event(let event):
        if case .steps(let batch) = event, batch.thinned.isEmpty {
          // Merged with those that wait.
          for record in batch.records { outbox.add(record) }
        } else {
          outbox.add(event)
        }
      case .console(let line):
        console[line.number] = line.text
        // A dashboard that does not read misses the oldest lines.
        if console.count > ConsoleLines.capacity + 1000 {
          for number in console.keys.sorted().prefix(1000) { console[number] = nil }
        }
      case .usage(let usage): self.usage = usage
      case .hello, .exit: others.append(message)
      case .past:
        // Who asks again before the answer came wants the newer one.
        others.removeAll { if case .past = $0 { true } else { false } }
        others.append(message)
      }
    }

    mutating func takeAll() -> [RunMessage] {
      var all = others.filter(\.isHello)
      outbox.release()
      while let event = outbox.take() { all.append(.event(event)) }
      all += console.sorted { $0.key < $1.key }.map {
        .console(ConsoleLine(number: $0.key, text: $0.value))
      }
      if let usage { all.append(.usage(usage)) }
      all += others.filter { !$0.isHello }
      others.removeAll()
      console.removeAll()
      usage = nil
      return all
    }
  }

  private let descriptor: Int32
  private let queue = DispatchQueue(label: "unfold dashboard", qos: .utility)
  private let waiting = Mutex(Waiting())
  private let ended = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - descriptor: connected; closed with this object
  ///   - history: what is told first
  ///   - heard: called with each command
  ///   - left: called once, when the dashboard went away
  init(
    _ descriptor: Int32, history: ServedHistory,
    heard: @escaping @Sendable (TrainingCommand) -> Void, left: @escaping @Sendable () -> Void
  ) {
    self.descriptor = descriptor
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    waiting.withLock { $0.isDraining = true }
    queue.async { [self] in
      for message in history.messages where !send(MessageJSON.encode(message)) { break }
      drain()
    }
    DispatchQueue(label: "unfold dashboard keys").async { [weak self] in
      Self.read(descriptor, self, heard)
      left()
      self?.close()
    }
  }

  deinit { Glibc.close(descriptor) }

  func tell(_ message: RunMessage) {
    let isNews = waiting.withLock { waiting in
      guard !waiting.isFinished, !waiting.isClosed else { return false }
      waiting.add(message)
      defer { waiting.isDraining = true }
      return !waiting.isDraining
    }
    if isNews { queue.async { self.drain() } }
  }

  /// Nothing more is told; what waits is sent still.
  func finish() {
    waiting.withLock { $0.isFinished = true }
    queue.async { [self] in
      drain()
      shutdown(descriptor, Int32(SHUT_RDWR))
      ended.signal()
    }
  }

  func wait(until end: DispatchTime) {
    if ended.wait(timeout: end) != .success { close() }
  }

  private func close() {
    waiting.withLock { $0.isClosed = true }
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  private func drain() {
    while true {
      let messages: [RunMessage] = waiting.withLock { waiting in
        guard !waiting.isClosed else { return [] }
        return waiting.takeAll()
      }
      guard !messages.isEmpty else {
        let isDone = waiting.withLock { waiting in
          let isEmpty =
            waiting.outbox.isEmpty && waiting.console.isEmpty && waiting.others.isEmpty
          if isEmpty || waiting.isClosed { waiting.isDraining = false }
          return isEmpty || waiting.isClosed
        }
        if isDone { return }
        continue
      }
      for message in messages where !send(MessageJSON.encode(message)) { return close() }
    }
  }

  /// Sends as the other end takes it. Only this dashboard's own queue waits.
  private func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
        continue
      }
      guard errno == EAGAIN || errno == EINTR else { return false }
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&ready, 1, 500)
      if waiting.withLock({ $0.isClosed }) { return false }
    }
    return true
  }

  private static func read(
    _ descriptor: Int32, _ client: ServedClient?, _ heard: (TrainingCommand) -> Void
  ) {
    var line: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&ready, 1, -1)
      let count = Glibc.read(descriptor, &bytes, bytes.count)
      if count < 0, errno == EAGAIN || errno == EINTR { continue }
      guard count > 0 else { return }
      for byte in bytes[..<count] {
        guard byte == 0x0A else {
          // Nothing that long is a command.
          if line.count < CommandJSON.longest { line.append(byte) }
          continue
        }
        if !line.isEmpty {
          switch line.withUnsafeBufferPointer(decode) {
          case .success(let command): heard(command)
          case .failure(let error): client?.tell(.event(.refused("not understood: \(error)")))
          }
        }
        line.removeAll(keepingCapacity: true)
      }
    }
  }

  private static func decode(
    _ line: UnsafeBufferPointer<UInt8>
  ) -> Result<TrainingCommand, CommandJSON.Malformed> {
    do throws(CommandJSON.Malformed) {
      return .success(try CommandJSON.decode(line))
    } catch {
      return .failure(error)
    }
  }
}

extension RunMessage {
  fileprivate var isHello: Bool {
    if case .hello = self { true } else { false }
  }
}
