/// How far a program is, as terminals show it on a tab or in the task bar (OSC 9;4).
public enum TerminalProgress: Sendable, Equatable {
  /// Percent done, 0 to 100.
  case running(Int)
  case paused(Int)
  case failed(Int)
}
