import Dashboard
import Runs
import Training
import TrainingEvents

// How a live run writes its snapshots, and tells its end when the last of them is on disk.
extension LiveSession {
  /// Writes a checkpoint with all that was told before it and what is on screen now; training goes
  /// on meanwhile.
  func keep(_ record: CheckpointRecord) {
    guard let checkpoint = record.state as? Checkpoint else { return }
    var contents = SnapshotContents(
      checkpoint: checkpoint, history: dashboard.history, run: description)
    contents.markers = markers
    contents.frames = frames
    contents.screen = picture
    snapshotsUnderWay += 1
    departure.keeps()
    writing = Task { [before = writing, contents, elsewhere] in
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
    if snapshotsUnderWay == 0 { stepAside() }
    if snapshotsUnderWay == 0 { tellEnd() }
    await leaveWhenSaved()
  }

  /// Tells the run's end, which waited for its last snapshot.
  func tellEnd() {
    guard let record = finish else { return }
    finish = nil
    take(.finished(record))
  }
}
