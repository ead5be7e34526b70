import CNcurses
import CTerminalRestore
import Glibc
import TerminalGraphics

/// Every call that draws with ncurses or changes the terminal's state. Not thread-safe, as ncurses
/// is not: one actor owns it.
final class CursesScreen {
  let isUnicode: Bool
  private(set) var hasMouse = false
  /// Whether pictures are put between the marks of synchronized output.
  var isSynchronized = false
  /// What the terminal shows of the run's progress.
  private var progress: TerminalProgress?
  private let screen: OpaquePointer
  private let output: UnsafeMutablePointer<FILE>
  private let input: UnsafeMutablePointer<FILE>
  private var colors: TerminalColors
  private var shown: CellBuffer?

  var depth: ColorDepth { colors.depth }
  /// What frames are written to.
  var descriptor: Int32 { fileno(output) }
  /// What keys are read from.
  var keyboard: Int32 { fileno(input) }

  /// Takes the terminal over.
  /// - Throws: `ScreenError` with the reason; the terminal is as it was then.
  init(input inputDescriptor: Int32, output outputDescriptor: Int32) throws(ScreenError) {
    // Characters alone: numbers keep their decimal point.
    setlocale(LC_CTYPE, "")
    isUnicode = String(cString: nl_langinfo(Int32(CODESET))) == "UTF-8"
    output = try Self.open(outputDescriptor, mode: "w")
    do {
      input = try Self.open(inputDescriptor, mode: "r")
    } catch {
      fclose(output)
      throw error
    }
    guard unfold_restore_arm(inputDescriptor, fileno(output)) == 0 else {
      fclose(output)
      fclose(input)
      throw ScreenError(description: "the terminal's settings cannot be read")
    }
    let start = CursesStart.newScreen(output: output, input: input)
    guard let screen = start.screen else {
      unfold_restore_finish()
      fclose(output)
      fclose(input)
      throw ScreenError(description: "ncurses does not start on this terminal")
    }
    self.screen = screen
    set_term(screen)
    Self.armLeaving(progress: false)
    CursesStart.setModes(of: fileno(input))
    colors = TerminalColors(keepsNamedColors: !start.isDirect)
    KeyDecoder.defineKeys()
    curs_set(0)
    resize()
    setPrivateModes(on: true)
    // The Linux console would print the question.
    if !(TerminalCheck.variable("TERM")?.hasPrefix("linux") ?? false) {
      write(SynchronizedOutput.question)
    }
  }

  private static func armLeaving(progress: Bool) {
    CursesStart.leaveSequence(progress: progress).withCString {
      unfold_restore_set_leave($0, strlen($0))
    }
  }

  private static func open(
    _ descriptor: Int32, mode: String
  ) throws(ScreenError) -> UnsafeMutablePointer<FILE> {
    let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    guard own >= 0, let file = fdopen(own, mode) else {
      if own >= 0 { Glibc.close(own) }
      throw ScreenError(
        description: "the terminal cannot be opened: \(String(cString: strerror(errno)))")
    }
    return file
  }

  /// Columns and rows that the terminal says it has.
  var size: Size {
    var window = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0
    else {
      return Size(width: Int(getmaxx(unfold_stdscr())), height: Int(getmaxy(unfold_stdscr())))
    }
    return Size(width: Int(window.ws_col), height: Int(window.ws_row))
  }

  /// Follows the terminal's size; the next picture is drawn from nothing.
  func resize() {
    let size = size
    resizeterm(Int32(size.height), Int32(size.width))
    forget()
  }

  /// Draws every cell anew at the next picture.
  func forget() {
    shown = nil
    clearok(unfold_stdscr(), true)
  }

  // MARK: Drawing

