import FileFormats
import TrainingEvents

/// TensorBoard's event files: one, or all of a directory and those below it, each read on as it
/// grows. A program that starts over begins a new file; some write several at once.
struct FollowedEventFiles: ForeignLog {
  private static let piece = 1 << 20
  private static let depth = 6
  /// Files of one directory that are kept open; more are no run.
  private static let mostFiles = 512

  private struct Source: Sendable {
    var file: FollowedFile
    var parser = TFEventsParser()
    /// What stands before its tags: the directory it is in.
    var prefix: [UInt8]
    /// Whether its series may be the run's loss and so on.
    var hasRole: Bool
  }

  /// Nil when one file alone is followed.
  private let directory: String?
  private var sources: [Source] = []
  private var known: Set<String> = []
  /// The first file of each folder.
  private var firstFile: [String: String] = [:]
  private var hasTold = false
  /// When the directories that were looked into last changed.
  private var looked: [String: Double] = [:]

  init(directory: String) {
    self.directory = directory
  }

  init(file path: String) {
    directory = nil
    sources = [Source(file: FollowedFile(path), prefix: [], hasRole: true)]
  }

  static func isEventFile(_ name: String) -> Bool { name.contains("tfevents") }

  /// Event files of a directory and those below it, as paths from it, oldest first: their names
  /// begin with the time.
  static func names(in directory: String) -> [String] {
    var found: [String] = []
    walk(directory, "", depth) { below in
      for name in (try? FileTree.names(in: directory + "/" + below)) ?? []
      where isEventFile(name) && !name.hasPrefix(".") && found.count < mostFiles {
        let path = below.isEmpty ? name : below + "/" + name
        if !FileTree.isDirectory(directory + "/" + path) { found.append(path) }
      }
    }
    return found.sorted {
      let (a, b) = (FileTree.name(of: $0), FileTree.name(of: $1))
      return a == b ? $0 < $1 : NaturalOrder.precedes(a, b)
    }
  }

  /// A directory and those below it, with the time each changed last.
  private static func directories(in directory: String) -> [String: Double] {
    var result: [String: Double] = [:]
    walk(directory, "", depth) { below in
      let path = directory + "/" + below
      result[path] = FileTree.status(path)?.modified
    }
    return result
  }

  /// Visits directories as paths from the first; links are not followed.
  private static func walk(
    _ directory: String, _ below: String, _ depth: Int, _ visit: (String) -> Void
  ) {
    visit(below)
    guard depth > 0, let names = try? FileTree.names(in: directory + "/" + below) else { return }
    for name in names where !name.hasPrefix(".") {
      let path = below.isEmpty ? name : below + "/" + name
      let status = FileTree.status(directory + "/" + path, followingLinks: false)
      if status?.isDirectory == true { walk(directory, path, depth - 1, visit) }
    }
  }

  var modified: Double? { sources.compactMap(\.file.modified).max() }

  mutating func read(into run: inout ForeignRun) throws(RunError) -> Int {
    findFiles(&run)
    var total = 0
    for index in sources.indices {
      // One file after the other, each to its end: that is the order in which they were written.
      while total < Self.most {
        let count = try read(index, &run)
        total += count
        if count == 0 { break }
      }
    }
    return total
  }

  mutating func finish(into run: inout ForeignRun) {
    for source in sources where !source.parser.isAtBoundary {
      run.warn("\(SafeText.printable(source.file.path)): the last record is not whole")
    }
  }

  // MARK: Files

  /// Whether something was added to the directory or one below it since it was looked at; looking
  /// into all of them ten times a second would cost more than reading.
  private var hasChanged: Bool {
    looked.isEmpty || looked.contains { FileTree.status($0.key)?.modified != $0.value }
  }

  private mutating func findFiles(_ run: inout ForeignRun) {
    guard let directory, hasChanged else { return }
    let names = Self.names(in: directory).filter { !known.contains($0) }
    looked = Self.directories(in: directory)
    guard !names.isEmpty else { return }
    let folders = LogFolders(known.union(names).map(Self.folder))
    known.formUnion(names)
    // The newest file says which run is looked at, where there are several.
    let newest = folders.run(of: Self.folder(of: names.last ?? ""))
    for name in names {
      let folder = Self.folder(of: name)
      var prefix = folders.prefix(of: folder)
      var hasRole = folders.run(of: folder) == newest
      // Programs that write the same names at once are told apart by their files.
      if run.keepsWritersApart, let first = firstFile[folder] {
        let program = Self.program(of: name)
        prefix += Array("\(program)/".utf8)
        hasRole = false
        run.note(
          "\(program) writes beside \(Self.program(of: first)) at the same time: its curves are "
            + "under its name")
      } else {
        firstFile[folder] = firstFile[folder] ?? name
      }
      sources.append(
        Source(file: FollowedFile(directory + "/" + name), prefix: prefix, hasRole: hasRole))
    }
    if folders.runs.count > 1, !hasTold {
      hasTold = true
      run.note(
        "\(folders.runs.count) runs are here: the curves are those of \(newest), the others are "
          + "under Metrics; name the folders to compare them")
    }
  }

