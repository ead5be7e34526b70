import TerminalGraphics

/// Synchronized output (private mode 2026): a terminal that has it shows what stands between the two
/// marks at once, so that no half-drawn picture is seen.
enum SynchronizedOutput {
  /// Asks whether the terminal has it (DECRQM).
  static let question = "\u{1B}[?2026$p"
  static let begins = "\u{1B}[?2026h"
  static let ends = "\u{1B}[?2026l"

  /// Whether a report is the answer that it has it: set or reset, and not forever so (DECRPM 1, 2).
  /// - Parameters:
  ///   - parameters: what stands between `ESC [` and the final character
  static func isConfirmed(by parameters: String, final: Unicode.Scalar) -> Bool {
    final == "y" && (parameters == "?2026;1$" || parameters == "?2026;2$")
  }
}

/// What is said to the terminal itself rather than drawn.
enum TerminalMessage {
  /// Puts a text into the clipboard of the person's own machine (OSC 52), also through SSH.
  /// - Parameter base64: the text's UTF-8
  static func copy(base64: String) -> String { "\u{1B}]52;c;\(base64)\u{7}" }

  static let bell = "\u{7}"

  /// Progress on the terminal's tab (OSC 9;4); nil takes it away.
  static func progress(_ progress: TerminalProgress?) -> String {
    let (state, percent) =
      switch progress {
      case nil: (0, 0)
      case .running(let percent): (1, percent)
      case .failed(let percent): (2, percent)
      case .paused(let percent): (4, percent)
      }
    return "\u{1B}]9;4;\(state);\(min(100, max(0, percent)))\u{7}"
  }
}
