import CNcurses
import CTerminalRestore
import Glibc

/// Whether there is a terminal that can show a screen.
public enum TerminalCheck {
  /// Why no screen can be shown, in a few words; nil when one can.
  public static func unsuitability() -> String? {
    unsuitability(input: STDIN_FILENO, output: STDOUT_FILENO)
  }

  /// The same for other descriptors than standard input and output.
  public static func unsuitability(input: Int32, output: Int32) -> String? {
    guard isatty(output) == 1 else { return "standard output is not a terminal" }
    guard isatty(input) == 1 else { return "standard input is not a terminal" }
    guard let name = variable("TERM"), !name.isEmpty else { return "TERM is not set" }
    guard name != "dumb" else { return "TERM=dumb cannot move its cursor" }
    var problem: Int32 = 0
    guard setupterm(name, output, &problem) == 0 else {
      return "this system does not know the terminal “\(shown(name))” (TERM)"
    }
    defer { del_curterm(unfold_cur_term()) }
    guard unfold_terminfo_string("cup") != nil else {
      return "TERM=\(shown(name)) cannot move its cursor"
    }
    return nil
  }

  static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// A name from the environment may hold anything.
  private static func shown(_ name: String) -> String {
    let printable = name.unicodeScalars.prefix(40).map {
      (0x21...0x7E).contains($0.value) ? $0 : "?"
    }
    return String(String.UnicodeScalarView(printable))
  }
}

/// What a failure inside the program leaves: one line on standard error, and a report elsewhere.
public enum FailureReport {
  /// Call it before anything else. A screen that is opened later gives the terminal back first.
  public static func install() { unfold_report_failures() }
}
