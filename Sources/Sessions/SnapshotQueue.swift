import Dispatch
import Runs
import TrainingEvents

/// Writes snapshots one after the other, away from every actor: a disk may take its time.
struct SnapshotQueue: Sendable {
  private let queue = DispatchQueue(label: "unfold snapshots", qos: .utility)
  private let writer: SnapshotWriter
  /// What somebody who reads that a snapshot failed can do about it while the run goes on.
  private let advice: String

  /// - Parameters:
  ///   - recorder: of the same run, which is on disk up to a snapshot's step before the snapshot
  ///     gets its name
  ///   - hasKeys: whether a person sits before the run and can ask for another snapshot
  init(_ setup: RunSetup, _ recorder: RunRecorder, hasKeys: Bool) {
    advice =
      hasKeys
      ? "Training goes on; press s to try again."
      : "Training goes on; the next snapshot is tried when it is due."
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
                advice: advice(for: contents.checkpoint.reason))))
        }
      }
    }
  }

  /// At the end nothing goes on: what is lost then is asked about, or told by the exit status.
  private func advice(for reason: SnapshotReason) -> String? {
    switch reason {
    case .final, .diverged: nil
    case .requested, .scheduled, .best: advice
    }
  }
}
