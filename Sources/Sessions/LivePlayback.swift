import Dashboard
import Training
import TrainingEvents

/// A finished run, played back from its record on the screen where it ended.
extension LiveSession {
  /// Goes through the finished run's record, from its first step on where a person begins.
  func playBack(_ command: TrainingCommand) {
    if replay == nil {
      recorder.flush()
      do {
        replay = try FinishedReplay(setup.directory.path)
      } catch {
        return dashboard.log("the record cannot be read: \(error)")
      }
      dashboard.isReplaying = true
      lastReplay = stage.now
      playOn()
    }
    replay?.perform(command, &dashboard)
  }

  /// Lets time pass in the record until its end is shown.
  private func playOn() {
    Task {
      while self.replay != nil {
        self.advanceReplay()
        try? await Task.sleep(for: .seconds(0.1))
      }
    }
  }

  private func advanceReplay() {
    let now = stage.now
    replay?.advance(by: now - lastReplay, &dashboard)
    lastReplay = now
    if replay?.isFinished ?? false, dashboard.isAtEnd { endReplay() }
    scheduleDraw(soon: false)
  }

  func endReplay() {
    replay = nil
    dashboard.isReplaying = false
  }
}
