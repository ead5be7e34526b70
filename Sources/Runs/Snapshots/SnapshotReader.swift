import FileFormats
import Glibc
import Training
import TrainingEvents

/// A snapshot read back.
public struct LoadedSnapshot: Sendable {
  /// The snapshot's own directory.
  public var path: String
  /// The run that it stands in; nil for a snapshot that was copied elsewhere.
  public var run: String?
  /// What the snapshot holds.
  public var checkpoint: Checkpoint
}

/// Reads snapshots, distrusting every byte.
public enum SnapshotReader {
  static let stateLimit = 1 << 28
  static let presetLimit = 1 << 24

  /// Reads a snapshot, or the newest whole one of a run.
  ///
  /// - Parameters:
  ///   - path: a snapshot's directory, or a run's.
  ///   - best: whether to take the run's weights of the best validation instead.
  /// - Throws: `RunError` with the file and what is wrong with it.
  public static func read(_ path: String, best: Bool = false) throws(RunError) -> LoadedSnapshot {
    let path = try directory(path)
    if best { return try readBest(path) }
    let directory = try OpenDirectory(path)
    if directory.status(SnapshotFile.state) != nil { return try readSnapshot(directory) }
    let isRun = directory.status(RunDirectory.eventsName) != nil
    guard isRun || directory.status(RunDirectory.snapshotsName) != nil else {
      throw .notASnapshot(path: path)
    }
    guard directory.status(RunDirectory.snapshotsName) != nil else { throw .noSnapshot(path: path) }
    let snapshots = try directory.directory(RunDirectory.snapshotsName)
    var first: RunError?
    for candidate in SnapshotKeeping.entries(in: snapshots).reversed() {
      do throws(RunError) {
        return try readSnapshot(snapshots.directory(candidate.name))
      } catch {
        first = first ?? error
      }
    }
    throw first ?? .noSnapshot(path: path)
  }

  /// - Parameter path: a run's directory, or that of one of its snapshots.
  private static func readBest(_ path: String) throws(RunError) -> LoadedSnapshot {
    let directory = try OpenDirectory(path)
    if directory.status(SnapshotFile.state) != nil {
      let loaded = try readSnapshot(directory)
      if loaded.checkpoint.reason == .best { return loaded }
      guard let run = loaded.run else { throw .noBest(path: path, lowest: nil) }
      return try readBest(run)
    }
    guard directory.status(RunDirectory.eventsName) != nil else {
      throw .notARun(path: path, missing: RunDirectory.eventsName)
    }
    guard directory.status(RunDirectory.snapshotsName) != nil else { throw .noSnapshot(path: path) }
    let snapshots = try directory.directory(RunDirectory.snapshotsName)
    guard snapshots.status(SnapshotFile.best) != nil else {
      let entries = SnapshotKeeping.entries(in: snapshots)
      guard !entries.isEmpty else { throw .noSnapshot(path: path) }
      let lowest = entries.filter { $0.validationLoss?.isFinite == true }
        .min { ($0.validationLoss ?? .infinity) < ($1.validationLoss ?? .infinity) }
      throw .noBest(path: path, lowest: lowest.map { snapshots.path + "/" + $0.name })
    }
    return try readSnapshot(snapshots.directory(SnapshotFile.best))
  }

  /// The snapshots of a run along its steps, oldest first.
  public static func paths(inRun path: String) -> [String] {
    guard let run = try? OpenDirectory(path),
      let snapshots = try? run.directory(RunDirectory.snapshotsName)
    else { return [] }
    return SnapshotKeeping.entries(in: snapshots).filter { $0.name != SnapshotFile.best }
      .map { snapshots.path + "/" + $0.name }
  }

  /// The probe frames that a snapshot keeps for a replay; lines that make no sense are passed over.
  public static func frames(of path: String) -> [ProbeFrame] {
    guard let snapshot = try? OpenDirectory(path),
      let bytes = try? snapshot.contents(of: SnapshotFile.frames, limit: stateLimit)
    else { return [] }
    return bytes.split(separator: 0x0A).compactMap { line in
      guard case .frame(let frame)? = line.withUnsafeBufferPointer({ try? EventLine.decode($0) })
      else { return nil }
      return frame
    }
  }

  private static func directory(_ path: String) throws(RunError) -> String {
    switch try FileTree.examine(path).kind {
    case .directory: return path
    // A person may well name a file inside a snapshot, such as its model.safetensors.
    case .regular: return FileTree.parent(of: path)
    case let kind:
      throw .unreadable(
        path: path, message: "\(kind.rawValue), expected the directory of a snapshot or a run")
    }
  }

  static func state(of snapshot: OpenDirectory) throws(RunError) -> SnapshotState {
    try SnapshotState.decode(
      try snapshot.contents(of: SnapshotFile.state, limit: stateLimit),
      path: snapshot.path + "/" + SnapshotFile.state)
  }

  private static func readSnapshot(
    _ directory: OpenDirectory
  ) throws(RunError) -> LoadedSnapshot {
    let path = directory.path
    let state = try state(of: directory)
    var checkpoint = Checkpoint(
      preset: try directory.text(of: SnapshotFile.preset, limit: presetLimit),
      parameters: try TensorFile.read(SnapshotFile.model, in: directory),
      moments: try TensorFile.read(SnapshotFile.optimizer, in: directory), state: state.resume)
    checkpoint.reason = state.reason
    checkpoint.validation = state.validationLoss.map {
      Checkpoint.Validation(loss: $0, step: state.resume.step)
    }
    let above = FileTree.parent(of: FileTree.parent(of: path))
    let isInRun =
      FileTree.name(of: FileTree.parent(of: path)) == RunDirectory.snapshotsName
      // A link that leads nowhere stands there, too, and is refused as what it is.
      && FileTree.status(above + "/" + RunDirectory.eventsName, followingLinks: false) != nil
    return LoadedSnapshot(
      path: path, run: isInRun ? above : nil, checkpoint: checkpoint)
  }
}
