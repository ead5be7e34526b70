import Runs
import Training
import TrainingEvents

// How a live run writes its snapshots, and tells its end when the last of them is on disk.
extension LiveRun {
  /// Sees to it that a checkpoint is written with all that was told before it and what is on screen
  /// then; training goes on meanwhile.
  func keep(_ record: CheckpointRecord) {
    guard var contents = road.contents(of: record, history: RunHistory()) else { return }
    contents.frames = frames
    snapshotsUnderWay += 1
    departure.keeps()
    tell(.checkpoint(contents))
  }

  /// Writes a snapshot that now has the curves and the screen, too.
  func write(_ contents: SnapshotContents) {
    writing = Task { [before = writing, elsewhere] in
      await before?.value
      await self.wrote(await self.snapshots.write(contents, elsewhere: elsewhere))
    }
    elsewhere = nil
  }

  private func wrote(_ event: TrainingEvent) async {
    take(event)
    snapshotsUnderWay -= 1
    if case .warning(let warning) = event {
      departure.wrote(failure: warning.text)
      // Who would lose steps stays.
      leaving = nil
    } else {
      departure.wrote(failure: nil)
    }
    if snapshotsUnderWay == 0 {
      stepAside()
      tellEnd()
    }
    await deliver()
    await leaveWhenSaved()
  }

  /// Tells the run's end, which waited for its last snapshot.
  func tellEnd() {
    guard let record = finish else { return }
    finish = nil
    take(.finished(record))
  }
}
