import Dashboard
import Glibc
import NcursesTerminal
import TerminalGraphics

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

/// Standard input, output and error of a program that may have been started without them.
package enum StandardDescriptors {
  /// Occupies those that are closed (`>&-`) in a way that still refuses to be used. Otherwise the
  /// next file that is opened would be standard output, and a run's lines would go into its record.
  package static func occupyClosed() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is the one that is missing.
      let opened = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
      if opened > STDERR_FILENO { close(opened) }
    }
  }
}

extension DashboardSettings {
  /// How a screen is drawn by these settings on a terminal with these abilities.
  func appearance(on terminal: TerminalAbilities) -> Appearance {
    appearance(
      hasColor: terminal.depth != .none, hasUnicode: terminal.hasUnicode,
      hasBraille: terminal.hasBraille)
  }
}
