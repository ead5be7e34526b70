import Glibc
import TerminalGraphics

/// What a command answers, on standard output.
enum SafeOutput {
  /// Writes a text and a line end. A pipe gets every byte; a terminal gets nothing that it would
  /// obey, since texts, names and symbols come from files.
  ///
  /// - Returns: false when the other end is gone.
  @discardableResult
  static func show(_ text: String) -> Bool {
    ExitStatus.write((isatty(STDOUT_FILENO) == 1 ? harmless(text) : text) + "\n", to: STDOUT_FILENO)
  }

  /// Line ends and tabs stay; other control characters and direction marks are replaced.
  static func harmless(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isLayout = scalar == "\n" || scalar == "\t"
      result.append(isLayout ? scalar : CharacterWidth.printable(scalar))
    }
    return String(result)
  }
}
