import SequenceData

extension Preset {
  /// Sets one key, as `--set path=value` does.
  ///
  /// - Throws: `PresetError` that names the key, what was found and what was expected, and the
  ///   nearest known name.
  public mutating func set(_ path: String, to value: String) throws(PresetError) {
    try assign(path, PresetValue(argument: value), at: path)
  }

  /// Carries out `path=value`.
  /// - Throws: `PresetError` when there is no `=`, or as `set` does.
  public mutating func set(argument: String) throws(PresetError) {
    guard let equals = argument.firstIndex(of: "=") else {
      throw PresetError(
        description:
          "--set \(PresetValue.quote(argument)): expected path=value, "
          + "such as training.optimizer.learning-rate=0.01")
    }
    let path = String(argument[..<equals]).trimmingSpaces
    let value = PresetValue(argument: String(argument[argument.index(after: equals)...]))
    try assign(path, value, at: "--set \(path)")
  }

  /// - Parameters:
  ///   - place: where the value stands, for messages: `FILE:LINE: KEY` or `--set KEY`
  mutating func assign(
    _ path: String, _ value: PresetValue, at place: String
  ) throws(PresetError) {
    // `optimizer: adam` is short for `optimizer: { name: adam }`.
    let key = PresetKeys.byPath[path] ?? PresetKeys.byPath[path + ".name"]
    guard let key else {
      throw PresetError(description: place + ": " + Self.unknown(path))
    }
    guard key.write(&self, value) else {
      var text = "\(place): found \(value.quoted), expected \(key.expected)"
      if case .scalar(let name) = value,
        let near = EditDistance.nearest(to: name, among: key.choices)
      {
        text += "; did you mean \(near)?"
      }
      throw PresetError(description: text)
    }
  }

  /// What to say of a key that no preset has.
  static func unknown(_ path: String) -> String {
    if PresetKeys.groups.contains(path) {
      let inside = PresetKeys.all.map(\.path).filter { $0.hasPrefix(path + ".") }
        .map { String($0.dropFirst(path.count + 1)) }
      return "this holds further keys: expected one of " + inside.joined(separator: ", ")
    }
    let known = PresetKeys.all.map(\.path) + PresetKeys.groups.sorted()
    if let near = EditDistance.nearest(to: path, among: known) {
      return "unknown key; did you mean \(near)?"
    }
    let last = path.split(separator: ".").last.map(String.init) ?? path
    let ends = PresetKeys.all.map(\.path).filter {
      EditDistance.nearest(to: last, among: [$0.split(separator: ".").last.map(String.init) ?? ""])
        != nil
    }
    if let near = ends.first { return "unknown key; did you mean \(near)?" }
    return "unknown key; `unfold presets words` shows the keys that there are"
  }
}
