import NcursesTerminal

enum Terminals {
  /// Why the dashboard cannot be shown here; nil when it can.
  static var reasonForHeadless: String? { TerminalCheck.unsuitability() }
}
