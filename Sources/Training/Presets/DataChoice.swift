import SequenceData

/// A preset for a file of data that a person names in a preset's place, chosen by what the file is.
public struct DataChoice: Sendable, Equatable {
  /// The preset that the file is trained as.
  var base: String
  var format: DataSource.Format
  /// For the log: what the file is, and what it is trained as.
  public var note: String

  /// The base preset with the file for its data.
  func preset(_ path: String) throws(PresetError) -> Preset {
    guard let text = PresetLibrary.text(of: base) else {
      throw PresetError(description: "no preset is named \(base)")
    }
    var preset = try Preset(yaml: text, file: base + ".yaml", name: base)
    preset.name = PresetLibrary.stem(of: path)
    try preset.set("task.data.\(format.rawValue)", to: path)
    if base == "connected-digits" { preset.task.data.joined = nil }
    return preset
  }
}

extension PresetLibrary {
  /// What to train a file of data as; nil for a preset's name or file, and for what is not there.
  public static func choice(for path: String) -> DataChoice? {
    guard text(of: path) == nil, FileBytes.exists(path) else { return nil }
    let file = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return nil }
    func choice(_ base: String, _ format: DataSource.Format, _ what: String) -> DataChoice {
      DataChoice(
        base: base, format: format, note: "\(file) is \(what): trained as the preset \(base)")
    }
    switch file[file.index(after: dot)...].lowercased() {
    case "csv": return choice("sunspots", .csv, "a table of numbers over time")
    case "npy": return choice("sunspots", .npy, "an array of numbers over time")
    case "npz": return choice("spoken-digits", .npz, "labelled recordings")
    case "ts": return choice("speakers", .ts, "labelled recordings")
    case "tsv", "tab":
      switch FileShape.table(path) {
      case .recordings: return choice("speakers", .tsv, "labelled recordings")
      case .numbers: return choice("sunspots", .csv, "a table of numbers over time")
      case .labelled: return choice("sentiment", .tsv, "texts with labels")
      case .pairs: return choice("translate", .tsv, "texts in pairs")
      }
    case "jsonl", "ndjson", "json":
      switch FileShape.keys(path) {
      case let keys where keys.contains("source"):
        return choice("translate", .jsonl, "sequences in pairs")
      case let keys where keys.contains("vector"):
        return choice("caption-hangul", .jsonl, "vectors with sequences")
      case let keys where keys.contains("target"):
        return keys.contains("tokens")
          ? choice("sentiment", .jsonl, "labelled sequences of symbols")
          : choice("spoken-digits", .jsonl, "labelled recordings")
      case let keys where keys.contains("targets"):
        return choice("connected-digits", .jsonl, "sequences with a label at every time step")
      case let keys where keys.contains("tokens"):
        return choice("shakespeare", .jsonl, "sequences of symbols")
      default: return choice("sunspots", .jsonl, "numbers over time")
      }
    case "yaml", "yml": return nil
    case "txt", "text", "md", "log", "html", "xml", "tex", "py", "swift", "c", "h", "js":
      return FileShape.isList(path)
        ? choice("words", .lines, "a list, one item a line") : choice("shakespeare", .text, "text")
    default: return nil
    }
  }
}
