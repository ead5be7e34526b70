import FileFormats
import SequenceData
import Sessions
import Training
import TrainingEvents

/// One preset as `unfold presets` lists it.
struct PresetListing {
  let name: String
  let title: String
  let lecture: String
  let task: String
  let data: String
  let licence: String
  /// Whether its data is here.
  let isAvailable: Bool
  /// What brings the data; nil when it comes with the program.
  let command: String?

  init(name: String) throws {
    let preset = try PresetLibrary.preset(name)
    self.name = name
    title = preset.title
    lecture = preset.lecture
    task = preset.task.kind.rawValue
    let source = preset.task.data
    data = DataCatalogue.title(of: source)
    licence = DataCatalogue.licence(of: source)
    isAvailable = DataCatalogue.isAvailable(source, dataDirectories: DataDirectories.all)
    command = DataCatalogue.command(toFetch: source)
  }

  static func table(_ rows: [PresetListing]) -> String {
    let width = rows.map(\.name.count).max() ?? 0
    return rows.map { row in
      let name = row.name + String(repeating: " ", count: width - row.name.count)
      let here = row.isAvailable ? "" : row.command.map { "  (bring it with \($0))" } ?? ""
      let indent = String(repeating: " ", count: width + 2)
      return "\(name)  \(row.title)\n\(indent)\(row.lecture)\n"
        + "\(indent)\(row.task) on \(row.data), \(row.licence)\(here)"
    }.joined(separator: "\n")
  }
}

extension PresetListing {
  /// The array that `unfold presets --json` prints.
  static func json(_ rows: [PresetListing]) -> String {
    let values = rows.map { JSONValue.object($0.object) }
    return String(decoding: JSONValue.array(values).encoded(), as: UTF8.self)
  }

  /// The object that `unfold presets NAME --json` prints: the same keys, and the file's text.
  func json(with text: String) -> String {
    var object = object
    object["yaml"] = .string(text)
    return String(decoding: JSONValue.object(object).encoded(), as: UTF8.self)
  }

  private var object: JSONObject {
    [
      "name": .string(name), "title": .string(title), "lecture": .string(lecture),
      "task": .string(task), "data": .string(data), "licence": .string(licence),
      "available": .bool(isAvailable),
    ]
  }
}
