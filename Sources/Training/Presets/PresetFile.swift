import SequenceData
import Yams

extension Preset {
  /// Bytes of the longest preset that is read.
  static let longestFile = 1_000_000

  /// Reads a preset file.
  ///
  /// - Parameters:
  ///   - yaml: the file's text
  ///   - file: its name for messages
  ///   - name: the preset's name
  /// - Throws: `PresetError` that names file, line and key.
  public init(yaml: String, file: String, name: String) throws(PresetError) {
    self.init()
    self.name = name
    guard yaml.utf8.count <= Self.longestFile else {
      throw PresetError(description: "\(file): too long for a preset (over 1 MB)")
    }
    if let problem = PresetEvents.problem(in: yaml) {
      throw PresetError(description: "\(file):\(problem.line): \(problem.text)")
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch {
      throw PresetError(description: "\(file)\(PresetFile.reason(of: error))")
    }
    guard let root, case .mapping(let mapping) = root else {
      throw PresetError(
        description: "\(file): expected keys such as task, network and training, found "
          + (root == nil ? "nothing" : "no mapping"))
    }
    var reader = PresetFile(file: file)
    try reader.read(mapping, under: "", depth: 0, into: &self)
  }
}

/// Walks through a preset file's nodes.
private struct PresetFile {
  let file: String
  private var format: String?

  init(file: String) {
    self.file = file
  }

  mutating func read(
    _ mapping: Node.Mapping, under prefix: String, depth: Int, into preset: inout Preset
  ) throws(PresetError) {
    var seen: Set<String> = []
    for (keyNode, value) in mapping {
      guard let key = keyNode.scalar?.string else {
        throw PresetError(description: "\(place(keyNode)): a key must be a word")
      }
      let path = prefix.isEmpty ? key : prefix + "." + key
      let place = "\(place(keyNode)): \(path)"
      guard seen.insert(key).inserted else {
        throw PresetError(description: "\(place): this key is given twice")
      }
      if path.hasPrefix("task.data."), DataSource.Format(rawValue: key) != nil {
        if let format {
          throw PresetError(
            description: "\(place): data has one format, \(format) is given already")
        }
        format = key
      }
      switch value {
      case .mapping(let inner):
        guard PresetKeys.groups.contains(path), depth < 4 else {
          let problem =
            PresetKeys.byPath[path].map { "found further keys, expected \($0.expected)" }
          throw PresetError(description: "\(place): \(problem ?? Preset.unknown(path))")
        }
        try read(inner, under: path, depth: depth + 1, into: &preset)
      case .sequence(let items):
        try preset.assign(path, .list(items.compactMap(\.scalar?.string)), at: place)
      case .scalar(let scalar):
        let isPlain = scalar.style == .plain || scalar.style == .any
        try preset.assign(
          path, isPlain ? PresetValue(scalar: scalar.string) : .scalar(scalar.string), at: place)
      default:
        throw PresetError(description: "\(place): aliases are not supported here")
      }
    }
  }

  private func place(_ node: Node) -> String {
    node.mark.map { "\(file):\($0.line)" } ?? file
  }

  /// Where the text stops being YAML, and why, in one line.
  static func reason(of error: any Error) -> String {
    guard let error = error as? YamlError else { return ": not YAML" }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return ":\(mark.line): not YAML: \(problem)"
    case .reader(let problem, _, _, _): return ": not YAML: \(problem)"
    case .duplicatedKeysInMapping: return ": not YAML: a key is given twice in one place"
    default: return ": not YAML"
    }
  }
}
