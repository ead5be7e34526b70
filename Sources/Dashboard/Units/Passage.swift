import TrainingEvents

/// The last texts that the network was seen reading, one after the other, with the activations of
/// one map: long enough to tell what a unit answers to.
struct Passage: Sendable {
  /// Symbols kept at most.
  static let longest = 4_000
  /// Numbers kept at most, over all units.
  static let most = 1_000_000

  /// Stands between two texts; no unit has a value there.
  static let gap = "⋯"

  private(set) var symbols: [String] = []
  /// Where the newest text begins in `symbols`.
  private(set) var newest = 0
  private(set) var map = StateMap(name: "", units: 0, values: [])

  /// Takes in a frame. The same text read again takes the place of its last reading.
  mutating func add(_ frame: HiddenStateFrame, _ map: StateMap) {
    let columns = min(map.columns, frame.symbols.count)
    guard columns > 0 else { return }
    let text = Array(frame.symbols.prefix(columns))
    let isSameMap =
      map.name == self.map.name && map.units == self.map.units && map.lowest == self.map.lowest
    if !isSameMap {
      self = Passage()
      self.map = StateMap(
        name: map.name, units: map.units, values: [], lowest: map.lowest, highest: map.highest)
    } else if Array(symbols[newest...]) == text {
      symbols.removeLast(symbols.count - newest)
      self.map.values.removeLast(self.map.values.count - newest * map.units)
    } else {
      symbols.append(Self.gap)
      self.map.values += [Float](repeating: .nan, count: map.units)
    }
    newest = symbols.count
    symbols += text
    self.map.values += map.values.prefix(columns * map.units)
    shorten()
  }

  /// The oldest texts leave first.
  private mutating func shorten() {
    let room = min(Self.longest, Self.most / max(1, map.units))
    let excess = min(symbols.count - room, newest)
    // A quarter at a time: every symbol behind moves.
    guard excess > 0 else { return }
    let cut = min(newest, excess + room / 4)
    symbols.removeFirst(cut)
    map.values.removeFirst(cut * map.units)
    newest -= cut
  }
}
