import TrainingEvents

/// A fixed passage of held-out data with the activations of one map, or, where a run brings none, the
/// last texts that the network was seen reading, each once.
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
  /// Whether it is a passage that was chosen once, and not texts that happened to be seen.
  private(set) var isFixed = false

  init() {}

  /// A fixed passage, with a gap before every stretch but the first.
  init(_ frame: PassageFrame) {
    let units = frame.map.units
    let count = min(frame.symbols.count, frame.map.columns)
    map = StateMap(
      name: frame.map.name, units: units, values: [], lowest: frame.map.lowest,
      highest: frame.map.highest, isBounded: frame.map.isBounded)
    isFixed = true
    let bounds = frame.starts.filter { $0 > 0 && $0 < count }
    for (start, end) in zip([0] + bounds, bounds + [count]) where start < end {
      if start > 0 {
        symbols.append(Self.gap)
        map.values += [Float](repeating: .nan, count: units)
      }
      symbols += frame.symbols[start..<end]
      map.values += frame.map.values[(start * units)..<(end * units)]
    }
  }

  /// Distinct positions, the gaps between stretches not among them.
  var positions: Int { symbols.count { $0 != Self.gap } }

  /// What stands between two symbols of it on screen: numbers and words are set apart, characters
  /// of a text are not.
  var separator: String { Self.separator(of: symbols) }

  static func separator(of symbols: [String]) -> String {
    let read = symbols.filter { $0 != gap }
    let areCharacters = read.allSatisfy { $0.count <= 1 }
    let areNumbers = read.allSatisfy { $0.allSatisfy(\.isNumber) }
    return areCharacters && !areNumbers ? "" : " "
  }

  /// Takes in a frame. The same text read again takes the place of its last reading.
  mutating func add(_ frame: HiddenStateFrame, _ map: StateMap) {
    let columns = min(map.columns, frame.symbols.count)
    guard columns > 0 else { return }
    let text = Array(frame.symbols.prefix(columns))
    let isSameMap =
      !isFixed && map.name == self.map.name && map.units == self.map.units
      && map.lowest == self.map.lowest
    if !isSameMap {
      self = Passage()
      self.map = StateMap(
        name: map.name, units: map.units, values: [], lowest: map.lowest, highest: map.highest,
        isBounded: map.isBounded)
    } else {
      removeText(text)
      if !symbols.isEmpty {
        symbols.append(Self.gap)
        self.map.values += [Float](repeating: .nan, count: map.units)
      }
    }
    newest = symbols.count
    symbols += text
    self.map.values += map.values.prefix(columns * map.units)
    shorten()
  }

  /// The same text is counted once: its earlier reading leaves, with a gap beside it.
  private mutating func removeText(_ text: [String]) {
    for part in symbols.split(separator: Self.gap, omittingEmptySubsequences: false) {
      guard Array(part) == text else { continue }
      var range = part.startIndex..<part.endIndex
      if range.upperBound < symbols.count {
        range = range.lowerBound..<(range.upperBound + 1)
      } else if range.lowerBound > 0 {
        range = (range.lowerBound - 1)..<range.upperBound
      }
      symbols.removeSubrange(range)
      map.values.removeSubrange((range.lowerBound * map.units)..<(range.upperBound * map.units))
      return
    }
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
