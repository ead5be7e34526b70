/// A run in a folder of runs.
public struct RunPlace: Sendable, Equatable {
  /// What leads to it: a directory, or a log.
  public var path: String
  /// Its path from the folder that is looked at.
  public var name: String
}

/// Finds the runs in a folder and those below it: our own, and other programs' logs of every kind.
public enum RunFolder {
  /// Runs beyond which no list is of any use.
  static let most = 5_000
  /// Names in one directory that are looked at; a folder with more holds data.
  private static let mostNames = 10_000
  private static let depth = 5
  /// Folders that are looked into; a person's home has more.
  fileprivate static let mostFolders = 20_000

  /// Whether a path leads to a folder of runs rather than to one run: to several of them, or to runs
  /// of our own, of which there will be more.
  public static func isFolder(_ path: String) -> Bool {
    guard FileTree.isDirectory(path) else { return false }
    // Two are enough to know.
    let runs = runs(in: path, most: 2)
    guard runs.count < 2, let run = runs.first else { return runs.count > 1 }
    return run.path != path && isOwn(run.path)
  }

  /// The runs of a folder, in the order in which people count; the path itself where it is one run.
  public static func runs(in path: String) -> [RunPlace] { runs(in: path, most: most) }

  private static func runs(in path: String, most: Int) -> [RunPlace] {
    guard FileTree.isDirectory(path) else {
      return [RunPlace(path: path, name: FileTree.name(of: path))]
    }
    var search = RunSearch(most: most, mostNames: mostNames)
    search.look(at: path, named: "", depth: depth)
    return search.found.sorted { NaturalOrder.precedes($0.name, $1.name) }
  }

  /// Makes sure that something is there, which a follower would wait for.
  public static func check(_ path: String) throws(RunError) { _ = try FileTree.examine(path) }

  /// Whether a path leads to a run of our own, which is over or goes on without us.
  public static func isRecord(_ path: String) -> Bool {
    FileTree.isDirectory(path) && isOwn(path)
  }

  /// Whether some process writes a run of our own now.
  public static func isHeld(_ path: String) -> Bool { RunLock.isHeld(directory: path) }

  /// Whether a directory holds a record of our own.
  static func isOwn(_ path: String) -> Bool {
    FileTree.status(path + "/" + RunDirectory.eventsName, followingLinks: false) != nil
  }
}

/// Goes through a folder of runs.
private struct RunSearch {
  let most: Int
  let mostNames: Int
  private(set) var found: [RunPlace] = []
  /// Directories that were looked into: links may lead to one of them again.
  private var seen: Set<String> = []

  init(most: Int, mostNames: Int) {
    (self.most, self.mostNames) = (most, mostNames)
  }

  mutating func look(at path: String, named name: String, depth: Int) {
    guard found.count < most, seen.count < RunFolder.mostFolders,
      let status = FileTree.status(path),
      seen.insert("\(status.device) \(status.inode)").inserted,
      let all = try? FileTree.names(in: path)
    else { return }
    let names = all.lazy.filter { !$0.hasPrefix(".") }.prefix(mostNames)
    if isRun(path, Array(names)) { return add(path, name) }
    var (folders, links, logs): ([String], [String], [String]) = ([], [], [])
    for entry in names {
      guard let status = FileTree.status(path + "/" + entry, followingLinks: false) else {
        continue
      }
      switch status.kind {
      case .directory: folders.append(entry)
      case .symbolicLink where FileTree.isDirectory(path + "/" + entry): links.append(entry)
      case .regular, .symbolicLink: if Self.isLog(entry) { logs.append(entry) }
      default: break
      }
    }
    addLogs(logs, in: path, name)
    // A link to a run that has a name of its own is no second run.
    for entry in folders + links where depth > 0 {
      look(
        at: path + "/" + entry, named: name.isEmpty ? entry : name + "/" + entry, depth: depth - 1)
    }
  }

  /// Whether everything in a directory is one run.
  private func isRun(_ path: String, _ names: [String]) -> Bool {
    if RunFolder.isOwn(path) { return true }
    if names.contains(where: FollowedWandb.isLog) { return true }
    if names.contains("metrics.csv") || names.contains("trainer_state.json") { return true }
    let isEvents = { (name: String) in
      FollowedEventFiles.isEventFile(name) && !FileTree.isDirectory(path + "/" + name)
    }
    if names.contains(where: isEvents) { return true }
    let hasCheckpoint = names.contains { name in
      name.hasPrefix("checkpoint-")
        && FileTree.status(path + "/" + name + "/trainer_state.json") != nil
    }
    if hasCheckpoint { return true }
    // Event files in folders for the run's parts, such as `train/` and `validation/`.
    guard names.contains(where: LogFolders.isPart) else { return false }
    let folders = names.filter { FileTree.isDirectory(path + "/" + $0) }
    let events = folders.filter { !FollowedEventFiles.names(in: path + "/" + $0).isEmpty }
    // Several folders whose names speak of training alone, as `train_lr0.1`, are a run each.
    let hasValidation = events.contains { ForeignNames.isValidation(ForeignNames.words(of: $0)) }
    return !events.isEmpty && events.allSatisfy(LogFolders.isPart)
      && (hasValidation || events.count == 1)
  }

  /// Logs that are files: one alone in a folder is the folder's run.
  private mutating func addLogs(_ logs: [String], in path: String, _ name: String) {
    let isTable = { (log: String) in log.hasSuffix(".csv") }
    let lines = logs.filter { !isTable($0) }
    // Beside logs a table is data, unless its name says otherwise.
    let tables = logs.filter(isTable).filter { lines.isEmpty || LogPlace.isLogName($0) }
    let chosen = lines + tables
    if chosen.count == 1, !name.isEmpty { return add(path, name) }
    for log in chosen { add(path + "/" + log, name.isEmpty ? log : name + "/" + log) }
  }

  private static func isLog(_ name: String) -> Bool {
    let lower = name.lowercased()
    // A table of several runs is none of them.
    let tables = [ComparisonExport.name, SweepResults.name, SweepLengths.name]
    if tables.contains(where: { lower == $0 + ".csv" }) { return false }
    return [".jsonl", ".ndjson", ".csv"].contains { lower.hasSuffix($0) }
  }

  private mutating func add(_ path: String, _ name: String) {
    guard found.count < most else { return }
    found.append(RunPlace(path: path, name: name.isEmpty ? FileTree.name(of: path) : name))
  }
}
