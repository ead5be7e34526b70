import FileFormats
import Training
import TrainingEvents

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A snapshot read back.
public struct LoadedSnapshot: Sendable {
  /// The snapshot's own directory.
  public var path: String
  /// The run that it stands in; nil for a snapshot that was copied elsewhere.
  public var run: String?
  public var checkpoint: Checkpoint
  public var reason: SnapshotReason
}

/// Reads snapshots, distrusting every byte.
public enum SnapshotReader {
  static let stateLimit = 1 << 30
  static let presetLimit = 1 << 24

  /// Reads a snapshot, or the newest whole one of a run.
  ///
  /// - Parameter path: a snapshot's directory, or a run's.
  /// - Throws: `RunError` with the file and what is wrong with it.
  public static func read(_ path: String) throws(RunError) -> LoadedSnapshot {
    let path = try directory(path)
    if FileTree.status(path + "/" + SnapshotFile.state) != nil { return try readSnapshot(path) }
    let isRun = FileTree.status(path + "/" + RunDirectory.eventsName) != nil
    guard isRun || FileTree.isDirectory(path + "/" + RunDirectory.snapshotsName) else {
      throw .notASnapshot(path: path)
    }
    var first: RunError?
    for candidate in paths(inRun: path).reversed() {
      do throws(RunError) {
        return try readSnapshot(candidate)
      } catch {
        first = first ?? error
      }
    }
    throw first ?? .noSnapshot(path: path)
  }

  /// The snapshots of a run, oldest first.
  public static func paths(inRun path: String) -> [String] {
    SnapshotKeeping.entries(in: path + "/" + RunDirectory.snapshotsName).map(\.path)
  }

  /// The probe frames that a snapshot keeps for a replay; lines that make no sense are passed over.
  public static func frames(of path: String) -> [TrainingEvent] {
    let file = path + "/" + SnapshotFile.frames
    guard let bytes = try? FileTree.contents(of: file, limit: stateLimit) else { return [] }
    return bytes.split(separator: 0x0A).compactMap { line in
      line.withUnsafeBufferPointer { try? EventLine.decode($0) }
    }
  }

  private static func directory(_ path: String) throws(RunError) -> String {
    let status = try FileDescriptor(path, flags: O_RDONLY | O_NONBLOCK).status()
    // A person may well name a file inside a snapshot, such as its model.safetensors.
    return status.isDirectory ? path : FileTree.parent(of: path)
  }

  private static func readSnapshot(_ path: String) throws(RunError) -> LoadedSnapshot {
    let statePath = path + "/" + SnapshotFile.state
    let state = try SnapshotState.decode(
      try FileTree.contents(of: statePath, limit: stateLimit), path: statePath)
    var checkpoint = Checkpoint(
      preset: try FileTree.text(of: path + "/" + SnapshotFile.preset, limit: presetLimit),
      parameters: try TensorFile.read(path + "/" + SnapshotFile.model),
      moments: try TensorFile.read(path + "/" + SnapshotFile.optimizer), state: state.resume)
    checkpoint.validation = state.validationLoss.map {
      Checkpoint.Validation(loss: $0, step: state.resume.step)
    }
    let above = FileTree.parent(of: FileTree.parent(of: path))
    let isInRun =
      FileTree.name(of: FileTree.parent(of: path)) == RunDirectory.snapshotsName
      && FileTree.status(above + "/" + RunDirectory.eventsName) != nil
    return LoadedSnapshot(
      path: path, run: isInRun ? above : nil, checkpoint: checkpoint, reason: state.reason)
  }
}
