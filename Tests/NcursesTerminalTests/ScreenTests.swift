import Foundation
import Testing

/// What the screen shows and what comes back from it, on a real (pseudo-)terminal.
@Suite(.serialized) struct ScreenTests {
  @Test func theTerminalComesBackAsItWas() throws {
    let program = try RunningProgram()
    // The program has the terminal already, or will have it: either way this is what it found.
    try program.waitForScreen()
    let during = program.terminal.settings
    program.terminal.type("q")
    let status = try program.waitForEnd()
    #expect(exitStatus(status) == 0)
    let reference = try PseudoTerminal()
    reference.setUnusual()
    #expect(program.terminal.settings == reference.settings)
    #expect(during != reference.settings)
    let output = program.terminal.output
    for sequence in ["\u{1B}[?1049l", "\u{1B}[?2004l", "\u{1B}[?1l"] {
      #expect(output.components(separatedBy: sequence).count >= 2, "\(sequence)")
    }
    // Once: a second one would move the cursor.
    #expect(output.components(separatedBy: "\u{1B}[?1049l").count == 2)
  }

  @Test func keysArriveAsWhatTheyMean() throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    let keys: [(sent: String, noted: String)] = [
      ("\u{1B}[A", "up"), ("\u{1B}OB", "down"), ("\u{1B}[1;5C", "right"), ("\u{1B}[1;2D", "left"),
      ("\u{1B}[H", "home"), ("\u{1B}[4~", "end"), ("\u{1B}[5~", "pageUp"), ("\u{1B}[Z", "backTab"),
      ("\u{1B}OP", "function(1)"), ("\u{1B}[15~", "function(5)"), ("\u{1B}[24~", "function(12)"),
      ("\t", "tab"), ("\r", "enter"), ("\u{7F}", "backspace"), ("\u{13}", "control(\"s\")"),
      ("\u{16}", "control(\"v\")"), ("é", "character(\"é\")"), ("漢", "character(\"漢\")"),
      ("\u{1B}[200~a\rb\u{1B}[201~", "paste(\"a\\nb\")"), ("\u{1B}", "escape"),
    ]
    for (index, key) in keys.enumerated() {
      program.terminal.type(key.sent)
      try waitUntil("\(key) in \(program.log)") { program.log.count > index + 1 }
    }
    let noted = program.log.dropFirst().map {
      $0.replacingOccurrences(of: "TerminalGraphics.Key.", with: "")
    }
    #expect(noted == keys.map { "key(\($0.noted))" })
  }

  @Test func anotherSizeIsTold() throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    program.terminal.resize(width: 100, height: 30)
    try program.wait(for: "resized(TerminalGraphics.Size(width: 100, height: 30))")
    program.terminal.resize(width: 3, height: 1)
    try program.wait(for: "resized(TerminalGraphics.Size(width: 3, height: 1))")
    #expect(!program.log.contains { $0.hasPrefix("key") })
  }

  @Test func onlyChangedCellsAreWritten() throws {
    let program = try RunningProgram(mode: "moving", width: 120, height: 40)
    try waitUntil("ten frames") {
      program.terminal.output.contains("*") && program.terminal.outputCount > 0
    }
    usleep(200_000)
    let before = program.terminal.outputCount
    usleep(1_000_000)
    let perSecond = program.terminal.outputCount - before
    #expect(perSecond > 20)
    #expect(perSecond < 1000, "bytes a second for two changing places")
  }

  /// Marked only once the terminal has said that it knows the marks, and ended before the terminal is left.
  @Test func picturesAreSynchronizedWhereTheTerminalCan() throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    try waitUntil("the question") { program.terminal.output.contains("\u{1B}[?2026$p") }
    #expect(!program.terminal.output.contains("\u{1B}[?2026h"))
    program.terminal.type("\u{1B}[?2026;2$y")
    program.terminal.type("r")
    try waitUntil("marks") { program.terminal.output.contains("\u{1B}[?2026h") }
    program.terminal.type("q")
    #expect(exitStatus(try program.waitForEnd()) == 0)
    let parts = program.terminal.output.components(separatedBy: "\u{1B}[?2026h")
    #expect(parts.count >= 2)
    for part in parts.dropFirst() {
      let picture = part.components(separatedBy: "\u{1B}[?2026l")
      #expect(picture.count >= 2 && !picture[0].contains("1049l"))
    }
    #expect(program.log.filter { $0.hasPrefix("key") }.count == 2, "\(program.log)")
  }

  @Test func theClipboardIsReached() throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    program.terminal.type("c")
    try waitUntil("OSC 52") { program.terminal.output.contains("\u{1B}]52;c;dW5mb2xk\u{7}") }
  }

  /// Progress leaves the tab with the program, however that ends.
  @Test(arguments: ["q", "t"]) func progressIsShownAndTakenAway(end: String) throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    program.terminal.type("g")
    try waitUntil("OSC 9;4") { program.terminal.output.contains("\u{1B}]9;4;1;42\u{7}") }
    program.terminal.type(end)
    #expect((exitStatus(try program.waitForEnd()) == 0) == (end == "q"))
    try waitUntil("its end") { program.terminal.output.contains("\u{1B}]9;4;0;0\u{7}") }
  }

  @Test func mouseIsAskedForAndGivenBack() throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    #expect(!program.terminal.output.contains("\u{1B}[?1002h"))
    program.terminal.type("m")
    try program.wait(for: "mouse true")
    program.terminal.type(
      "\u{1B}[<0;5;3M\u{1B}[<32;6;3M\u{1B}[<0;6;3m\u{1B}[<64;6;3M\u{1B}[<65;6;3M")
    try waitUntil("five mouse events in \(program.log)") {
      program.log.filter { $0.contains("mouse(") }.count >= 5
    }
    let actions = program.log.filter { $0.contains("mouse(") }
    for (line, action) in zip(
      actions, ["press, x: 4, y: 2", "drag, x: 5", "release", "scrollUp", "scrollDown"])
    {
      #expect(line.contains("Action." + action))
    }
    program.terminal.type("q")
    _ = try program.waitForEnd()
    let output = program.terminal.output
    #expect(output.contains("\u{1B}[?1002l"))
    #expect(output.contains("\u{1B}[?1000l"))
  }

  @Test func textFromElsewhereDoesNotReachTheScreen() throws {
    let program = try RunningProgram()
    try program.waitForScreen()
    program.terminal.type("ep")
    try program.wait(for: "strayLine(\"something went wrong\")")
    #expect(!program.terminal.output.contains("something went wrong"))
    program.terminal.type("q")
    _ = try program.waitForEnd()
    let after = program.terminal.output.components(separatedBy: "\u{1B}[?1049l").last ?? ""
    #expect(after.contains("something went wrong"))
  }

  @Test(arguments: [
    ["TERM": "dumb"], ["TERM": ""], ["TERM": "no-such-terminal"],
  ])
  func aTerminalThatCannotShowAScreenIsRefused(environment: [String: String]) throws {
    let program = try RunningProgram(environment: environment)
    let status = try program.waitForEnd()
    #expect(exitStatus(status) == 3)
    #expect(program.log.contains { $0.hasPrefix("refused") && $0.contains("TERM") })
    #expect(program.terminal.output == "")
  }

  @Test(arguments: [
    ("xterm-256color", [:], "palette256", "38;5;"),
    ("xterm-256color", ["COLORTERM": "truecolor"], "trueColor", "38;2;224;96;16m"),
    ("tmux-256color", ["COLORTERM": "24bit"], "trueColor", "48;2;16;24;32m"),
    ("screen", [:], "eight", "\u{1B}[3"),
    ("linux", ["COLORTERM": "truecolor"], "eight", "\u{1B}[3"),
    ("vt100", [:], "none", ";1m"),
    ("xterm-256color", ["COLORTERM": "truecolor", "NO_COLOR": "1"], "none", ";1m"),
  ])
  func coloursAreThoseThatTheTerminalHas(
    term: String, environment: [String: String], depth: String, contains: String
  ) throws {
    let program = try RunningProgram(environment: environment.merging(["TERM": term]) { $1 })
    try program.waitForScreen()
    program.terminal.type("q")
    _ = try program.waitForEnd()
    #expect(program.log.first?.hasPrefix("open \(depth) ") == true, "\(program.log)")
    #expect(program.terminal.output.contains(contains))
    #expect(program.terminal.output.contains("漢字"))
    // Black on what is probably black.
    #expect(!program.terminal.output.contains("30mfaint"))
    if depth == "none" {
      #expect(program.terminal.output.firstRange(of: /\u{1B}\[[0-9;]*[34][0-8][0-9;]*m/) == nil)
    }
  }

  @Test func withoutUTF8EverythingIsASCII() throws {
    let program = try RunningProgram(environment: ["LC_ALL": "C"])
    try program.waitForScreen()
    program.terminal.type("q")
    _ = try program.waitForEnd()
    #expect(program.log.first?.contains("unicode=false") == true)
    #expect(program.terminal.output.utf8.allSatisfy { $0 < 0x80 })
    #expect(program.terminal.output.contains("??"))
  }
}
