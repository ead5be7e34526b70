import Dispatch
import Runs
import TrainingEvents

/// Writes snapshots one after the other, away from every actor: a disk may take its time.
enum SnapshotQueue {
  private static let queue = DispatchQueue(label: "unfold snapshots", qos: .utility)

  /// - Returns: the event that says where the snapshot stands, or why there is none.
  static func write(
    _ contents: SnapshotContents, with writer: SnapshotWriter
  ) async -> TrainingEvent {
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
