import RecurrentNetworks

/// A key of the preset that a sweep goes over, and its values.
public struct SweepAxis: Sendable, Equatable {
  /// Such as `network.cell`.
  public var key: String
  /// As `--set` takes them, in the order in which they are trained.
  public var values: [String]

  public init(key: String, values: [String]) {
    (self.key, self.values) = (key, values)
  }

  /// Takes `path=a,b,c`, as of `--over`.
  /// - Throws: `PresetError` when there is no value, or one stands there twice.
  public init(argument: String) throws(PresetError) {
    guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
      throw PresetError(
        description: "--over \(PresetValue.quote(argument)): expected path=value,value, "
          + "such as network.cell=tanh,lstm")
    }
    key = String(argument[..<equals]).trimmingSpaces
    values = argument[argument.index(after: equals)...]
      .split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmingSpaces }
    if values.contains("") {
      throw PresetError(
        description: "--over \(key): found a value that is empty, expected values with commas "
          + "between them")
    }
    for (index, value) in values.enumerated() where values[..<index].contains(value) {
      throw PresetError(
        description: "--over \(key): \(PresetValue.quote(value)) stands there twice")
    }
  }
}

/// A preset trained once for each combination of values of some of its keys.
public struct SweepPlan: Sendable, Equatable {
  /// One combination.
  public struct Member: Sendable, Equatable {
    /// The name of its run's directory, such as `cell=lstm,seed=2`.
    public var name: String
    /// One for each axis, in their order.
    public var values: [String]
    /// What is set beside the preset, each as `path=value`.
    public var settings: [String]
    /// The preset as it is trained.
    public var preset: Preset
  }

  /// The key whose values only repeat a combination: what varies over it is chance.
  public static let seedKey = "training.seed"
  /// What is gone over where nobody says, for presets that are made to be compared.
  public static let standardAxes = [
    "state-tracking": [
      SweepAxis(
        key: "task.data.synthetic",
        values: ["parity", "modular", "dyck-1", "dyck-2", "reber-states", "copy", "s5"]),
      SweepAxis(key: "network.cell", values: CellKind.allCases.map(\.rawValue)),
      SweepAxis(key: seedKey, values: ["1", "2", "3", "4", "5"]),
    ]
  ]
  /// Combinations beyond which a mistake is likelier than a wish.
  public static let most = 10_000

  /// A preset's name, or the path of a preset file.
  public var preset: String
  /// Keys that are the same in all runs, each as `path=value`.
  public var settings: [String]
  /// What is gone over, the slowest first.
  public var axes: [SweepAxis]
  /// Training steps of each run; nil for the preset's own.
  public var steps: Int?

  public init(
    preset: String = PresetLibrary.standard, settings: [String] = [], axes: [SweepAxis],
    steps: Int? = nil
  ) {
    (self.preset, self.settings, self.axes, self.steps) = (preset, settings, axes, steps)
  }

  /// All combinations, those of the first axis farthest apart.
  ///
  /// - Throws: `PresetError` for a key or a value that no preset has, and for one that is asked for
  ///   in two ways.
  public func members() throws(PresetError) -> [Member] {
    try check()
    let base = try PresetLibrary.preset(preset)
    let short = Self.shortNames(of: axes.map(\.key))
    var combinations: [[String]] = [[]]
    for axis in axes {
      combinations = combinations.flatMap { start in axis.values.map { start + [$0] } }
    }
    var members: [Member] = []
    var names: Set<String> = []
    for values in combinations {
      let chosen = zip(axes, values).map { "\($0.key)=\($1)" }
      var preset = base
      do throws(PresetError) {
        try preset.set(arguments: settings + chosen)
      } catch {
        throw Self.said(of: axes, error)
      }
      preset.retitle(after: base)
      if let steps { preset.training.steps = steps }
      var name = zip(short, values).map { "\($0)=\(Self.fileName(of: $1))" }.joined(separator: ",")
      if !names.insert(name).inserted {
        name += ",\(members.count + 1)"
        names.insert(name)
      }
      members.append(
        Member(name: name, values: values, settings: settings + chosen, preset: preset))
    }
    return members
  }

  /// A mistake in a value under the name that it was given by.
  private static func said(of axes: [SweepAxis], _ error: PresetError) -> PresetError {
    for axis in axes where error.description.hasPrefix("--set \(axis.key):") {
      return PresetError(
        description: "--over" + error.description.dropFirst("--set".count))
    }
    return error
  }

  private func check() throws(PresetError) {
    guard !axes.isEmpty else {
      throw PresetError(
        description: "a sweep goes over some key: expected --over path=value,value, "
          + "such as --over network.cell=tanh,lstm")
    }
    let set = settings.map { String($0.prefix { $0 != "=" }) }
    for (index, axis) in axes.enumerated() {
      if axes[..<index].contains(where: { $0.key == axis.key }) {
        throw PresetError(description: "--over \(axis.key) is given twice")
      }
      if set.contains(axis.key) || axis.key == "training.steps" && steps != nil {
        throw PresetError(description: "\(axis.key) is set, and gone over by --over: use either")
      }
    }
    let count = axes.reduce(1.0) { $0 * Double($1.values.count) }
    if count > Double(Self.most) {
      throw PresetError(
        description: "\(axes.map { "\($0.values.count)" }.joined(separator: " × ")) combinations: "
          + "expected at most \(Self.most)")
    }
  }

  /// The last part of each key, and more of it where two end alike.
  public static func shortNames(of keys: [String]) -> [String] {
    keys.map { key in
      let parts = key.split(separator: ".")
      for count in 1...max(1, parts.count) {
        let name = parts.suffix(count).joined(separator: ".")
        if keys.allSatisfy({ $0 == key || !("." + $0).hasSuffix("." + name) }) { return name }
      }
      return key
    }
  }

  /// A value as a part of a file's name.
  private static func fileName(of value: String) -> String {
    let last = value.split(separator: "/").last.map(String.init) ?? value
    return String(
      String.UnicodeScalarView(
        last.unicodeScalars.prefix(40).map { scalar in
          let isSafe =
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            || ".-_+".unicodeScalars.contains(scalar)
          return isSafe ? scalar : "-"
        }))
  }
}
