import TrainingEvents

/// Writes snapshots into a run's directory, each whole or not at all.
public struct SnapshotWriter: Sendable {
  private let directory: RunDirectory
  /// Scheduled snapshots that are kept beside the best one.
  private let keep: Int

  public init(directory: RunDirectory, keep: Int = 5) {
    self.directory = directory
    self.keep = max(1, keep)
  }

  /// Writes one snapshot, replacing an earlier one of the same step, and removes scheduled ones
  /// that are neither among the last few nor the best.
  ///
  /// - Returns: where it stands, for the event that announces it.
  /// - Throws: the system's first refusal, such as a full disk; nothing is left behind then.
  public func write(_ contents: SnapshotContents) throws(RunError) -> SnapshotRecord {
    let path = directory.snapshotsPath + "/" + Self.name(ofStep: contents.checkpoint.state.step)
    let record = try Self.write(contents, to: path)
    if contents.reason == .scheduled { SnapshotKeeping.prune(directory.snapshotsPath, keep: keep) }
    return record
  }

  /// Writes one snapshot at a path of its own, outside any run.
  public static func write(
    _ contents: SnapshotContents, to path: String
  ) throws(RunError) -> SnapshotRecord {
    // The run's own snapshots/ may have vanished; the run itself must still be there.
    let parent = FileTree.parent(of: path)
    if !FileTree.isDirectory(parent) { _ = try FileTree.makeDirectory(parent) }
    let bytes = try AtomicDirectory.write(
      contents.files(saved: WallClock.now, path: path), to: path)
    return SnapshotRecord(step: contents.checkpoint.state.step, path: path, bytes: bytes)
  }

  /// Names that sort by step.
  static func name(ofStep step: Int) -> String {
    let digits = String(step)
    return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
