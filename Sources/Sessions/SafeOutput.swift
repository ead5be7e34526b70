import Glibc
import Runs
import TerminalGraphics

/// What a command answers, on standard output.
package enum SafeOutput {
  /// Writes a text and a line end. A pipe gets every byte; a terminal gets nothing that it would
  /// obey, since texts, names and symbols come from files.
  ///
  /// - Throws: `RunFailure` when standard output takes no more: what was asked for was not given.
  package static func show(_ text: String) throws {
    let shown = isatty(STDOUT_FILENO) == 1 ? harmless(text) : text
    guard !ExitStatus.write(shown + "\n", to: STDOUT_FILENO) else { return }
    let code = errno
    throw RunFailure(
      description: "standard output: \(reason(code))",
      status: code == EPIPE ? ExitStatus.signal(SIGPIPE) : ExitStatus.failed)
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case EPIPE: "nobody reads it any more"
    case EBADF: "it is closed"
    default: RunError.reason(code)
    }
  }

  /// Line ends and tabs stay; other control characters and direction marks are replaced.
  package static func harmless(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isLayout = scalar == "\n" || scalar == "\t"
      result.append(isLayout ? scalar : CharacterWidth.printable(scalar))
    }
    return String(result)
  }
}
