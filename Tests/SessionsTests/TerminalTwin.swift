import Dispatch
import Synchronization
import TerminalGraphics

/// A terminal in memory: a test types at it and reads what was drawn.
final class TerminalTwin: Terminal {
  /// Seconds that anything is waited for, also on a machine that does much else.
  static let patience = 60.0

  /// Something that a test waits for on the screen.
  private struct Waiter {
    var isFulfilled: @Sendable (String) -> Bool
    var resume: @Sendable (String?) -> Void
  }

  private struct State {
    /// Every picture in a row, without repetitions; the last one is on screen.
    var pictures: [CellBuffer] = []
    var waiters: [Int: Waiter] = [:]
    var waiterCount = 0
    var said: [Said] = []
    var isBlocked = false
  }

  /// What was said to the terminal itself.
  enum Said: Equatable {
    case forget
    case mouse(Bool)
    case copy(base64: String)
    case ring
    case progress(TerminalProgress?)
    case suspend
    case close
  }

  let inputs: AsyncStream<TerminalInput>
  private let continuation: AsyncStream<TerminalInput>.Continuation
  private let state = Mutex(State())

  init() {
    (inputs, continuation) = AsyncStream.makeStream(of: TerminalInput.self)
  }

  // MARK: The program's side

  func present(_ picture: CellBuffer) {
    let text = ScreenText.plain(picture)
    let fulfilled = state.withLock { state in
      if state.pictures.last != picture { state.pictures.append(picture) }
      let fulfilled = state.waiters.filter { $0.value.isFulfilled(text) }
      for key in fulfilled.keys { state.waiters[key] = nil }
      return fulfilled
    }
    for waiter in fulfilled.values { waiter.resume(text) }
  }

  func forget() { note(.forget) }
  func set(mouse: Bool) async { note(.mouse(mouse)) }
  func copy(base64: String) async { note(.copy(base64: base64)) }
  func ring() async { note(.ring) }
  func show(progress: TerminalProgress?) async { note(.progress(progress)) }

  func suspend() async {
    note(.suspend)
    await waitWhileBlocked()
  }

  func close() async {
    note(.close)
    await waitWhileBlocked()
    continuation.finish()
  }

  /// A terminal that takes nothing, and a program that is stopped, hold up whoever waits for them.
  private func waitWhileBlocked() async {
    while state.withLock(\.isBlocked) { try? await Task.sleep(for: .milliseconds(10)) }
  }

  private func note(_ said: Said) { state.withLock { $0.said.append(said) } }

  // MARK: The test's side

  /// Presses keys one after the other: each character of a text.
  func type(_ text: String) { for character in text { press(.character(character)) } }

  func press(_ keys: Key...) { for key in keys { feed(.key(key)) } }

  func click(x: Int, y: Int) {
    press(
      .mouse(MouseEvent(action: .press, x: x, y: y)),
      .mouse(MouseEvent(action: .release, x: x, y: y)))
  }

  /// Clicks on the first place where a text stands on the screen.
  /// - Throws: `Missing` where it does not
  func click(on text: String) throws {
    for (y, line) in screen.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard let place = line.range(of: text) else { continue }
      return click(x: CharacterWidth.of(String(line[..<place.lowerBound])), y: y)
    }
    throw Missing(description: "“\(text)” is not on:\n\(screen)")
  }

  func resize(width: Int, height: Int) {
    feed(.resized(Size(width: width, height: height)))
  }

  func feed(_ input: TerminalInput) { continuation.yield(input) }

  /// Lets the terminal take nothing and the program stay stopped from now on, or no longer.
  func block(_ isBlocked: Bool) { state.withLock { $0.isBlocked = isBlocked } }

  /// What is on screen, a line feed after each row.
  var screen: String { picture.map(ScreenText.plain) ?? "" }
  var picture: CellBuffer? { state.withLock(\.pictures.last) }
  /// Everything that was on screen, the oldest first.
  var screens: [String] { state.withLock(\.pictures).map(ScreenText.plain) }
  var said: [Said] { state.withLock(\.said) }

  struct Missing: Error, CustomStringConvertible { var description: String }

  /// Waits until the screen fulfils a condition, which is asked of what is on screen now and of every
  /// picture after it.
  /// - Returns: the screen that did
  @discardableResult
  func wait(
    _ what: String, seconds: Double = TerminalTwin.patience,
    until isFulfilled: @escaping @Sendable (String) -> Bool
  ) async throws -> String {
    let found: String? = await withCheckedContinuation { continuation in
      let key: Int? = state.withLock { state in
        if let text = state.pictures.last.map(ScreenText.plain), isFulfilled(text) {
          continuation.resume(returning: text)
          return nil
        }
        state.waiterCount += 1
        state.waiters[state.waiterCount] = Waiter(isFulfilled: isFulfilled) {
          continuation.resume(returning: $0)
        }
        return state.waiterCount
      }
      guard let key else { return }
      DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [self] in
        state.withLock { $0.waiters.removeValue(forKey: key) }?.resume(nil)
      }
    }
    guard let found else { throw Missing(description: "no \(what) on:\n\(screen)") }
    return found
  }

  @discardableResult
  func wait(for text: String, seconds: Double = TerminalTwin.patience) async throws -> String {
    try await wait("“\(text)”", seconds: seconds) { $0.contains(text) }
  }

  /// Waits until something was said to the terminal.
  func wait(
    seconds: Double = TerminalTwin.patience, said isFulfilled: (Said) -> Bool
  ) async throws {
    try await Condition.wait("message to the terminal, only \(said),", seconds: seconds) {
      said.contains(where: isFulfilled)
    }
  }
}

/// Something beside the screen that a test waits for.
enum Condition {
  static func wait(
    _ what: @autoclosure () -> String, seconds: Double = TerminalTwin.patience,
    until isFulfilled: () throws -> Bool
  ) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try !isFulfilled() {
      guard .now < end else { throw TerminalTwin.Missing(description: "no \(what())") }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
