import TerminalGraphics

/// What comes from the terminal and from the system to a program with a screen.
public enum TerminalInput: Sendable, Equatable {
  case key(Key)
  /// The terminal has another size, or something else wrote on it: draw everything anew.
  case resized(Size)
  /// Ctrl-C or SIGINT.
  case interrupt
  /// SIGTERM, SIGQUIT (Ctrl-\), SIGUSR1 or any other signal that would end the program and is no
  /// fault.
  case terminate(signal: Int32)
  /// The terminal is gone: SIGHUP, or the end of its input.
  case hangUp
  /// Ctrl-Z: the program should call `suspend()` when it is ready to stop.
  case suspend
  /// A line that something in this process wrote to standard output or standard error.
  case strayLine(String)
}