  /// Whether the terminal takes output now.
  var isWritable: Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&ready, 1, 0) != 0
  }

  /// Shows a picture; only cells that differ from what is on screen are written.
  func paint(_ buffer: CellBuffer) {
    guard let window = unfold_stdscr() else { return }
    if colors.isExhausted {
      colors.reset()
      forget()
    }
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
    if isSynchronized { write(SynchronizedOutput.begins) }
    unfold_restore_drawing_begins()
    wrefresh(window)
    unfold_restore_drawing_ends()
    if isSynchronized { write(SynchronizedOutput.ends) }
  }

  private func draw(_ cell: Cell, x: Int, y: Int, in window: UnsafeMutablePointer<WINDOW>) {
    guard cell.glyph != Cell.continuation.glyph else { return }
    let (attributes, pair) = colors.resolve(cell.style)
    let glyph = CharacterWidth.printable(cell.glyph)
    let width = CharacterWidth.of(glyph)
    func put(_ glyph: Unicode.Scalar, at x: Int) {
      let character = wchar_t(bitPattern: glyph.value)
      unfold_put_cell(window, Int32(y), Int32(x), character, attributes, pair)
    }
    // A character of another width than it is placed with would shift the rest of its row.
    if glyph.value <= 0x7E
      || isUnicode && Int(unfold_columns(wchar_t(bitPattern: glyph.value))) == width
    {
      put(glyph, at: x)
    } else {
      put(isUnicode ? "\u{FFFD}" : "?", at: x)
      if width == 2 { put(" ", at: x + 1) }
    }
  }

  // MARK: Input

  /// The next character or key code that waits, if any.
  func read() -> (code: UInt32, isFunction: Bool)? {
    var code: wint_t = 0
    unfold_restore_drawing_begins()
    let kind = wget_wch(unfold_stdscr(), &code)
    unfold_restore_drawing_ends()
    return kind == ERR ? nil : (code, kind == KEY_CODE_YES)
  }

  /// Asks for mouse events, or gives the mouse back to the terminal.
  func set(mouse: Bool) {
    guard mouse != hasMouse else { return }
    hasMouse = mouse
    write(mouse ? MouseReport.on : MouseReport.off)
    // Reports that are under way would be read as text by whoever comes next.
    if !mouse { tcflush(keyboard, TCIFLUSH) }
  }

  // MARK: Messages to the terminal

  /// Puts a text into the clipboard of the person's own machine.
  func copy(base64: String) { write(TerminalMessage.copy(base64: base64)) }

  func ring() { write(TerminalMessage.bell) }

  /// Shows how far the run is on the terminal's tab; nil takes it away.
  func show(progress: TerminalProgress?) {
    guard progress != self.progress else { return }
    if self.progress == nil { Self.armLeaving(progress: true) }
    self.progress = progress
    write(TerminalMessage.progress(progress))
  }

  // MARK: Leaving

  /// Gives the terminal back for a while.
  func leave() {
    setPrivateModes(on: false)
    unfold_restore_drawing_begins()
    endwin()
    unfold_restore_drawing_ends()
    unfold_restore_hold()
  }

  /// Takes the terminal again after `leave`, with the settings that it has now to go back to.
  func enter() {
    def_shell_mode()
    unfold_restore_resume()
    reset_prog_mode()
    setPrivateModes(on: true)
    resize()
  }

  /// Gives the terminal back for good.
  func close() {
    set(mouse: false)
    setPrivateModes(on: false)
    unfold_restore_drawing_begins()
    endwin()
    unfold_restore_drawing_ends()
  }

  /// Frees what ncurses holds.
  func free() {
    delscreen(screen)
    fclose(output)
    fclose(input)
  }

  private func setPrivateModes(on: Bool) {
    write(on ? CursesStart.pasteOn : CursesStart.pasteOff)
    if hasMouse { write(on ? MouseReport.on : MouseReport.off) }
    if let progress { write(TerminalMessage.progress(on ? progress : nil)) }
  }

  private func write(_ text: String) {
    unfold_restore_drawing_begins()
    fputs(text, output)
    fflush(output)
    unfold_restore_drawing_ends()
  }
}

/// Why the terminal cannot be taken over.
public struct ScreenError: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String
}
