import Foundation
import Runs
import Training
import TrainingEvents

/// Runs of a preset on the same data that were recorded before.
enum EarlierRuns {
  /// More curves than this say nothing any more.
  private static let most = 3

  /// The newest of them, the newest last.
  /// - Parameter directory: of the run that trains now; the others lie beside it
  static func newest(
    of preset: Preset, beside directory: String
  ) -> [(name: String, history: RunHistory)] {
    let place = URL(fileURLWithPath: directory).standardizedFileURL
    let runs = (try? RunSummary.list(in: place.deletingLastPathComponent().path))?.runs ?? []
    // All lie in one directory, so that a name tells this run from the others.
    let own = place.lastPathComponent
    return runs.filter { run in
      // Losses on other data, or of another task, are no comparison.
      run.run?.name == preset.name && run.name != own && run.step > 1
        && run.preset?.task.kind == preset.task.kind && run.preset?.task.data == preset.task.data
    }
    .suffix(most)
    .compactMap { run in
      (try? RecordedRun(run.path)).map { (name: run.name, history: $0.history) }
    }
  }
}
