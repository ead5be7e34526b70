import Runs
import Training
import TrainingEvents

/// A finished run, played back from its record on the screen where it ended.
extension LiveRun {
  package func playBack(_ command: TrainingCommand) async {
    startReplay(command)
    await deliver()
  }

  /// Goes through the finished run's record, from its first step on where a person begins.
  private func startReplay(_ command: TrainingCommand) {
    // The last snapshot may still be on its way to the disk, and the end behind it.
    guard isEndTold else { return postponed.append(command) }
    if replay == nil {
      road.recorder.flush()
      do {
        replay = PlayedRecord(
          try Replay(setup.directory.path), refusal: "this run is finished: R begins it again")
        // The keys go on from the end that is on screen.
        _ = replay?.end()
      } catch {
        return tell(.noted("the record cannot be read: \(error)"))
      }
      tell(.playing(true))
      lastReplay = now
      playOn()
    }
    for news in replay?.perform(command) ?? [] { tell(news) }
  }

  /// Does what keys asked of the record before it had the run's end.
  func playPostponed() {
    let commands = postponed
    postponed = []
    for command in commands { startReplay(command) }
  }

  /// Lets time pass in the record until its end is shown.
  private func playOn() {
    Task {
      while self.replay != nil {
        await self.advanceReplay()
        try? await Task.sleep(for: .seconds(0.1))
      }
    }
  }

  private func advanceReplay() async {
    let now = now
    for news in replay?.advance(by: now - lastReplay) ?? [] { tell(news) }
    lastReplay = now
    if replay?.isAtEnd ?? false { endReplay() }
    await deliver()
  }

  package func changeSpeed(faster: Bool) async {
    for news in replay?.changeSpeed(faster: faster) ?? [] { tell(news) }
    await deliver()
  }

  func endReplay() {
    guard replay != nil || !postponed.isEmpty else { return }
    (replay, postponed) = (nil, [])
    tell(.playing(false))
  }
}
