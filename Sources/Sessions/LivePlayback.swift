import Dashboard
import Runs
import Training
import TrainingEvents

/// A finished run, played back from its record on the screen where it ended.
extension LiveSession {
  /// Goes through the finished run's record, from its first step on where a person begins.
  func playBack(_ command: TrainingCommand) {
    // The last snapshot may still be on its way to the disk, and the end behind it.
    guard isEndTold else { return postponed.append(command) }
    if replay == nil {
      recorder.flush()
      do {
        replay = PlayedRecord(
          try Replay(setup.directory.path), refusal: "this run is finished: R begins it again")
        // The keys go on from the end that is on screen.
        _ = replay?.end()
      } catch {
        return dashboard.log("the record cannot be read: \(error)")
      }
      dashboard.isReplaying = true
      lastReplay = stage.now
      playOn()
    }
    show(replay?.perform(command) ?? [])
  }

  /// Does what keys asked of the record before it had the run's end.
  func playPostponed() {
    let commands = postponed
    postponed = []
    for command in commands { playBack(command) }
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
    show(replay?.advance(by: now - lastReplay) ?? [])
    lastReplay = now
    if replay?.isFinished ?? false, dashboard.isAtEnd { endReplay() }
    scheduleDraw(soon: false)
  }

  func changeSpeedOfReplay(faster: Bool) { show(replay?.changeSpeed(faster: faster) ?? []) }

  private func show(_ news: [RunNews]) {
    for news in news { dashboard.apply(news) }
  }

  func endReplay() {
    (replay, postponed) = (nil, [])
    dashboard.isReplaying = false
  }
}
