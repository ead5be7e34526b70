import Glibc
import Synchronization
import TrainingEvents

/// Writes snapshots into a run's directory, each whole or not at all.
public struct SnapshotWriter: Sendable {
  private let directory: RunDirectory
  /// Scheduled snapshots that are kept beside the best one.
  private let keep: Int
  private let recorder: RunRecorder?
  private let counter = SnapshotCounter()

  /// - Parameters:
  ///   - directory: the run's
  ///   - keep: scheduled snapshots that stay beside the best one, at least 1
  ///   - recorder: of the same run; what it has got is on disk before a snapshot gets its name, so
  ///     that whoever goes on from there finds every step before it in the record
  public init(directory: RunDirectory, keep: Int = 5, recorder: RunRecorder? = nil) {
    self.directory = directory
    self.keep = max(1, keep)
    self.recorder = recorder
  }

  /// Writes one snapshot, and removes scheduled ones that are neither among the last few nor the
  /// best. One of the same step gives way where it holds the same weights; other weights, as of a
  /// run that was begun again, stay beside it.
  ///
  /// - Returns: where it stands, for the event that announces it.
  /// - Throws: the system's first refusal, such as a full disk; nothing is left behind then.
  public func write(_ contents: SnapshotContents) throws(RunError) -> SnapshotRecord {
    var contents = contents
    let checkpoint = contents.checkpoint
    let run = try directory.checkPlace()
    // The run's own snapshots/ may have vanished; the run itself must still be there.
    let snapshots = try directory.snapshots()
    let name: String
    if checkpoint.reason == .best {
      name = SnapshotFile.best
      keepOlderBest(than: checkpoint.validation?.loss ?? .infinity, in: snapshots)
    } else {
      name = Self.name(ofStep: checkpoint.state.step) { name in
        guard let there = try? snapshots.directory(name) else { return false }
        return TensorFile.isAnother(checkpoint.parameters, than: SnapshotFile.model, in: there)
      }
    }
    contents.counter = counter.next(
      in: snapshots, step: checkpoint.state.step,
      isAnother: checkpoint.reason != .best && snapshots.status(name) == nil)
    let place = run + "/" + RunDirectory.snapshotsName + "/" + name
    let record = try Self.write(contents, named: name, in: snapshots, path: place) {
      recorder?.synchronize()
    }
    if checkpoint.reason == .scheduled { SnapshotKeeping.prune(snapshots, keep: keep) }
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

  /// A best one of steps that the run went back from may be better still: it stays, under its step.
  private func keepOlderBest(than loss: Double, in snapshots: OpenDirectory) {
    guard let old = try? snapshots.directory(SnapshotFile.best),
      let state = try? SnapshotReader.state(of: old), state.validationLoss ?? .infinity < loss
    else { return }
    let name = Self.name(ofStep: state.resume.step) { snapshots.status($0) != nil }
    _ = snapshots.rename(SnapshotFile.best, to: name)
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
    let checkpoint = contents.checkpoint
    return SnapshotRecord(
      step: checkpoint.state.step, path: path, bytes: bytes, reason: checkpoint.reason)
  }

  /// The first name of a step that is not taken; names sort by step.
  static func name(ofStep step: Int, isTaken: (String) -> Bool = { _ in false }) -> String {
    let digits = String(step)
    let first = "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    var (name, number) = (first, 1)
    while isTaken(name) {
      number += 1
      name = "\(first)-\(number)"
    }
    return name
  }
}

/// Counts how often a run went back: a snapshot of an earlier step than the newest says so, and one
/// of the same step that is another one.
private final class SnapshotCounter: Sendable {
  private let newest = Mutex<(counter: Int, step: Int, hasStep: Bool)?>(nil)

  /// - Parameter isAnother: whether no snapshot stands where this one will
  func next(in snapshots: OpenDirectory, step: Int, isAnother: Bool) -> Int {
    newest.withLock { newest in
      let last = newest ?? Self.last(in: snapshots)
      var counter = last.counter
      if step < last.step || step == last.step && isAnother && last.hasStep { counter += 1 }
      newest = (counter, step, isAnother || (step == last.step && last.hasStep))
      return counter
    }
  }

  /// - Returns: counter and step of the newest snapshot, and whether it is more than the best one.
  private static func last(
    in snapshots: OpenDirectory
  ) -> (counter: Int, step: Int, hasStep: Bool) {
    guard let last = SnapshotKeeping.entries(in: snapshots).last else { return (0, -1, false) }
    return (last.counter, last.step, last.reason != .best)
  }
}
