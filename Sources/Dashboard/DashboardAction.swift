import TrainingEvents

/// What the dashboard asks of the session that runs it.
public enum DashboardAction: Sendable, Equatable {
  /// Pass this to the engine.
  case send(TrainingCommand)
  /// End the program, after a snapshot when asked for.
  case quit(saving: Bool)
  /// Stop like any program on Ctrl-Z, and draw anew on return.
  case suspend
  /// Draw every cell anew, for a screen that something else wrote on.
  case redraw
}
