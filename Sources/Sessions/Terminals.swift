import Glibc
import NcursesTerminal

package enum Terminals {
  /// Why the dashboard cannot be shown here; nil when it can.
  package static var reasonForHeadless: String? { TerminalCheck.unsuitability() }

  /// Lets keys come from the terminal that the program was started in, where standard input is a
  /// pipe that carries data. Without such a terminal everything stays as it is.
  package static func takeKeysFromTerminal() {
    guard isatty(STDIN_FILENO) == 0 else { return }
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { return }
    dup2(terminal, STDIN_FILENO)
    close(terminal)
  }
}
