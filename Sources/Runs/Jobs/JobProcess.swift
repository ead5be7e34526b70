import CProcess
import Dispatch
import Glibc
import Synchronization
import TrainingEvents

/// A started job: its processes, the terminal that its output goes to, and the line of the protocol.
///
/// Output and protocol are read on queues of their own, which wait for whoever takes them: a job that
/// floods is slowed, and nothing piles up.
public final class JobProcess: Sendable {
  /// What becomes of what the job says, each on a queue of its own.
  public struct Handlers: Sendable {
    /// Bytes of its output; none at the end.
    public var output: @Sendable ([UInt8]) -> Void
    /// A line of its protocol was opened.
    public var opened: @Sendable (JobLine) -> Void
    /// The process ended, with its exit status or 128 and a signal.
    public var exited: @Sendable (Int) -> Void

    public init(
      output: @escaping @Sendable ([UInt8]) -> Void,
      opened: @escaping @Sendable (JobLine) -> Void,
      exited: @escaping @Sendable (Int) -> Void
    ) {
      self.output = output
      self.opened = opened
      self.exited = exited
    }
  }

  /// The job's first process, which leads its group and session.
  public let process: Int32
  private let terminal: Int32
  private let hasEnded = Flag()

  /// - Parameters:
  ///   - command: a program, found by PATH, and its arguments
  ///   - environment: what it finds beside our own environment
  ///   - columns: width of its terminal in cells
  ///   - rows: height of its terminal in cells
  ///   - handlers: what is told of it, on any queue
  /// - Throws: `RunError` when the program cannot be started.
  public init(
    _ command: [String], environment: [String: String], columns: Int = 100, rows: Int = 50,
    _ handlers: Handlers
  ) throws(RunError) {
    var ends: [Int32] = [-1, -1]
    guard
      socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
        == 0
    else { throw .last("connect", command.first ?? "") }
    let (ours, theirs) = (ends[0], ends[1])
    var environment = environment
    environment["UNFOLD_FD"] = "\(theirs)"
    var master: Int32 = -1
    let started = Self.withVectors(command, environment) { arguments, variables in
      let process = unfold_start_in_terminal(
        arguments, variables, theirs, Int32(columns), Int32(rows), &master)
      return (process, errno)
    }
    close(theirs)
    guard started.0 > 0 else {
      close(ours)
      throw .system(operation: "start", path: command.first ?? "", code: started.1)
    }
    process = started.0
    terminal = master
    handlers.opened(JobLine(ours))
    begin(handlers)
  }

  /// Arguments and environment as the system wants them.
  static func withVectors<Result>(
    _ command: [String], _ environment: [String: String],
    _ body: ([UnsafeMutablePointer<CChar>?], [UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    var variables: [String] = []
    var entry = environ
    while let text = entry.pointee {
      let variable = String(cString: text)
      let name = String(variable.prefix { $0 != "=" })
      if environment[name] == nil { variables.append(variable) }
      entry += 1
    }
    variables += environment.map { "\($0.key)=\($0.value)" }
    let texts = (command.map { strdup($0) }, variables.map { strdup($0) })
    defer { for text in texts.0 + texts.1 { free(text) } }
    return body(texts.0 + [nil], texts.1 + [nil])
  }

  private func begin(_ handlers: Handlers) {
    let drained = DispatchSemaphore(value: 0)
    DispatchQueue(label: "unfold job output").async { [terminal, hasEnded] in
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        var ready = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        let count = poll(&ready, 1, 100)
        // A child that lives on may hold the terminal for ever; what the job said is read by then.
        if count == 0, hasEnded.isSet { break }
        guard count != 0 else { continue }
        let taken = read(terminal, &bytes, bytes.count)
        if taken < 0, errno == EINTR || errno == EAGAIN { continue }
        // EIO says that nobody has the other end open any more.
        guard taken > 0 else { break }
        handlers.output(Array(bytes[..<taken]))
      }
      handlers.output([])
      drained.signal()
    }
    DispatchQueue(label: "unfold job end").async { [process, hasEnded] in
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      hasEnded.set()
      // The last output comes before the end.
      _ = drained.wait(timeout: .now() + 5)
      let signal = status & 0x7F
      handlers.exited(signal == 0 ? Int(status >> 8) & 0xFF : 128 + Int(signal))
    }
  }

  /// Whether the job's own process has not ended yet.
  public var isRunning: Bool { !hasEnded.isSet }

  /// Sends a signal to every process of the job's group.
  public func signal(_ number: Int32) {
    guard isRunning else { return }
    kill(-process, number)
  }

  /// Ends what the job left behind in its group.
  public func endLeftovers() {
    if kill(-process, SIGTERM) == 0 {
      usleep(50_000)
      kill(-process, SIGCONT)
      kill(-process, SIGKILL)
    }
  }

  /// Tells the job's terminal its size in character cells; the job gets SIGWINCH.
  public func resize(columns: Int, rows: Int) {
    unfold_resize_terminal(terminal, Int32(columns), Int32(rows))
  }

  deinit { close(terminal) }
}

/// One line of the protocol to a job: what it says, and commands to it. Closed with its last use.
public final class JobLine: Sendable {
  private let descriptor: Int32
  private let commands: LineOutput

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    commands = LineOutput(descriptor, name: "job", limit: 1 << 16) { _, _ in [] }
  }

  /// Reads until the job closes its end, on a queue of its own.
  ///
  /// - Parameters:
  ///   - heard: called with each line, without its line feed
  ///   - closed: called once, behind the last line
  public func read(
    heard: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Void,
    closed: @escaping @Sendable () -> Void
  ) {
    // The queue holds the line, so that its descriptor stays open as long as somebody reads.
    DispatchQueue(label: "unfold job line").async { [self] in
      let reader = LineReader(
        FileDescriptor(adopting: dup(descriptor), path: "job"))
      var lines = reader
      while true {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&ready, 1, -1) < 0, errno != EINTR { break }
        guard let count = try? lines.read(limit: 1, { line, _ in heard(line) }), count > 0 else {
          break
        }
      }
      closed()
      withExtendedLifetime(commands) {}
    }
  }

  /// Sends a command. Returns at once; a job that never reads misses what does not fit.
  public func send(_ command: TrainingCommand) { commands.write(CommandJSON.encode(command)) }

  /// Whether the job took every command so far.
  public var isIdle: Bool { commands.isIdle }

  /// Ends the line: the job finds its end closed.
  public func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  deinit { Glibc.close(descriptor) }
}

/// Something that happens once, asked for from any thread.
final class Flag: Sendable {
  private let value = Atomic(false)

  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}
