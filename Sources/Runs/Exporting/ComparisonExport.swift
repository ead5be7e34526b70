import FileFormats
import TrainingEvents

/// Several runs in one picture and one table.
public enum ComparisonExport {
  static let name = "comparison"

  /// Writes the loss of all runs as one SVG, a hue each, and everything that they logged as one CSV,
  /// one row a step of a run.
  ///
  /// - Parameters:
  ///   - paths: runs, or logs as `follow` takes them
  ///   - place: a directory, made if missing, or a file whose name ends in `.svg` or `.csv`, beside
  ///     which the other is written
  ///   - found: those of the paths that nobody named, which are left out where they cannot be read
  ///   - say: gets what a person should know of the runs as they were read, one line each
  /// - Returns: the files written, the picture first
  /// - Throws: `RunError` when one of the paths leads to no run with a step, or a file cannot be
  ///   written.
  @discardableResult
  public static func export(
    _ paths: [String], to place: String, found: Set<String> = [],
    saying say: (String) -> Void = { _ in }
  ) throws(RunError) -> [String] {
    let base = try base(of: place)
    var runs: [Entry] = []
    for path in paths {
      do throws(RunError) {
        let run = try RecordedRun.read(path)
        for note in run.notes { say(note.hasPrefix(path) ? note : "\(path): \(note)") }
        guard run.history.count > 0 || !run.history.extra.isEmpty else {
          throw .unreadable(path: path, message: "holds no step of a run, nothing to export")
        }
        runs.append(Entry(run))
      } catch {
        guard found.contains(path) else { throw error }
        say("left out: \(error)")
      }
    }
    guard !runs.isEmpty else {
      throw .unreadable(path: place, message: "none of the runs holds a step, nothing to export")
    }
    name(&runs)
    let (picture, table) = (base + ".svg", base + ".csv")
    try AtomicFile.write(RunCharts.losses(runs.map(\.curve)).svg(), to: picture)
    try AtomicFile.write(to: table) {
      (write: ([UInt8]) throws(RunError) -> Void) throws(RunError) in
      try writeTable(runs, to: write)
    }
    return [picture, table]
  }

  /// The files' path without their endings.
  private static func base(of place: String) throws(RunError) -> String {
    let ending = place.suffix(4).lowercased()
    guard ending == ".svg" || ending == ".csv" else {
      if let status = FileTree.status(place), !status.isDirectory {
        throw .unreadable(
          path: place,
          message: "\(status.kind.rawValue), expected a directory or a name ending in .svg or .csv")
      }
      try FileTree.makeDirectories(place)
      return place + (place.hasSuffix("/") ? "" : "/") + name
    }
    try FileTree.makeDirectories(FileTree.parent(of: place))
    return String(place.dropLast(4))
  }

  // MARK: Runs

  /// What is kept of a run until all were read. Its numbers are read again for the table: those of
  /// hundreds of runs have no room at once.
  private struct Entry {
    let path: String
    var overview: RunOverview
    let columns: [String]
    var curve: RunCharts.LossOfRun

    init(_ run: RecordedRun) {
      path = run.path
      overview = RunOverview(id: run.path, name: FileTree.name(of: run.path))
      overview.hyperparameters = RunSettings.read(of: run.path)
      if let description = run.description, overview.hyperparameters.isEmpty {
        overview.hyperparameters = RunSettings.read(of: description)
      }
      columns = MetricsTable.columns(run.history)
      curve = RunCharts.LossOfRun(run.history, of: run.description)
    }
  }

  /// Gives each run a name of its own, and a label of what differs.
  private static func name(_ runs: inout [Entry]) {
    var count: [String: Int] = [:]
    for run in runs { count[run.overview.name, default: 0] += 1 }
    for index in runs.indices where count[runs[index].overview.name] ?? 0 > 1 {
      runs[index].overview.name = runs[index].path
    }
    let overviews = runs.map(\.overview)
    let labels = RunLabels.labels(of: overviews, among: RunLabels(overviews))
    for index in runs.indices { runs[index].curve.name = labels[index] }
  }

  // MARK: The table

  private static func writeTable(
    _ runs: [Entry], to write: ([UInt8]) throws(RunError) -> Void
  ) throws(RunError) {
    var columns = ["run", "settings"]
    var places: [String: Int] = [:]
    for run in runs {
      for column in run.columns where places[column] == nil {
        places[column] = columns.count
        columns.append(column)
      }
    }
    var table = CSVWriter(columns: columns)
    for run in runs {
      let read = try RecordedRun.read(run.path)
      let own = MetricsTable.columns(read.history).map { places[$0] }
      try MetricsTable.forEachRow(read.history, of: read.description) {
        (fields: [CSVWriter.Field]) throws(RunError) in
        var row = [CSVWriter.Field](repeating: .empty, count: columns.count)
        (row[0], row[1]) = (.text(run.overview.name), .text(run.curve.name))
        for (place, field) in zip(own, fields) {
          // A series that came between the two readings has no column.
          if let place { row[place] = field }
        }
        table.append(row)
        if table.bytes.count > 1 << 16 { try write(table.takeBytes()) }
      }
    }
    try write(table.takeBytes())
  }
}
