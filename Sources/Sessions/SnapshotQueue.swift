import Dispatch
import Runs
import TrainingEvents

/// Writes snapshots one after the other, away from every actor: a disk may take its time.
struct SnapshotQueue: Sendable {
  private let queue = DispatchQueue(label: "unfold snapshots", qos: .utility)
  private let writer: SnapshotWriter

  /// - Parameter recorder: of the same run, which is on disk up to a snapshot's step before the
  ///   snapshot gets its name
  init(_ setup: RunSetup, _ recorder: RunRecorder) {
    writer = SnapshotWriter(
      directory: setup.directory, keep: setup.preset.training.keepSnapshots, recorder: recorder)
  }

  /// - Parameter elsewhere: a directory to write into instead of the run's own
  /// - Returns: the event that says where the snapshot stands, or why there is none.
  func write(_ contents: SnapshotContents, elsewhere: String? = nil) async -> TrainingEvent {
    await withCheckedContinuation { continuation in
      queue.async {
        do {
          let record =
            if let elsewhere { try SnapshotWriter.write(contents, into: elsewhere) } else {
              try writer.write(contents)
            }
          continuation.resume(returning: .snapshot(record))
        } catch {
          let step = contents.checkpoint.state.step
          continuation.resume(
            returning: .warning(
              WarningRecord(
                step: step, kind: "snapshot", text: "no snapshot was written: \(error)",
                advice: "Training goes on; press s to try again.")))
        }
      }
    }
  }
}
