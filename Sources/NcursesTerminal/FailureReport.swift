import CTerminalRestore

/// What a failure inside the program leaves: one line on standard error, and a report elsewhere.
public enum FailureReport {
  /// Call it before anything else. A screen that is opened later gives the terminal back first.
  public static func install() { unfold_report_failures() }
}
