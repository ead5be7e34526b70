import Foundation

/// The modules of the house from top to bottom, and which of those below each may import.
enum ModuleWalls {
  /// A module imports only modules after it here, and of those only the ones it lists.
  static let allowed: [(module: String, imports: Set<String>)] = [
    (
      "unfold",
      [
        "Sessions", "NcursesTerminal", "Runs", "Training", "SequenceData", "RecurrentNetworks",
        "TrainingEvents", "FileFormats", "Presets",
      ]
    ),
    (
      "Sessions",
      [
        "NcursesTerminal", "Dashboard", "Runs", "MessagePassing", "Training", "SequenceData",
        "RecurrentNetworks", "TrainingEvents", "TerminalGraphics", "FileFormats",
      ]
    ),
    ("NcursesTerminal", ["TerminalGraphics", "CNcurses", "CTerminalRestore"]),
    ("Dashboard", ["TrainingEvents", "TerminalGraphics"]),
    (
      "Runs",
      [
        "Training", "SequenceData", "RecurrentNetworks", "TrainingEvents", "TerminalGraphics",
        "FileFormats", "LinearAlgebra", "CProcess",
      ]
    ),
    ("MessagePassing", ["Training", "CMPI"]),
    (
      "Training",
      [
        "SequenceData", "RecurrentNetworks", "TrainingEvents", "FileFormats", "LinearAlgebra",
        "Presets",
      ]
    ),
    ("SequenceData", ["TrainingEvents", "FileFormats", "LinearAlgebra"]),
    ("RecurrentNetworks", ["LinearAlgebra"]),
    ("TrainingEvents", ["FileFormats"]),
    ("TerminalGraphics", []),
    ("FileFormats", ["CZlib"]),
    ("LinearAlgebra", ["COpenBLAS", "CVectorMath"]),
    ("Presets", ["CEmbeddedFiles"]),
    ("CNcurses", []),
    ("COpenBLAS", []),
    ("CZlib", []),
    ("CMPI", []),
    ("CTerminalRestore", []),
    ("CProcess", []),
    ("CVectorMath", []),
    ("CEmbeddedFiles", []),
  ]

  static let names = Set(allowed.map(\.module))

  /// Libraries from outside, and who may use them.
  static let libraries: [String: Set<String>] = [
    "ArgumentParser": ["unfold"], "Yams": ["Training"],
  ]

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func directory(of module: String) -> URL {
    module == "Presets"
      ? root.appending(path: "presets") : root.appending(path: "Sources/\(module)")
  }

  /// Every Swift file of a module.
  static func files(of module: String) -> [URL] {
    let walker = FileManager.default.enumerator(
      at: directory(of: module), includingPropertiesForKeys: nil)
    return (walker?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }

  /// Modules that a file imports, in any of the forms an import takes.
  static func imports(in file: URL) throws -> Set<String> {
    var found: Set<String> = []
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let place = words.firstIndex(of: "import"),
        words[..<place].allSatisfy({ $0.hasPrefix("@") || access.contains($0) })
      else { continue }
      let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
      let name = words[(place + 1)...].first { !kinds.contains($0) } ?? ""
      found.insert(String(name.prefix { $0 != "." }))
    }
    return found
  }

  private static let access: Set<String> = ["public", "package", "internal", "private"]
}
