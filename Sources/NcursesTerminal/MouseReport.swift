import TerminalGraphics

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
