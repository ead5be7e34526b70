import Foundation
import Testing

/// However a program ends, the terminal is given back.
@Suite(.serialized) struct LeavingTests {
  /// The settings that every program here begins with.
  private func unusual() throws -> [UInt32] {
    let reference = try PseudoTerminal()
    reference.setUnusual()
    return reference.settings
  }

  @Test(arguments: [
    ("f", SIGSEGV), ("t", SIGILL), ("a", SIGABRT), ("o", SIGSEGV),
  ])
  func aCrashGivesTheTerminalBack(key: String, signal: Int32) throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    program.terminal.type(key)
    let status = try program.waitForEnd()
    #expect(endingSignal(status) == signal)
    let expected = try unusual()
    #expect(program.terminal.settings == expected)
    let output = program.terminal.output
    #expect(output.contains("\u{1B}[?1049l"))
    #expect(output.contains("\u{1B}[?2004l"))
    if key == "t" {
      let after = output.components(separatedBy: "\u{1B}[?1049l").last ?? ""
      #expect(after.contains("Index out of range"), "the runtime's last words")
    }
  }

  @Test(arguments: [SIGSEGV, SIGBUS, SIGFPE, SIGSYS])
  func aDeadlySignalFromOutsideToo(signal: Int32) throws {
    let program = try RunningProgram(mode: "flood")
    try program.waitForScreen()
    kill(program.process, signal)
    let status = try program.waitForEnd()
    #expect(endingSignal(status) == signal)
    let expected = try unusual()
    #expect(program.terminal.settings == expected)
    let parts = program.terminal.output.components(separatedBy: "\u{1B}[?1049l")
    #expect(parts.count == 2)
    #expect(parts.last == "\u{1B}[23;0;0t", "nothing is drawn after leaving")
  }

  @Test(arguments: [SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGIO, 30, 40])
  func aSignalThatWouldEndTheProgramEndsItInGoodOrder(signal: Int32) throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    kill(program.process, signal)
    let status = try program.waitForEnd()
    #expect(exitStatus(status) == 128 + signal)
    #expect(program.log.contains("closed"))
    let expected = try unusual()
    #expect(program.terminal.settings == expected)
    #expect(program.terminal.output.contains("\u{1B}[?1049l"))
  }

  @Test func controlBackslashEndsTheProgram() throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    program.terminal.type("\u{1C}")
    let status = try program.waitForEnd()
    #expect(exitStatus(status) == 128 + SIGQUIT)
    let expected = try unusual()
    #expect(program.terminal.settings == expected)
  }

  @Test func exitWithoutClosingGivesItBack() throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    program.terminal.type("x")
    let status = try program.waitForEnd()
    #expect(exitStatus(status) == 7)
    let expected = try unusual()
    #expect(program.terminal.settings == expected)
    #expect(program.terminal.output.contains("\u{1B}[?1049l"))
  }

  @Test(arguments: [(SIGTERM, "terminate(signal: 15)"), (SIGINT, "interrupt"), (SIGHUP, "hangUp")])
  func signalsArriveAsInputs(signal: Int32, noted: String) throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    kill(program.process, signal)
    try program.wait(for: noted)
  }

  @Test func controlCIsAnInterruption() throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    program.terminal.type("\u{3}")
    try program.wait(for: "interrupt")
  }

  @Test func aClosedWindowIsTold() throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    program.terminal.hangUp()
    let status = try program.waitForEnd()
    #expect(exitStatus(status) == 129)
  }

  /// A connection that hangs: output is taken no more while a picture is being written.
  @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT])
  func aTerminalThatTakesNothingHoldsUpNoSignal(signal: Int32) throws {
    let program = try RunningProgram(mode: "flood", width: 200, height: 60)
    try program.waitForScreen()
    program.terminal.set(takesOutput: false)
    // Until the kernel's queue is full and a picture is stuck in it.
    usleep(500_000)
    let start = Date()
    kill(program.process, signal)
    let status = try program.waitForEnd()
    #expect(exitStatus(status) == 128 + signal)
    #expect(Date().timeIntervalSince(start) < 5)
    let expected = try unusual()
    #expect(program.terminal.settings == expected)
    program.terminal.set(takesOutput: true)
    try waitUntil("the leave sequence") { program.terminal.output.contains("\u{1B}[?1049l") }
  }

  @Test func suspendedAndBroughtBack() throws {
    let program = try RunningProgram(isInShell: true)
    try program.waitForScreen()
    let terminal = program.terminal
    let pictures = { terminal.output.components(separatedBy: "frame").count }
    let before = pictures()
    terminal.type("\u{1A}")
    try waitUntil("the shell: \(terminal.output.debugDescription)") {
      terminal.output.contains("Stopped")
    }
    terminal.type("stty -a | grep -c -- '-ixon' ; fg\r")
    try program.wait(for: "continued")
    try waitUntil("a picture") { pictures() > before }
    // A change while away is followed.
    terminal.type("\u{1A}")
    try waitUntil("stopped again") { terminal.output.components(separatedBy: "Stopped").count == 3 }
    terminal.resize(width: 70, height: 20)
    terminal.type("fg\r")
    try program.wait(for: "resized(TerminalGraphics.Size(width: 70, height: 20))")
    terminal.type("q")
    try program.wait(for: "closed")
  }

  /// Continued in the background it leaves the terminal alone, still hears signals, and comes back.
  @Test func inTheBackgroundTheTerminalIsLeftAlone() throws {
    let program = try RunningProgram(mode: "moving", isInShell: true)
    try program.waitForScreen()
    let terminal = program.terminal
    terminal.type("\u{1A}")
    try waitUntil("the shell") { terminal.output.contains("Stopped") }
    terminal.type("bg\r")
    try program.wait(for: "continued")
    terminal.type("echo some''thing\r")
    try waitUntil("the echo") { terminal.output.contains("something") }
    let after = terminal.output.components(separatedBy: "something").last ?? ""
    #expect(!after.contains("frame") && !after.contains("\u{1B}[?1049h"))
    terminal.type("fg\r")
    try waitUntil("the screen") {
      (terminal.output.components(separatedBy: "something").last ?? "").contains("\u{1B}[?1049h")
    }
    terminal.type("\u{1A}")
    try waitUntil("stopped again") { terminal.output.components(separatedBy: "Stopped").count == 3 }
    terminal.type("kill %1; wait; echo gone=$?\r")
    try program.wait(for: "terminate(signal: 15)")
    try waitUntil("the end") { terminal.output.contains("gone=") }
  }
}
