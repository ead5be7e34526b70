import TrainingEvents

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes snapshots into a run's directory, each whole or not at all.
public struct SnapshotWriter: Sendable {
  private let directory: RunDirectory
  /// Scheduled snapshots that are kept beside the best one.
  private let keep: Int
  private let recorder: RunRecorder?

  /// - Parameter recorder: of the same run; what it has got is on disk before a snapshot gets its
  ///   name, so that whoever goes on from there finds every step before it in the record
  public init(directory: RunDirectory, keep: Int = 5, recorder: RunRecorder? = nil) {
    self.directory = directory
    self.keep = max(1, keep)
    self.recorder = recorder
  }

  /// Writes one snapshot, replacing an earlier one of the same step, and removes scheduled ones
  /// that are neither among the last few nor the best.
  ///
  /// - Returns: where it stands, for the event that announces it.
  /// - Throws: the system's first refusal, such as a full disk; nothing is left behind then.
  public func write(_ contents: SnapshotContents) throws(RunError) -> SnapshotRecord {
    let name = Self.name(ofStep: contents.checkpoint.state.step)
    let place = try directory.checkPlace() + "/" + RunDirectory.snapshotsName + "/" + name
    // The run's own snapshots/ may have vanished; the run itself must still be there.
    let snapshots = try directory.snapshots()
    let record = try Self.write(contents, named: name, in: snapshots, path: place) {
      recorder?.synchronize()
    }
    if contents.checkpoint.reason == .scheduled { SnapshotKeeping.prune(snapshots, keep: keep) }
    return record
  }

  /// Writes one snapshot into a directory that a person named, beside whatever else is there.
  public static func write(
    _ contents: SnapshotContents, into directory: String
  ) throws(RunError) -> SnapshotRecord {
    let path = directory + "/" + name(ofStep: contents.checkpoint.state.step)
    guard FileTree.status(path) == nil else {
      throw .system(operation: "write", path: path, code: EEXIST)
    }
    return try write(contents, to: path)
  }

  /// Writes one snapshot at a path of its own, outside any run.
  public static func write(
    _ contents: SnapshotContents, to path: String
  ) throws(RunError) -> SnapshotRecord {
    let parent = FileTree.parent(of: path)
    if !FileTree.isDirectory(parent) { _ = try FileTree.makeDirectory(parent) }
    return try write(
      contents, named: FileTree.name(of: path), in: OpenDirectory(parent), path: path)
  }

  private static func write(
    _ contents: SnapshotContents, named name: String, in directory: OpenDirectory, path: String,
    beforeNaming: () -> Void = {}
  ) throws(RunError) -> SnapshotRecord {
    let bytes = try AtomicDirectory.write(
      contents.files(saved: WallClock.now, path: path), named: name, in: directory,
      beforeNaming: beforeNaming)
    return SnapshotRecord(step: contents.checkpoint.state.step, path: path, bytes: bytes)
  }

  /// Names that sort by step.
  static func name(ofStep step: Int) -> String {
    let digits = String(step)
    return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
