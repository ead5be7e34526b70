import CNcurses
import TerminalGraphics

/// Turns what ncurses reads into keys, and collects pasted text into one.
struct KeyDecoder {
  /// Codes given to the marks around pasted text, above all that ncurses uses.
  static let pasteBegins: Int32 = 0x3001
  static let pasteEnds: Int32 = 0x3002
  /// Longer pastes are cut: nobody reads them, and memory stays bounded.
  static let longestPaste = 100_000

  private var pasted: String?

  /// Teaches ncurses the marks of bracketed paste.
  static func defineKeys() {
    define_key("\u{1B}[200~", pasteBegins)
    define_key("\u{1B}[201~", pasteEnds)
  }

  /// - Parameters:
  ///   - code: what `wget_wch` read
  ///   - isFunction: whether it is a key code rather than a character
  /// - Returns: a key once it is complete.
  mutating func decode(_ code: UInt32, isFunction: Bool) -> Key? {
    if isFunction, Int32(bitPattern: code) == Self.pasteBegins {
      pasted = ""
      return nil
    }
    if isFunction, Int32(bitPattern: code) == Self.pasteEnds {
      defer { pasted = nil }
      return pasted.map { .paste($0) }
    }
    if let text = pasted {
      if !isFunction, let scalar = Unicode.Scalar(code), text.utf8.count < Self.longestPaste {
        pasted = text + String(Character(scalar == "\r" ? "\n" : scalar))
      }
      return nil
    }
    return isFunction ? Self.function(Int32(bitPattern: code)) : Self.character(code)
  }

  private static func function(_ code: Int32) -> Key? {
    switch code {
    case KEY_UP: .up
    case KEY_DOWN: .down
    case KEY_LEFT: .left
    case KEY_RIGHT: .right
    case KEY_HOME: .home
    case KEY_END: .end
    case KEY_PPAGE: .pageUp
    case KEY_NPAGE: .pageDown
    case KEY_BACKSPACE: .backspace
    case KEY_DC: .delete
    case KEY_ENTER: .enter
    case KEY_BTAB: .backTab
    case KEY_F0...(KEY_F0 + 63): .function(Int(code - KEY_F0))
    case KEY_MOUSE: mouse()
    default: nil
    }
  }

  private static func character(_ code: UInt32) -> Key? {
    guard let scalar = Unicode.Scalar(code) else { return nil }
    switch scalar.value {
    case 0x09: return .tab
    case 0x0A, 0x0D: return .enter
    case 0x1B: return .escape
    case 0x08, 0x7F: return .backspace
    case 0x01...0x1A:
      return Unicode.Scalar(scalar.value + 0x60).map { .control(Character($0)) }
    case 0..<0x20, 0x80..<0xA0: return nil
    default: return .character(Character(scalar))
    }
  }

  private static func mouse() -> Key? {
    var event = MEVENT()
    guard getmouse(&event) == OK else { return nil }
    let action: MouseEvent.Action
    switch unfold_mouse_action(event.bstate) {
    case 1: action = .press
    case 2: action = .release
    case 3: action = .drag
    case 4: action = .scrollUp
    case 5: action = .scrollDown
    default: return nil
    }
    return .mouse(MouseEvent(action: action, x: Int(event.x), y: Int(event.y)))
  }
}
