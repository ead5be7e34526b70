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

  /// - Returns: the event that says where the snapshot stands, or why there is none.
  func write(_ contents: SnapshotContents) async -> TrainingEvent {
    await withCheckedContinuation { continuation in
      queue.async {
        do {
          continuation.resume(returning: .snapshot(try writer.write(contents)))
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
