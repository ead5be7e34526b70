import Glibc

/// A run on disk that this process may write: `preset.yaml`, `events.jsonl` and `snapshots/`.
///
/// The directory is locked as long as this object lives.
public final class RunDirectory: Sendable {
  /// As it was given or made; relative to the working directory where it does not begin with `/`.
  public let path: String
  /// Everything in the run is reached from here, so that it stays this run's whatever becomes of
  /// its name.
  let root: OpenDirectory
  private let lock: RunLock

  private init(_ path: String) throws(RunError) {
    self.path = path
    root = try OpenDirectory(path)
    lock = try RunLock(root)
  }

  /// Lets another process have the run; this one writes it no more.
  public func release() { lock.release() }

  /// The path for other processes, whatever their working directory is.
  public var absolutePath: String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The record: one JSON object a line.
  public var eventsPath: String { path + "/" + Self.eventsName }
  /// The directory of snapshots, one directory each.
  public var snapshotsPath: String { path + "/" + Self.snapshotsName }

  static let presetName = "preset.yaml"
  static let eventsName = "events.jsonl"
  static let snapshotsName = "snapshots"

  /// Starts a new run in `NAME-N` under `parent`, N being the first number after all that exist.
  ///
  /// - Parameters:
  ///   - name: the preset's name; characters that do not belong in a file name are replaced.
  ///   - parent: made if missing.
  ///   - preset: the resolved preset as YAML text.
  public static func create(
    named name: String, under parent: String = "runs", preset: String
  ) throws(RunError) -> RunDirectory {
    let base = fileName(from: name)
    try FileTree.makeDirectories(parent)
    var number = try FileTree.names(in: parent).reduce(0) { highest, entry in
      guard entry.hasPrefix(base + "-"), let number = Int(entry.dropFirst(base.count + 1)) else {
        return highest
      }
      return max(highest, number)
    }
    while true {
      // Two processes that start at once count the same; mkdir decides, the other counts on.
      (number, _) = number.addingReportingOverflow(1)
      let path = parent + "/" + base + "-" + String(number)
      if try FileTree.makeDirectory(path) { return try prepare(path, preset: preset) }
    }
  }

  /// Starts a new run in a directory of the person's choice, made if missing.
  /// - Throws: `RunError.holdsRun` when it holds one already.
  public static func create(at path: String, preset: String) throws(RunError) -> RunDirectory {
    try FileTree.makeDirectories(path)
    return try prepare(path, preset: preset)
  }

  /// Whether a run that nobody writes ended before its first snapshot, as by a kill: there is
  /// nothing to go on from, and nothing to lose by beginning it anew.
  public static func isCutOff(_ path: String) -> Bool {
    guard let root = try? OpenDirectory(path), root.status(eventsName) != nil,
      !RunLock.isHeld(directory: path)
    else { return false }
    return hasNoSnapshot(root)
  }

  private static func hasNoSnapshot(_ root: OpenDirectory) -> Bool {
    guard root.status(snapshotsName) != nil else { return true }
    guard let names = try? root.directory(snapshotsName).names() else { return false }
    return names.allSatisfy { $0.hasPrefix(".") }
  }

  /// Begins a run that was cut off anew, in its own directory and behind what its record has.
  /// - Throws: `RunError.holdsRun` when it has a snapshot by now.
  public static func takeUp(_ path: String, preset: String) throws(RunError) -> RunDirectory {
    let directory = try open(path)
    guard hasNoSnapshot(directory.root) else { throw .holdsRun(path: path) }
    try directory.writePreset(preset)
    return directory
  }

  /// The resolved preset of a run, as YAML text.
  public static func preset(of path: String) throws(RunError) -> String {
    try OpenDirectory(path).text(of: presetName, limit: SnapshotReader.presetLimit)
  }

  /// Opens an existing run to write on, such as to resume it, and clears away what a crash left:
  /// half-written snapshots, and a last line of the record that is not whole.
  public static func open(_ path: String) throws(RunError) -> RunDirectory {
    guard try OpenDirectory(path).status(eventsName) != nil else {
      throw .notARun(path: path, missing: eventsName)
    }
    let directory = try RunDirectory(path)
    try AtomicDirectory.removeLeftovers(in: directory.snapshots())
    try AtomicFile.removeLeftovers(of: presetName, in: directory.root)
    try RecordTail.mend(eventsName, in: directory.root)
    return directory
  }

  private static func prepare(_ path: String, preset: String) throws(RunError) -> RunDirectory {
    let directory = try RunDirectory(path)
    guard directory.root.status(eventsName) == nil else { throw .holdsRun(path: path) }
    _ = try directory.snapshots()
    try directory.writePreset(preset)
    // An empty record is what tells a directory that holds a run, even before its first step.
    _ = try directory.root.open(eventsName, flags: O_WRONLY | O_CREAT | O_EXCL)
    try directory.root.synchronize()
    return directory
  }

  /// Replaces the run's resolved preset, as when keys change on resuming.
  public func writePreset(_ text: String) throws(RunError) {
    try AtomicFile.write(text, to: Self.presetName, in: root)
  }

  /// Where snapshots stand; made anew when it vanished.
  func snapshots() throws(RunError) -> OpenDirectory {
    try root.directory(Self.snapshotsName, making: true)
  }

  /// Makes sure that this run may still be written: that it was not removed, and that nobody else
  /// has it.
  ///
  /// - Returns: where it is by now, which is another path than `path` when it was moved, or when
  ///   something else stands there.
  func checkPlace() throws(RunError) -> String {
    guard let place = root.place else { throw .removed(path: path) }
    try lock.check()
    return place
  }

  /// A name that is safe in a path: letters, digits, `.`, `_` and `-`, not hidden, not too long.
  private static func fileName(from name: String) -> String {
    var result = ""
    for scalar in FileTree.name(of: name).unicodeScalars.prefix(64) {
      let isSafe =
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || ".-_".unicodeScalars.contains(scalar)
      result.unicodeScalars.append(isSafe ? scalar : "-")
    }
    if result.hasPrefix(".") { result = "run" + result }
    return result.isEmpty ? "run" : result
  }
}
