import CNcurses
import CTerminalRestore
import Glibc
import TerminalGraphics

/// The terminal, taken over by ncurses. Every call into ncurses happens on this actor.
///
/// A terminal that takes no more output blocks this actor and nobody else; `restoreNow` gives the
/// terminal back even then.
public actor TerminalScreen {
  private nonisolated let executor: any SerialExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// Keys and signals in the order in which they came.
  public nonisolated let inputs: AsyncStream<TerminalInput>
  private let continuation: AsyncStream<TerminalInput>.Continuation

  private var screen: OpaquePointer?
  private var output: UnsafeMutablePointer<FILE>?
  private var input: UnsafeMutablePointer<FILE>?
  private var colors: TerminalColors?
  private var shown: CellBuffer?
  private var decoder = KeyDecoder()
  private var keyboard: DescriptorWatch?
  private var signals: ProcessSignals?
  private var stray: StrayOutput?
  private var hasMouse = false
  private var isUnicode = false

  /// - Parameter executor: a serial queue of the screen's own, since drawing may block.
  public init(on executor: any SerialExecutor) {
    self.executor = executor
    (inputs, continuation) = AsyncStream.makeStream(of: TerminalInput.self)
  }

  /// What the terminal can show, once it is open.
  public struct Abilities: Sendable, Equatable {
    public var depth: ColorDepth
    public var hasUnicode: Bool
    public var size: Size
  }

  /// Takes the terminal over.
  /// - Throws: `ScreenError` with the reason; the terminal is as it was then.
  public func open(mouse: Bool) throws(ScreenError) -> Abilities {
    if let reason = TerminalCheck.unsuitability() { throw ScreenError(description: reason) }
    setlocale(LC_ALL, "")
    isUnicode = String(cString: nl_langinfo(Int32(CODESET))) == "UTF-8"
    let descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    guard descriptor >= 0, let output = fdopen(descriptor, "w") else {
      throw ScreenError(description: "the terminal cannot be opened for writing")
    }
    self.output = output
    let inputDescriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    guard inputDescriptor >= 0, let input = fdopen(inputDescriptor, "r") else {
      throw ScreenError(description: "the terminal cannot be opened for reading")
    }
    self.input = input
    guard unfold_restore_arm(STDIN_FILENO, descriptor) == 0 else {
      throw ScreenError(description: "the terminal's settings cannot be read")
    }
    // Armed before ncurses starts, so that its own handlers are never installed.
    signals = ProcessSignals()
    guard let screen = newterm(nil, output, input) else {
      unfold_restore_disarm()
      signals?.cancel()
      throw ScreenError(description: "ncurses does not start on this terminal")
    }
    self.screen = screen
    set_term(screen)
    setLeaveSequence()
    cbreak()
    noecho()
    nonl()
    set_escdelay(25)
    nodelay(unfold_stdscr(), true)
    keypad(unfold_stdscr(), true)
    curs_set(0)
    KeyDecoder.defineKeys()
    colors = TerminalColors()
    stray = StrayOutput { [continuation] in continuation.yield(.strayLine($0)) }
    setModes(on: true)
    set(mouse: mouse)
    listen()
    return Abilities(depth: colors?.depth ?? .none, hasUnicode: isUnicode, size: size)
  }

  /// Columns and rows that the terminal says it has.
  public var size: Size {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else {
      return Size(width: Int(getmaxx(unfold_stdscr())), height: Int(getmaxy(unfold_stdscr())))
    }
    return Size(width: Int(window.ws_col), height: Int(window.ws_row))
  }

  // MARK: Drawing

  /// Shows a picture; only cells that differ from what is on screen are written.
  public func present(_ buffer: CellBuffer) {
    guard screen != nil, let window = unfold_stdscr() else { return }
    let old = shown?.size == buffer.size ? shown : nil
    if old == nil { werase(window) }
    for run in BufferDiff(from: old, to: buffer).runs {
      var x = run.x
      for cell in run.cells {
        draw(cell, x: x, y: run.y, in: window)
        x += 1
      }
    }
    shown = buffer
    wrefresh(window)
  }

  private func draw(_ cell: Cell, x: Int, y: Int, in window: UnsafeMutablePointer<WINDOW>) {
    guard cell.glyph != Cell.continuation.glyph, var colors else { return }
    let (attributes, pair) = colors.resolve(cell.style)
    self.colors = colors
    var glyph = CharacterWidth.printable(cell.glyph)
    if !isUnicode, glyph.value > 0x7E { glyph = "?" }
    unfold_put_cell(window, Int32(y), Int32(x), wchar_t(bitPattern: glyph.value), attributes, pair)
  }

  /// Draws every cell anew at the next picture, for a screen that something else wrote on.
  public func forget() {
    shown = nil
    clearok(unfold_stdscr(), true)
  }

  /// Asks for mouse events, or gives the mouse back to the terminal.
  public func set(mouse: Bool) {
    hasMouse = mouse
    mousemask(mouse ? unfold_mouse_everything() : 0, nil)
    mouseinterval(0)
  }

  // MARK: Input

  private func listen() {
    keyboard = DescriptorWatch(
      STDIN_FILENO, label: "unfold keyboard",
      readable: { [weak self] watch, isAtEnd in
        // Silent until all of it is read: the watch would call again at once.
        watch.suspend()
        Task {
          await self?.readKeys(isAtEnd: isAtEnd)
          watch.resume()
        }
      })
    guard let signals else { return }
    Task { [weak self] in
      for await number in signals.stream { await self?.handle(signal: number) }
    }
  }

  private func readKeys(isAtEnd: Bool) {
    guard screen != nil else { return }
    if isAtEnd {
      continuation.yield(.hangUp)
      keyboard?.cancel()
      return
    }
    var code: wint_t = 0
    while true {
      let kind = wget_wch(unfold_stdscr(), &code)
      guard kind != ERR else { return }
      if kind == KEY_CODE_YES, Int32(bitPattern: code) == KEY_RESIZE { continue }
      if let key = decoder.decode(code, isFunction: kind == KEY_CODE_YES) {
        continuation.yield(.key(key))
      }
    }
  }

  private func handle(signal number: Int32) {
    switch number {
    case SIGWINCH: resize()
    case SIGINT: continuation.yield(.interrupt)
    case SIGTERM: continuation.yield(.terminate)
    case SIGHUP: continuation.yield(.hangUp)
    case SIGTSTP: continuation.yield(.suspend)
    default: break
    }
  }

  private func resize() {
    let size = size
    resizeterm(Int32(size.height), Int32(size.width))
    forget()
    continuation.yield(.resized(size))
  }

  // MARK: Leaving

  /// Stops the program as Ctrl-Z does, and comes back on screen when it is continued.
  public func suspend() {
    guard screen != nil else { return }
    setModes(on: false)
    mousemask(0, nil)
    endwin()
    unfold_signals_stop_process()
    wrefresh(unfold_stdscr())
    setModes(on: true)
    set(mouse: hasMouse)
    curs_set(0)
    resize()
  }

  /// Gives the terminal back as it was.
  public func close() {
    guard let screen else { return }
    keyboard?.cancel()
    setModes(on: false)
    mousemask(0, nil)
    curs_set(1)
    endwin()
    stray?.stop()
    // Restores settings that ncurses would leave, should it have lost track of them.
    unfold_restore_now()
    unfold_restore_disarm()
    signals?.cancel()
    delscreen(screen)
    if let output { fclose(output) }
    if let input { fclose(input) }
    self.screen = nil
    continuation.finish()
  }

  /// Gives the terminal back from any thread, even while drawing is blocked. The screen cannot be
  /// used after it; the process should end.
  public nonisolated static func restoreNow() {
    unfold_restore_now()
  }

  private func setModes(on: Bool) {
    fputs(on ? "\u{1B}[?2004h" : "\u{1B}[?2004l", output)
    fflush(output)
  }

  private func setLeaveSequence() {
    let names = ["sgr0", "cnorm", "rmkx", "rmcup"]
    let off = "\u{1B}[?2004l\u{1B}[?1006l\u{1B}[?1003l\u{1B}[?1002l\u{1B}[?1000l"
    let leave = names.reduce(off) { text, name in
      text + (unfold_terminfo_string(name).map { String(cString: $0) } ?? "")
    }
    leave.withCString { unfold_restore_set_leave($0, strlen($0)) }
  }
}

/// Why the terminal cannot be taken over.
public struct ScreenError: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String
}
