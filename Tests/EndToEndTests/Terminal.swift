import Foundation
import Testing

/// A real terminal: a tmux server of the test's own, with a shell in it.
final class Terminal {
  static let isInstalled =
    (try? Program.run(
      "/usr/bin/env", ["tmux", "-V"], in: URL(fileURLWithPath: "/")
    ).status) == 0
  /// CI installs tmux, so there these tests run or fail; elsewhere they need it.
  static let isUsable = isInstalled || ProcessInfo.processInfo.environment["CI"] != nil

  /// Whether a kind of terminal is described here; in CI all are.
  static func knows(_ kind: String) -> Bool {
    let isDescribed =
      (try? Program.run(
        "/usr/bin/env", ["infocmp", kind], in: FileManager.default.temporaryDirectory
      ).status) == 0
    return isDescribed || ProcessInfo.processInfo.environment["CI"] != nil
  }

  private let socket = "unfold-\(UUID().uuidString)"
  private let program: Program

  init(_ program: Program, width: Int = 120, height: Int = 40) throws {
    self.program = program
    // Settings of the test's own: a person's are neither read nor written.
    try program.write(
      """
      PS1='ready> '
      export UNFOLD='\(Program.path)' XDG_CONFIG_HOME='\(program.directory.path)/config'

      """, to: "shell.rc")
    try tmux([
      "-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y", "\(height)",
      "bash --noprofile --rcfile shell.rc -i",
    ])
    try wait(for: "ready>")
  }

  deinit {
    // The test's directory may be gone by now.
    _ = try? tmux(["kill-server"], in: FileManager.default.temporaryDirectory)
  }

  @discardableResult
  private func tmux(_ arguments: [String], in directory: URL? = nil) throws -> String {
    // The server outlives this call and must not keep the descriptor by which Foundation sees a
    // process end; nor the blocked signals of the thread that starts it, or it would never hear
    // that its own children ended.
    let closing = """
      for fd in /proc/self/fd/*; do n=${fd##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done
      exec env --default-signal tmux "$@"
      """
    let outcome = try Program.run(
      "/bin/bash", ["-c", closing, "tmux", "-L", socket] + arguments,
      in: directory ?? program.directory)
    return outcome.output
  }

  /// Closes the window as a person does who is done with it.
  func close() throws { try tmux(["kill-pane"]) }

  /// Types keys under tmux's names, such as `C-z`.
  func press(_ keys: String...) throws {
    try tmux(["send-keys"] + keys)
  }

  /// Types a line and Enter.
  func type(line: String) throws {
    try tmux(["send-keys", "-l", line])
    try press("Enter")
  }

  func resize(width: Int, height: Int) throws {
    try tmux(["resize-window", "-x", "\(width)", "-y", "\(height)"])
  }

  var screen: String { (try? tmux(["capture-pane", "-p"])) ?? "" }

  struct Waited: Error, CustomStringConvertible {
    var description: String
  }

  /// Looks until the screen fulfils a condition.
  @discardableResult
  func wait(
    seconds: Double = 30, _ what: String, until isFulfilled: (String) throws -> Bool
  ) throws -> String {
    let end = Date().addingTimeInterval(seconds)
    while true {
      let text = screen
      if try isFulfilled(text) { return text }
      guard Date() < end else { throw Waited(description: "no \(what) on:\n\(text)") }
      usleep(20_000)
    }
  }

  @discardableResult
  func wait(for text: String, seconds: Double = 30) throws -> String {
    try wait(seconds: seconds, "“\(text)”") { $0.contains(text) }
  }

  /// The step that the dashboard's first line tells.
  static func step(in screen: String) -> Int? {
    guard let range = screen.range(of: #"step [0-9,]+"#, options: .regularExpression) else {
      return nil
    }
    return Int(screen[range].dropFirst(5).filter(\.isNumber))
  }
}
