import SequenceData
import TrainingEvents

extension Preset {
  /// Sets one key, as `--set path=value` does. A key that names other data, `task.data.FORMAT`,
  /// forgets what described the old.
  ///
  /// - Throws: `PresetError` that names the key, what was found and what was expected, and the
  ///   nearest known name.
  public mutating func set(_ path: String, to value: String) throws(PresetError) {
    let before = task.data
    try assign(path, PresetValue(argument: value), at: path)
    if Self.format(named: path) != nil, isOther(before) { forgetData() }
  }

  private func isOther(_ data: DataSource) -> Bool {
    data.location != task.data.location || data.format != task.data.format
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
    let before = task.data
    try assign(path, value, at: "--set \(path)")
    if Self.format(named: path) != nil, isOther(before) { forgetData() }
  }

  /// Carries out `path=value` one after the other, whatever names data first: `--set
  /// task.data.test=B --set task.data.csv=A` is data with a test set, in either order.
  public mutating func set(arguments: [String]) throws(PresetError) {
    let data = arguments.filter { Self.format(named: $0.prefix { $0 != "=" }) != nil }
    let others = arguments.filter { Self.format(named: $0.prefix { $0 != "=" }) == nil }
    for argument in data + others { try set(argument: argument) }
  }

  /// The format of `task.data.FORMAT`; nil for other keys.
  private static func format(named path: some StringProtocol) -> DataSource.Format? {
    let path = String(path).trimmingSpaces
    guard path.hasPrefix("task.data.") else { return nil }
    return DataSource.Format(rawValue: String(path.dropFirst("task.data.".count)))
  }

  /// Other data than the preset's has another test set, other columns and classes, is written in
  /// another way, and makes another title.
  mutating func forgetData() {
    task.data.test = nil
    task.data.columns = []
    task.data.table = .init()
    task.data.missing = nil
    task.classes = nil
    title = DataCatalogue.ownFile(of: task.data) ?? DataCatalogue.title(of: task.data)
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