  /// What tells one program's file from another's: the time it began, the machine, the process.
  private static func program(of path: String) -> String {
    let name = FileTree.name(of: path)
    return name.firstRange(of: "tfevents.").map { String(name[$0.upperBound...]) } ?? name
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  private mutating func read(_ index: Int, _ run: inout ForeignRun) throws(RunError) -> Int {
    var source = sources[index]
    // Its buffer has one owner, so that it is not copied.
    sources[index].parser = TFEventsParser()
    defer { sources[index] = source }
    switch try source.file.check() {
    case .none: return 0
    case .goesOn, .appeared: break
    case .restarted:
      run.restart("the event file was begun again", writer: index)
      source.parser = TFEventsParser()
    }
    guard let descriptor = source.file.file else { return 0 }
    let bytes = try descriptor.read(upTo: Self.piece)
    guard !bytes.isEmpty else { return 0 }
    source.file.note(bytes: bytes.count)
    var name = source.prefix
    let (start, hasRole) = (name.count, source.hasRole)
    let damage = bytes.withUnsafeBytes { bytes in
      source.parser.append(bytes) { record in
        let scalars = TFScalars(record) { tag, number in
          guard start > 0 else { return run.add(number, name: tag, hasRole: hasRole) }
          name.removeLast(name.count - start)
          name.append(contentsOf: tag)
          name.withUnsafeBytes { run.add(number, name: $0, hasRole: hasRole) }
        }
        guard let scalars else {
          run.dropRow()
          return false
        }
        for other in scalars.others { run.pass(over: other) }
        run.endRow(step: Double(scalars.step), wallTime: scalars.wallTime, writer: index)
        return true
      }
    }
    if let first = damage.first {
      run.warn(
        "\(SafeText.printable(source.file.path)): \(first)",
        advice: "What came before it is shown, and reading goes on after it.")
    }
    return bytes.count
  }
}

/// The folders that hold a run's event files, and what they mean: parts of one run, such as
/// `train/` and `validation/` and those of `add_scalars`, or a run each.
struct LogFolders {
  private let common: String
  /// The runs, by the folder each is in; one that is empty where all files are one run's.
  let runs: [String]

  init(_ folders: some Collection<String>) {
    let unique = Set(folders).sorted()
    // A single folder is the run itself, unless its name is that of a part.
    var common = unique.first ?? ""
    for folder in unique {
      while !common.isEmpty, folder != common, !folder.hasPrefix(common + "/") {
        common = common.lastIndex(of: "/").map { String(common[..<$0]) } ?? ""
      }
    }
    if unique.count == 1, Self.isPart(FileTree.name(of: common)) {
      common = common.lastIndex(of: "/").map { String(common[..<$0]) } ?? ""
    }
    self.common = common
    let rest = unique.map { Self.rest($0, common) }
    let tops = Set(rest.map(Self.top))
    // Files beside the folders belong to the program that made the folders.
    let isOne = tops.contains("") || tops.count < 2 || tops.allSatisfy(Self.isPart)
    runs = isOne ? [""] : tops.sorted()
    hasParts = isOne && (tops.contains("") || tops.contains(where: Self.isPart))
  }

  /// Whether files stand in several places that belong together.
  let hasParts: Bool

  /// The run that a folder belongs to; empty where there is one only.
  func run(of folder: String) -> String {
    runs == [""] ? "" : Self.top(Self.rest(folder, common))
  }

  /// What stands before the names of the series in a folder.
  func prefix(of folder: String) -> [UInt8] {
    let rest = Self.rest(folder, common)
    return rest.isEmpty ? [] : Array((rest + "/").utf8)
  }

  static func isPart(_ name: String) -> Bool {
    let words = ForeignNames.words(of: name)
    return ForeignNames.isValidation(words) || ForeignNames.isTraining(words)
  }

  private static func rest(_ folder: String, _ common: String) -> String {
    common.isEmpty
      ? folder : folder == common ? "" : String(folder.dropFirst(common.count + 1))
  }

  private static func top(_ path: String) -> String {
    String(path.prefix { $0 != "/" })
  }
}
