import TrainingEvents

/// What the dashboard asks of the session that runs it.
public enum DashboardAction: Sendable, Equatable {
  /// Pass this to the engine.
  case send(TrainingCommand)
  /// Play a finished run back from its record.
  case replay(TrainingCommand)
  /// Let a recorded run pass faster or slower.
  case changeSpeed(faster: Bool)
  /// End the program, after a snapshot when asked for.
  case quit(saving: Bool)
  /// Leave the run, which trains on in a process of its own.
  case detach
  /// Try once more to save what could not be saved when the run was to be left.
  case saveAgain
  /// Save it in another directory instead.
  case saveElsewhere(String)
  /// Leave the run although its last steps are lost.
  case leaveUnsaved
  /// Do not leave it after all.
  case stay
  /// Stop like any program on Ctrl-Z, and draw anew on return.
  case suspend
  /// Draw every cell anew, for a screen that something else wrote on.
  case redraw
  /// Put a text into the clipboard of the person's own machine.
  case copy(String)
  /// Use these settings and keep them: theme, drawing and mouse are the session's.
  case use(DashboardSettings)
  /// End this run, after a snapshot, and show the chooser.
  case choosePreset
  /// Leave this lesson for the list of lessons.
  case chooseLesson
  /// Write what was predicted and found in a lesson.
  case exportLesson
  /// End this run, after a snapshot, and start another preset.
  case start(preset: String)
}
