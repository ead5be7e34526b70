import Foundation

/// `ScreenProgram`, running on a pseudo-terminal that is its controlling one.
final class RunningProgram {
  let terminal: PseudoTerminal
  let process: pid_t
  private let directory: URL
  private var status: Int32?

  static var path: String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: own).deletingLastPathComponent()
      .appendingPathComponent("ScreenProgram").path
  }

  /// - Parameters:
  ///   - mode: what the program draws
  ///   - shell: a shell that runs the program as a job, when one is wanted
  init(
    mode: String = "still", environment: [String: String] = [:], width: Int = 80, height: Int = 24,
    isInShell: Bool = false
  ) throws {
    terminal = try PseudoTerminal(width: width, height: height)
    terminal.setUnusual()
    directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("screen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    var variables = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]
    variables.merge(environment) { $1 }
    // A runtime that prints backtraces takes its time over each crash.
    variables["SWIFT_BACKTRACE"] = "enable=no"
    let log = directory.appendingPathComponent("log").path
    let program = [Self.path, log, mode]
    process = try Self.start(
      isInShell ? ["/bin/bash", "--noprofile", "--norc", "-i"] : program,
      variables: variables.merging(["PS1": "ready> "]) { $1 }, terminal: terminal.name)
    if isInShell {
      try waitUntil("a shell") { terminal.output.contains("ready> ") }
      terminal.type(program.joined(separator: " ") + "\r")
    }
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    try? FileManager.default.removeItem(at: directory)
  }

  private static func start(
    _ command: [String], variables: [String: String], terminal: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    // A session of its own: the terminal it opens first becomes its controlling one. The test's
    // threads may block or ignore signals, which a program must not inherit.
    let flags = Int(POSIX_SPAWN_SETSIGMASK) | Int(POSIX_SPAWN_SETSIGDEF) | 0x80
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    var process: pid_t = 0
    var arguments = command.map { strdup($0) } + [nil]
    var environment = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer {
      for text in arguments + environment { free(text) }
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    let failure = posix_spawn(
      &process, command[0], &actions, &attributes, &arguments, &environment)
    guard failure == 0 else {
      throw PseudoTerminal.Failure(
        description: "\(command[0]): \(String(cString: strerror(failure)))")
    }
    return process
  }

  /// What the program noted, a line each.
  var log: [String] {
    let path = directory.appendingPathComponent("log").path
    return (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").map(
      String.init)
      ?? []
  }

  func wait(for line: String) throws {
    try waitUntil("“\(line)” in \(log)") { log.contains(line) }
  }

  /// Waits until the screen is up and its first picture is written.
  func waitForScreen() throws {
    try waitUntil("a picture in \(terminal.output.debugDescription), \(log)") {
      terminal.output.contains("frame")
    }
  }

  /// Waits for the program's end.
  /// - Returns: what `waitpid` tells.
  func waitForEnd() throws -> Int32 {
    if let status { return status }
    var found: Int32 = 0
    try waitUntil("the end of the program: \(log)") {
      waitpid(process, &found, WNOHANG) == process
    }
    status = found
    if terminal.takesOutput { terminal.settle() }
    return found
  }
}

/// The status with which a process left; nil when a signal ended it.
func exitStatus(_ status: Int32) -> Int32? { status & 0x7F == 0 ? (status >> 8) & 0xFF : nil }

/// The signal that ended a process; nil when it left by itself.
func endingSignal(_ status: Int32) -> Int32? { status & 0x7F == 0 ? nil : status & 0x7F }
