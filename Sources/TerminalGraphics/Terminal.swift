/// What a program with a screen needs of its terminal: keys in, pictures out. ncurses makes one of the
/// terminal that a person sits at; tests have one in memory.
public protocol Terminal: Sendable {
  /// Keys and signals in the order in which they came; ends when the terminal was given back.
  var inputs: AsyncStream<TerminalInput> { get }
  /// Shows a picture. Never waits: where the terminal is slower than the pictures, it gets the newest.
  func present(_ picture: CellBuffer)
  /// Draws every cell anew, on a screen that something else wrote on.
  func forget()
  /// Asks for mouse events, or gives the mouse back to the terminal.
  func set(mouse: Bool) async
  /// Puts a text into the clipboard of the person's own machine, where the terminal allows it.
  /// - Parameter base64: the text's UTF-8
  func copy(base64: String) async
  /// Rings the terminal's bell.
  func ring() async
  /// Shows how far the run is on the terminal's tab; nil takes it away.
  func show(progress: TerminalProgress?) async
  /// Stops the program as Ctrl-Z does. Returns when it is continued.
  func suspend() async
  /// Gives the terminal back as it was. Does nothing the second time.
  func close() async
}

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

/// What a terminal can show.
public struct TerminalAbilities: Sendable, Equatable {
  public var depth: ColorDepth
  public var hasUnicode: Bool
  /// Whether its font is likely to have braille characters; the Linux console's has none.
  public var hasBraille: Bool
  public var size: Size

  /// A plain terminal of 80×24.
  public init(
    depth: ColorDepth = .none, hasUnicode: Bool = false, hasBraille: Bool = false,
    size: Size = Size(width: 80, height: 24)
  ) {
    (self.depth, self.hasUnicode) = (depth, hasUnicode)
    (self.hasBraille, self.size) = (hasBraille, size)
  }
}
