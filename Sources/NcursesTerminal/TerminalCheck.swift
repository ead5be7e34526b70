import CNcurses
import Glibc

/// Whether there is a terminal that can show a screen.
public enum TerminalCheck {
  /// Why no screen can be shown, in a few words; nil when one can.
  public static func unsuitability() -> String? {
    guard isatty(STDOUT_FILENO) == 1 else { return "standard output is not a terminal" }
    guard isatty(STDIN_FILENO) == 1 else { return "standard input is not a terminal" }
    guard let name = variable("TERM"), !name.isEmpty else { return "TERM is not set" }
    guard name != "dumb" else { return "TERM=dumb cannot move its cursor" }
    var problem: Int32 = 0
    guard setupterm(name, STDOUT_FILENO, &problem) == 0 else {
      return "this system does not know the terminal “\(name)” (TERM)"
    }
    guard unfold_terminfo_string("cup") != nil else { return "TERM=\(name) cannot move its cursor" }
    return nil
  }

  static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
