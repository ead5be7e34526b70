import FileFormats
import Glibc

/// Where a log stands and what it is, found by what a person named.
struct LogPlace: Sendable {
  enum Kind: Sendable {
    /// Our own record.
    case record
    case lines, table, document, wandb, eventFile, eventFiles
  }

  var kind: Kind
  var path: String

  /// Bytes that are looked at to tell what a file is.
  private static let sniffed = 1 << 16

  /// - Throws: `RunError` when nothing of a log can come of the path.
  static func find(_ path: String) throws(RunError) -> LogPlace {
    if FileTree.isDirectory(path) {
      guard let place = try inDirectory(path) else {
        throw .notARun(
          path: path,
          missing: "events.jsonl, no event file (*tfevents*), .wandb, trainer_state.json, "
            + "metrics.csv or .jsonl file")
      }
      return place
    }
    guard FileTree.isDirectory(FileTree.parent(of: path)) else {
      throw .system(operation: "follow", path: path, code: ENOENT)
    }
    return LogPlace(kind: kind(ofFile: path), path: path)
  }

  /// The log in a directory: the likeliest where there are several; nil where there is none.
  static func inDirectory(_ path: String) throws(RunError) -> LogPlace? {
    if try OpenDirectory(path).status(RunDirectory.eventsName) != nil {
      return LogPlace(kind: .record, path: path)
    }
    let names = try FileTree.names(in: path).filter { !$0.hasPrefix(".") }
    if let log = newestWandb(path, names) { return LogPlace(kind: .wandb, path: log) }
    if !FollowedEventFiles.names(in: path).isEmpty {
      return LogPlace(kind: .eventFiles, path: path)
    }
    for (name, folder, kind) in [
      ("trainer_state.json", "checkpoint-", Kind.document), ("metrics.csv", "version_", .table),
    ] {
      // Those of later checkpoints and versions hold what the earlier ones held, too, or are newer.
      let folders = names.filter { $0.hasPrefix(folder) }.sorted(by: NaturalOrder.precedes)
      let files = [name] + folders.reversed().map { $0 + "/" + name }
      for file in files where FileTree.status(path + "/" + file)?.isRegular == true {
        return LogPlace(kind: kind, path: path + "/" + file)
      }
    }
    let logs = names.filter { name in
      [".jsonl", ".ndjson", ".csv"].contains { name.hasSuffix($0) }
    }
    // The one that was written last.
    let newest = logs.max {
      (FileTree.status(path + "/" + $0)?.modified ?? 0)
        < (FileTree.status(path + "/" + $1)?.modified ?? 0)
    }
    return newest.map { LogPlace(kind: kind(ofFile: path + "/" + $0), path: path + "/" + $0) }
  }

  /// W&B keeps a directory for each run, below one named `wandb`.
  private static func newestWandb(_ path: String, _ names: [String]) -> String? {
    if let file = names.last(where: FollowedWandb.isLog) { return path + "/" + file }
    let below = names.contains("wandb") ? path + "/wandb" : path
    let runs = ((try? FileTree.names(in: below)) ?? []).filter {
      $0.hasPrefix("run-") || $0.hasPrefix("offline-run-")
    }
    // Their names hold the time they began at, behind the prefix.
    for run in runs.sorted(by: { $0.suffix(24) > $1.suffix(24) }) {
      let files = (try? FileTree.names(in: below + "/" + run)) ?? []
      if let file = files.last(where: FollowedWandb.isLog) { return "\(below)/\(run)/\(file)" }
    }
    return nil
  }

  private static func kind(ofFile path: String) -> Kind {
    let name = FileTree.name(of: path)
    if name == RunDirectory.eventsName { return .record }
    if FollowedEventFiles.isEventFile(name) { return .eventFile }
    if FollowedWandb.isLog(name) { return .wandb }
    let lower = name.lowercased()
    if lower.hasSuffix(".csv") || lower.hasSuffix(".tsv") { return .table }
    // Only a regular file can be looked into without taking something away.
    guard let file = try? FileDescriptor.regular(path), let head = try? file.read(upTo: sniffed)
    else { return lower.hasSuffix(".json") ? .document : .lines }
    return kind(ofContent: head, isJSON: lower.hasSuffix(".json"))
  }

