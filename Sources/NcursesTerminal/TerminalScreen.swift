import CTerminalRestore
import Glibc
import Synchronization
import TerminalGraphics

/// The terminal, taken over by ncurses. Every call into ncurses happens on this actor.
///
/// A terminal that takes no more output blocks this actor and nobody else: signals still come
/// through `inputs`, and `restoreNow` gives the terminal back even then.
public actor TerminalScreen: Terminal {
  private nonisolated let executor: any SerialExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// Keys and signals in the order in which they came.
  public nonisolated let inputs: AsyncStream<TerminalInput>
  private let continuation: AsyncStream<TerminalInput>.Continuation
  private let input: Int32
  private let output: Int32

  /// Where the screen is.
  private enum State {
    case closed
    case shown
    /// Continued in the background: the terminal belongs to somebody else.
    case away
  }

  private var state = State.closed
  private var curses: CursesScreen?
  /// The newest picture, and whether its turn is coming.
  private nonisolated let picture = Mutex<(latest: CellBuffer?, isWaiting: Bool)>((nil, false))
  private var decoder = KeyDecoder()
  private var keyboard: DescriptorWatch?
  private var signals: ProcessSignals?
  private var stray: StrayOutput?

  /// - Parameters:
  ///   - executor: a serial queue of the screen's own, since drawing may block
  ///   - input: what keys are read from
  ///   - output: what pictures are written to
  public init(
    on executor: any SerialExecutor, input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO
  ) {
    self.executor = executor
    self.input = input
    self.output = output
    (inputs, continuation) = AsyncStream.makeStream(of: TerminalInput.self)
  }

  /// Takes the terminal over.
  /// - Returns: what it can show
  /// - Throws: `ScreenError` with the reason; the terminal is as it was then.
  public func open(mouse: Bool) throws(ScreenError) -> TerminalAbilities {
    if let reason = TerminalCheck.unsuitability(input: input, output: output) {
      throw ScreenError(description: reason)
    }
    guard state == .closed else { throw ScreenError(description: "the screen is open already") }
    // Taken over before ncurses starts, which then leaves them alone.
    guard let signals = watchSignals() else {
      throw ScreenError(description: "signals cannot be watched: too many open files")
    }
    let curses: CursesScreen
    do {
      curses = try CursesScreen(input: input, output: output)
    } catch {
      signals.cancel()
      throw error
    }
    self.signals = signals
    self.curses = curses
    state = .shown
    stray = StrayOutput { [continuation] in continuation.yield(.strayLine($0)) }
    curses.set(mouse: mouse)
    watchKeyboard()
    let isConsole = TerminalCheck.variable("TERM")?.hasPrefix("linux") ?? false
    return TerminalAbilities(
      depth: curses.depth, hasUnicode: curses.isUnicode,
      hasBraille: curses.isUnicode && !isConsole, size: curses.size)
  }

  /// Columns and rows that the terminal says it has.
  public var size: Size { curses?.size ?? Size(width: 0, height: 0) }

  // MARK: Drawing

  /// Shows a picture; only cells that differ from what is on screen are written.
  ///
  /// Never waits: where the terminal is slower than the pictures, it gets the newest.
  public nonisolated func present(_ buffer: CellBuffer) {
    let isFirst = picture.withLock { picture in
      defer { picture = (buffer, true) }
      return !picture.isWaiting
    }
    if isFirst { Task { await self.paint() } }
  }

  private func paint() {
    guard state == .shown, let curses, curses.isWritable else { return paintLater() }
    let latest = picture.withLock { picture in
      picture.isWaiting = false
      return picture.latest
    }
    if let latest { curses.paint(latest) }
  }

  /// The terminal takes nothing just now.
  private func paintLater() {
    guard state == .shown else { return picture.withLock { $0.isWaiting = false } }
    Task {
      try? await Task.sleep(for: .milliseconds(100))
      self.paint()
    }
  }

  /// Draws every cell anew, on a screen that something else wrote on.
  public nonisolated func forget() {
    Task { await self.repaint() }
  }

  private func repaint() {
    curses?.forget()
    if let latest = picture.withLock({ $0.latest }) { present(latest) }
  }

  /// Asks for mouse events, or gives the mouse back to the terminal.
  public func set(mouse: Bool) {
    if state == .shown { curses?.set(mouse: mouse) }
  }

  // MARK: Messages to the terminal

  /// Puts a text into the clipboard of the person's own machine (OSC 52), where the terminal allows it.
  /// - Parameter base64: the text's UTF-8
  public func copy(base64: String) { writable?.copy(base64: base64) }

  /// Rings the terminal's bell.
  public func ring() { writable?.ring() }

  /// Shows how far the run is on the terminal's tab (OSC 9;4); nil takes it away.
  public func show(progress: TerminalProgress?) { writable?.show(progress: progress) }

  /// The screen, where a message would not wait for a terminal that takes nothing.
  private var writable: CursesScreen? {
    guard state == .shown, let curses, curses.isWritable else { return nil }
    return curses
  }

  // MARK: Input

  private func watchKeyboard() {
    keyboard = DescriptorWatch(
      input, label: "unfold keyboard",
      readable: { [weak self] watch, _ in
        // Silent until all of it is read: the watch would call again at once.
        watch.suspend()
        Task {
          await self?.readKeys()
          watch.resume()
        }
      })
  }

  private func readKeys() {
    guard state == .shown, let curses else { return }
    while let (code, isFunction) = curses.read() {
      for key in decoder.decode(code, isFunction: isFunction) { continuation.yield(.key(key)) }
    }
    for key in decoder.finish() { continuation.yield(.key(key)) }
    curses.isSynchronized = decoder.hasSynchronizedOutput
    guard isAtEnd else { return }
    keyboard?.cancel()
    continuation.yield(.hangUp)
  }

  /// Whether the terminal is gone: readable, with nothing to read.
  private var isAtEnd: Bool {
    var ready = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, 0) > 0 else { return false }
    if Int32(ready.revents) & (POLLHUP | POLLERR | POLLNVAL) != 0 { return true }
    var count: Int32 = 0
    return ioctl(input, UInt(FIONREAD), &count) == 0 && count == 0
  }

  private func watchSignals() -> ProcessSignals? {
    // Nothing here waits for the actor, which a blocked terminal may hold.
    ProcessSignals(hasScreen: true) { [weak self, continuation] number in
      switch number {
      case SIGINT: continuation.yield(.interrupt)
      case SIGHUP: continuation.yield(.hangUp)
      case SIGTSTP: continuation.yield(.suspend)
      case SIGWINCH: Task { await self?.resize() }
      case SIGCONT: Task { await self?.wasContinued() }
      case _ where ProcessSignals.isEnding(number): continuation.yield(.terminate(signal: number))
      default: break
      }
    }
  }

  private func resize() {
    guard state == .shown, let curses else { return }
    curses.resize()
    continuation.yield(.resized(curses.size))
  }

  // MARK: Leaving and coming back

  /// Stops the program as Ctrl-Z does. Returns when it is continued: on screen again, or in the
  /// background, where it goes on unseen until it is brought to the foreground.
  public func suspend() {
    guard state != .closed else { return }
    leave()
    // A terminal that took nothing may have held this up until the program's end, which a stop would
    // hold up in turn.
    guard unfold_restore_is_armed() == 1 else { return }
    unfold_signals_stop_process()
    comeBack()
  }

  private func leave() {
    guard state == .shown else { return }
    keyboard?.suspend()
    curses?.leave()
    state = .away
  }

  private func comeBack() {
    guard state == .away, let curses else { return }
    guard unfold_restore_is_foreground() == 1 else { return waitForForeground() }
    curses.enter()
    state = .shown
    keyboard?.resume()
    if let latest = picture.withLock({ $0.latest }), latest.size == curses.size { present(latest) }
    continuation.yield(.resized(curses.size))
  }

  /// A shell that brings a running job to the foreground tells it nothing.
  private func waitForForeground() {
    Task {
      try? await Task.sleep(for: .milliseconds(200))
      self.comeBack()
    }
  }

  /// After a stop that could not be foreseen (SIGSTOP), the shell has set the terminal its own way.
  private func wasContinued() {
    guard state == .shown else { return }
    if unfold_restore_is_foreground() == 1 {
      leave()
      comeBack()
    } else {
      keyboard?.suspend()
      unfold_restore_hold()
      state = .away
      waitForForeground()
    }
  }

  /// Gives the terminal back as it was. Does nothing the second time.
  public func close() {
    guard state != .closed, let curses else { return }
    keyboard?.cancel()
    // A suspended source must not be freed.
    if state == .away { keyboard?.resume() }
    if state == .shown { curses.close() }
    state = .closed
    if let stray { stray.stop { unfold_restore_finish() } } else { unfold_restore_finish() }
    signals?.cancel()
    curses.free()
    self.curses = nil
    (keyboard, signals, stray) = (nil, nil, nil)
    continuation.finish()
  }

  /// Gives the terminal back from any thread, even while drawing is blocked. The screen cannot be
  /// used after it; the process should end by `_exit`.
  public nonisolated static func restoreNow() {
    unfold_restore_now()
  }
}
