import SequenceData

extension Preset {
  /// The complete preset as YAML: every key that has a value, in the table's order. Reads back as
  /// an equal preset.
  public var resolvedText: String {
    var text = ""
    var open: [Substring] = []
    for key in PresetKeys.all {
      guard let value = key.read(self) else { continue }
      let parts = key.path.split(separator: ".")
      let groups = parts.dropLast()
      let shared = zip(open, groups).prefix { $0 == $1 }.count
      for (depth, group) in groups.enumerated().dropFirst(shared) {
        text += String(repeating: "  ", count: depth) + group + ":\n"
      }
      open = Array(groups)
      text += String(repeating: "  ", count: groups.count) + (parts.last ?? "") + ": \(value)\n"
    }
    return text
  }

  /// Every key that has a value, with the value as a preset writes it, in the table's order.
  public var settings: [(key: String, value: String)] {
    PresetKeys.all.compactMap { key in key.read(self).map { (key.path, $0) } }
  }

  /// The keys in which another preset differs, with both values, for comparing runs.
  public func differences(from other: Preset) -> [(key: String, mine: String, theirs: String)] {
    PresetKeys.all.compactMap { key in
      let (mine, theirs) = (key.read(self) ?? "none", key.read(other) ?? "none")
      return mine == theirs ? nil : (key.path, mine, theirs)
    }
  }
}

extension Preset {
  /// Takes the title of the data where the preset's own title was about other data, or is missing.
  /// - Parameter before: the preset before its keys were set, whose title may still stand
  public mutating func retitle(after before: Preset) {
    let isReplaced =
      task.data.format != before.task.data.format || task.data.location != before.task.data.location
    guard title.isEmpty || isReplaced && title == before.title else { return }
    title = DataCatalogue.ownFile(of: task.data) ?? DataCatalogue.title(of: task.data)
  }
}
