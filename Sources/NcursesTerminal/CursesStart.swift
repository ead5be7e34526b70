import CNcurses
import Glibc

/// How ncurses begins on a terminal, and what must be undone when it cannot end by itself.
enum CursesStart {
  static let pasteOn = "\u{1B}[?2004h"
  static let pasteOff = "\u{1B}[?2004l"

  /// Starts ncurses, with direct colours where the terminal promises them.
  static func newScreen(
    output: UnsafeMutablePointer<FILE>, input: UnsafeMutablePointer<FILE>
  ) -> (screen: OpaquePointer?, isDirect: Bool) {
    if let description = directDescription(fileno(output)) {
      let before = TerminalCheck.variable("TERMINFO")
      setenv("TERMINFO", description, 1)
      let screen = newterm(DirectColor.name, output, input)
      if let before { setenv("TERMINFO", before, 1) } else { unsetenv("TERMINFO") }
      if let screen { return (screen, true) }
    }
    return (newterm(nil, output, input), false)
  }

  private static func directDescription(_ descriptor: Int32) -> String? {
    var problem: Int32 = 0
    guard !TerminalColors.isUnwanted, setupterm(nil, descriptor, &problem) == OK else { return nil }
    defer { del_curterm(unfold_cur_term()) }
    let isPromised = DirectColor.isPromised(colors: unfold_terminfo_number("colors"))
    return isPromised ? DirectColor.description() : nil
  }

  /// Keys one at a time, unseen, and all of them: Ctrl-S and Ctrl-V are keys too, while Ctrl-C,
  /// Ctrl-Z and Ctrl-\ go on to be signals.
  static func setModes(of keyboard: Int32) {
    cbreak()
    noecho()
    nonl()
    set_escdelay(25)
    nodelay(unfold_stdscr(), true)
    keypad(unfold_stdscr(), true)
    var settings = termios()
    guard tcgetattr(keyboard, &settings) == 0 else { return }
    settings.c_iflag &= ~tcflag_t(IXON)
    settings.c_lflag &= ~tcflag_t(IEXTEN)
    tcsetattr(keyboard, TCSADRAIN, &settings)
    def_prog_mode()
  }

  /// What gives the terminal back from any state, as bytes to write.
  /// - Parameter progress: whether the terminal shows progress, which is taken away
  static func leaveSequence(progress: Bool = false) -> String {
    // CAN ends a sequence that was cut off.
    let modes = "\u{18}" + SynchronizedOutput.ends + pasteOff + MouseReport.off
    let names = ["op", "sgr0", "rmacs", "cnorm", "rmkx", "rmcup"]
    let parts = names.map { unfold_terminfo_string($0).map { unpadded(String(cString: $0)) } ?? "" }
    // Without an alternate screen, what follows goes below the picture.
    let below = parts.last == "" ? "\u{1B}[999B\r\n" : ""
    let mark = progress ? TerminalMessage.progress(nil) : ""
    return modes + mark + parts.joined() + below
  }

  /// A terminfo string without the pauses, `$<2>`, that old terminals need.
  static func unpadded(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.range(of: "$<"), let end = rest[start.upperBound...].firstIndex(of: ">")
    {
      result += rest[..<start.lowerBound]
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