  private static func kind(ofContent head: [UInt8], isJSON: Bool) -> Kind {
    if head.starts(with: ":W&B".utf8) { return .wandb }
    let text = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head[3...] : head[...]
    // A record of our own keeps its meaning under any name.
    for event in ["recording", "started"] where text.starts(with: "{\"event\":\"\(event)\"".utf8) {
      return .record
    }
    let visible = text.drop { $0 <= 0x20 }
    guard let first = visible.first else { return isJSON ? .document : .lines }
    let next = visible.dropFirst().first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D } ?? 0
    if first == UInt8(ascii: "["), next == UInt8(ascii: "{") || next == 0x0A { return .document }
    if first == UInt8(ascii: "{") {
      if next == 0x0A || isJSON && !isLines(Array(visible)) { return .document }
      return .lines
    }
    return isTable(text) ? .table : .lines
  }

  /// Whether another object stands behind the first.
  private static func isLines(_ text: [UInt8]) -> Bool {
    text.withUnsafeBufferPointer { bytes in
      var numbers = FlatNumbers()
      var scanner = LogObjectScanner(bytes)
      guard let first = (try? scanner.object(into: &numbers)) ?? nil else { return false }
      return bytes[first.upperBound...].contains(UInt8(ascii: "{"))
    }
  }

  /// Whether the first two lines are a header and as many numbers or blanks.
  private static func isTable(_ text: ArraySlice<UInt8>) -> Bool {
    let lines = text.split(separator: 0x0A, maxSplits: 2).map { line in
      Array(line.last == 0x0D ? line.dropLast() : line)
    }
    guard lines.count >= 2, !lines[0].contains(UInt8(ascii: "{")) else { return false }
    for separator in LogTableRow.separators {
      let rows = lines.prefix(2).map { line in
        line.withUnsafeBufferPointer { LogTableRow.fields($0, separator) }
      }
      let isNumbers = rows[1].allSatisfy { field in
        field.isEmpty || field.withUnsafeBufferPointer { LogNumber.parse($0) } != nil
      }
      if rows[0].count > 1, rows[0].count == rows[1].count, isNumbers { return true }
    }
    return false
  }

  /// What reads the log; nil for a record of our own.
  var log: (any ForeignLog)? {
    switch kind {
    case .record: nil
    case .lines: FollowedLines(path: path)
    case .table: FollowedTable(path: path)
    case .document: FollowedDocument(path: path)
    case .wandb: FollowedWandb(path: path)
    case .eventFile: FollowedEventFiles(file: path)
    case .eventFiles: FollowedEventFiles(directory: path)
    }
  }
}

extension LogPlace {
  /// The logs in a directory, as paths: files by their names, directories by what they hold. Event
  /// files of one run in several folders are one log.
  static func logs(in parent: String) -> [String] {
    guard let names = try? FileTree.names(in: parent).filter({ !$0.hasPrefix(".") }) else {
      return []
    }
    let folders = LogFolders(
      FollowedEventFiles.names(in: parent).map { path in
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
      })
    // One run whose event files stand here and in folders for its parts.
    let isRun = folders.runs == [""] && folders.hasParts
    let found = names.filter { name in
      let path = parent + "/" + name
      guard let status = FileTree.status(path) else { return false }
      if status.isDirectory {
        guard let place = try? inDirectory(path) else { return false }
        return place.kind != .record && !(isRun && place.kind == .eventFiles)
      }
      return status.isRegular && (isLogName(name) || FollowedEventFiles.isEventFile(name) && !isRun)
    }
    return (isRun ? [parent] : []) + found.map { parent + "/" + $0 }
  }

  static func isLogName(_ name: String) -> Bool {
    let lower = name.lowercased()
    return [".jsonl", ".ndjson", ".wandb"].contains { lower.hasSuffix($0) }
      || lower.hasSuffix(".csv") && (lower.contains("metric") || lower.contains("log"))
      || lower == "trainer_state.json"
  }
}
