import CNcurses
import TerminalGraphics

/// Turns what ncurses reads into keys, and collects pasted text into one.
///
/// ncurses knows the keys of the terminal's description. Terminals often send others (a description
/// without Home, an arrow with Shift): such sequences are read here, and unknown ones are dropped
/// rather than taken for the letters they are made of.
struct KeyDecoder {
  /// Codes given to the marks around pasted text, above all that ncurses uses.
  static let pasteBegins: Int32 = 0x3001
  static let pasteEnds: Int32 = 0x3002
  /// Longer pastes are cut: nobody reads them, and memory stays bounded.
  static let longestPaste = 100_000

  private var pasted: String?
  private var sequence: EscapeSequence?
  /// Whether the terminal has answered that it has synchronized output.
  private(set) var hasSynchronizedOutput = false

  /// Teaches ncurses the marks of bracketed paste.
  static func defineKeys() {
    define_key("\u{1B}[200~", pasteBegins)
    define_key("\u{1B}[201~", pasteEnds)
    // ncurses gives the events of a burst in another order.
    keyok(KEY_MOUSE, false)
  }

  /// - Parameters:
  ///   - code: what `wget_wch` read
  ///   - isFunction: whether it is a key code rather than a character
  /// - Returns: the keys that are complete with it.
  mutating func decode(_ code: UInt32, isFunction: Bool) -> [Key] {
    guard isFunction else { return character(code) }
    let before = pasted == nil ? finish() : []
    let code = Int32(bitPattern: code)
    switch code {
    case Self.pasteBegins: pasted = ""
    case Self.pasteEnds:
      defer { pasted = nil }
      return before + (pasted.map { [.paste($0)] } ?? [])
    default:
      if pasted == nil, let key = Self.function(code) { return before + [key] }
    }
    return before
  }

  /// Nothing more is waiting: an Escape without a sequence behind it was the key.
  mutating func finish() -> [Key] {
    defer { sequence = nil }
    return sequence?.keysWhenCut ?? []
  }

  private mutating func character(_ code: UInt32) -> [Key] {
    guard let scalar = Unicode.Scalar(code) else { return [] }
    if let count = pasted?.utf8.count {
      if count < Self.longestPaste { pasted?.unicodeScalars.append(scalar == "\r" ? "\n" : scalar) }
      return []
    }
    if var pending = sequence {
      switch pending.add(scalar) {
      case .more:
        sequence = pending
        return []
      case .complete(let key):
        sequence = nil
        if pending.confirmsSynchronizedOutput(final: scalar) { hasSynchronizedOutput = true }
        return key.map { [$0] } ?? []
      case .none:
        return finish() + character(code)
      }
    }
    if scalar == "\u{1B}" {
      sequence = EscapeSequence()
      return []
    }
    return Self.key(scalar).map { [$0] } ?? []
  }

  private static func key(_ scalar: Unicode.Scalar) -> Key? {
    switch scalar.value {
    case 0x09: .tab
    case 0x0A, 0x0D: .enter
    case 0x08, 0x7F: .backspace
    case 0x01...0x1A: Unicode.Scalar(scalar.value + 0x60).map { .control(Character($0)) }
    case 0..<0x20, 0x80..<0xA0: nil
    default: .character(Character(scalar))
    }
  }

  private static func function(_ code: Int32) -> Key? {
    switch code {
    case KEY_UP, KEY_SR: .up
    case KEY_DOWN, KEY_SF: .down
    case KEY_LEFT, KEY_SLEFT: .left
    case KEY_RIGHT, KEY_SRIGHT: .right
    case KEY_HOME, KEY_SHOME, KEY_FIND: .home
    case KEY_END, KEY_SEND, KEY_SELECT: .end
    case KEY_PPAGE, KEY_SPREVIOUS: .pageUp
    case KEY_NPAGE, KEY_SNEXT: .pageDown
    case KEY_BACKSPACE: .backspace
    case KEY_DC, KEY_SDC: .delete
    case KEY_ENTER: .enter
    case KEY_BTAB: .backTab
    case (KEY_F0 + 1)...(KEY_F0 + 12): .function(Int(code - KEY_F0))
    case (KEY_MAX + 1)...: keyname(code).flatMap { named(String(cString: $0)) }
    default: nil
    }
  }

  /// Keys with modifiers, which no key here tells apart: `kUP5` is Ctrl and the arrow up.
  private static func named(_ name: String) -> Key? {
    let keys: [(String, Key)] = [
      ("kUP", .up), ("kDN", .down), ("kLFT", .left), ("kRIT", .right), ("kHOM", .home),
      ("kEND", .end), ("kPRV", .pageUp), ("kNXT", .pageDown), ("kDC", .delete),
    ]
    return keys.first { name.hasPrefix($0.0) }?.1
  }
}

/// Mouse reports in xterm's SGR form (mode 1006): `ESC [ < button ; column ; row M`, and `m` at the
/// end when a button is let go.
enum MouseReport {
  /// Presses and releases (1000), also while moved (1002), in the SGR form.
  static let on = "\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h"
  static let off = "\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l"

  /// - Parameters:
  ///   - parameters: what stands between `<` and the final character
  ///   - final: the final character
  /// - Returns: nil for buttons other than the first and the wheel, and for nonsense.
  static func key(_ parameters: Substring, final: Unicode.Scalar) -> Key? {
    let numbers = parameters.split(separator: ";").map { Int($0) }
    guard numbers.count == 3, let button = numbers[0], let column = numbers[1],
      let row = numbers[2], (1...10_000).contains(column), (1...10_000).contains(row),
      let action = action(button, isRelease: final == "m")
    else { return nil }
    return .mouse(MouseEvent(action: action, x: column - 1, y: row - 1))
  }

  private static func action(_ button: Int, isRelease: Bool) -> MouseEvent.Action? {
    // Bits 2 to 4 are Shift, Alt and Ctrl.
    switch button & ~0b11100 {
    case 0: isRelease ? .release : .press
    case 32: .drag
    case 64: .scrollUp
    case 65: .scrollDown
    default: nil
    }
  }
}
