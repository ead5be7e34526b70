import TrainingEvents

/// Sets of units that somebody wants to be followed, and what was told of them.
struct FollowedUnits {
  private(set) var sets: [KeptUnits]
  /// The newest count of each by name.
  private var told: [String: Int] = [:]

  init(_ sets: [KeptUnits]) { self.sets = sets }

  var isEmpty: Bool { sets.isEmpty }

  /// Whether there is room for a set.
  func fits(_ units: KeptUnits) -> Bool {
    sets.count < KeptUnits.most || sets.contains { $0.name == units.name }
  }

  mutating func note(_ record: CommandRecord) {
    sets.note(record)
    if let name = record.units?.name { told[name] = nil }
  }

  /// How many units of each set are on in a frame that shows its passage.
  /// - Parameters:
  ///   - frame: the states
  ///   - isSparse: whether such frames are few, so that a count is told that did not change
  mutating func values(in frame: HiddenStateFrame, isSparse: Bool) -> [NamedValues] {
    sets.compactMap { set in
      guard let count = set.count(in: frame) else { return nil }
      guard isSparse || count != told[set.name] else { return nil }
      told[set.name] = count
      return NamedValues(name: set.seriesName, steps: [frame.step], numbers: [Double(count)])
    }
  }

  /// After going back to a step: what was counted later never was.
  /// - Returns: sets that were taken from later states; they count from this step on
  mutating func goBack(to step: Int) -> [KeptUnits] {
    told = [:]
    let late = sets.indices.filter { sets[$0].since > step }
    for index in late { sets[index].since = step }
    return late.map { sets[$0] }
  }
}
