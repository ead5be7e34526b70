import TerminalGraphics
import TrainingEvents

/// What a person looks for in all training data: the units that are on throughout a passage of the
/// text that is read.
struct AlikeControls: Sendable {
  /// A set of units with a name, and how many of it are on throughout its passage as training goes on.
  struct Kept: Sendable, Equatable {
    var name: String
    var set: UnitSet
    /// What is read in its passage.
    var symbols: [String]
    /// Where the passage begins, in columns before the last one's end.
    var fromEnd: Int
    private(set) var history: [Count] = []

    struct Count: Sendable, Equatable {
      var step: Int
      var on: Int
    }

    /// Counts kept at most; then every second one leaves.
    private static let most = 512

    init(name: String, set: UnitSet, symbols: [String], fromEnd: Int) {
      (self.name, self.set, self.symbols, self.fromEnd) = (name, set, symbols, fromEnd)
    }

    /// Counts in a frame that shows the same passage; others say nothing.
    mutating func follow(_ frame: HiddenStateFrame) {
      guard let map = frame.maps.first(where: { $0.name == set.map }) else { return }
      let first = map.columns - fromEnd
      let columns = first..<(first + symbols.count)
      guard first >= 0, columns.upperBound <= min(map.columns, frame.symbols.count),
        Array(frame.symbols[columns]) == symbols
      else { return }
      let count = Count(step: frame.step, on: set.count(throughout: columns, of: map))
      // What was undone never was.
      history.removeAll { $0.step >= frame.step }
      history.append(count)
      guard history.count > Self.most else { return }
      history = history.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }

    mutating func forget() { history = [] }
  }

  /// Whether its panel stands in the view of states.
  var isOpen = false
  /// The column in which the passage begins or ends; the cursor is its other end.
  var anchor: Int?
  /// Twentieths of the upper end of the map's range that an activation has to be above.
  var level = 10
  var usesMagnitude = true
  /// What is looked for; nil before a person asked.
  var query: AlikeQuery?
  /// How often a person asked.
  var searches = 0
  /// The place that is looked at, in the order of the list.
  var chosen = 0
  var kept: [Kept] = []

  /// A level of 20 would be the end of the range.
  static let highestLevel = 19

  /// What an activation of a map has to be above.
  func threshold(of map: StateMap) -> Float { map.highest * Float(level) / 20 }

  /// After the same run began again.
  mutating func startAgain() {
    (query, chosen) = (nil, 0)
    for index in kept.indices { kept[index].forget() }
  }
}

extension DashboardState {
  /// Columns of the passage that is marked; nil where none is.
  var markedColumns: Range<Int>? {
    guard alike.isOpen, let anchor = alike.anchor, let map = shownMap, map.columns > 0 else {
      return nil
    }
    let last = map.columns - 1
    let (a, b) = (min(anchor, last), min(heatmap.column ?? anchor, last))
    return min(a, b)..<(max(a, b) + 1)
  }

  /// The units that are on throughout the passage that is marked; nil where none is.
  var markedUnits: UnitSet? {
    guard let columns = markedColumns, let map = shownMap else { return nil }
    return UnitSet(
      onThroughout: columns, of: map, threshold: alike.threshold(of: map),
      usesMagnitude: alike.usesMagnitude)
  }

  /// What the search found that goes on or is over; nil before there is anything.
  var foundAlike: AlikeFrame? {
    guard let query = alike.query, let frame = frames.newest(AlikeFrame.self) else { return nil }
    return frame.query == query ? frame : nil
  }

  /// Why all training data cannot be searched; nil where they can.
  var alikeAbsence: String? {
    if Absence.isSetByHand(self) { return "weights set by hand: there are no training data" }
    if isLog || abilities.map({ !$0.can.contains(.restart) && !$0.can.isEmpty }) ?? false {
      return "find alike: another program’s network cannot be asked to read all of its data"
    }
    if isViewing || isReplaying || abilities?.can.isEmpty ?? false {
      return "find alike: no network is left here that could read all training data"
    }
    let graph = run?.architecture
    if run?.task == .autonomous || graph?.shape == .vectorToSequence {
      return "find alike: nothing is read time step by time step"
    }
    if graph?.twoDimensional ?? false {
      return "find alike: images are read in two dimensions, and not along time"
    }
    return nil
  }

  /// Begins a passage at the cursor, or ends it.
  mutating func markPassage() {
    if let absence = alikeAbsence { return show(absence, .warning) }
    guard let map = shownMap, map.columns > 0 else {
      return show("no hidden states to look at yet")
    }
    guard alike.anchor == nil || !alike.isOpen else {
      alike.anchor = nil
      return show("no passage is marked")
    }
    if view != .states { show(view: .states) }
    if heatmap.column == nil { pickColumn(by: 1) }
    (alike.isOpen, alike.anchor, focus) = (true, heatmap.column, .hiddenStates)
    show("← → extend the passage, < > change the threshold, a searches")
  }

  /// Looks for the marked passage's units in all training data.
  mutating func findAlike() {
    if let absence = alikeAbsence { return show(absence, .warning) }
    guard let set = markedUnits, let columns = markedColumns else {
      guard !alike.kept.isEmpty || alike.query != nil else {
        return show("m marks where a passage begins, ← → extend it")
      }
      return openAlike()
    }
    guard !set.units.isEmpty else {
      return show("no unit is on throughout the passage: < lowers the threshold", .warning)
    }
    search(set, length: columns.count)
  }

  mutating func search(_ set: UnitSet, length: Int) {
    alike.searches += 1
    alike.chosen = 0
    alike.query = AlikeQuery(set: set, length: length, number: alike.searches)
    openAlike()
  }

  private mutating func openAlike() {
    if view != .states { show(view: .states) }
    (alike.isOpen, focus) = (true, .alike)
  }

  mutating func closeAlike() {
    (alike.isOpen, alike.anchor, alike.query) = (false, nil, nil)
    if focus == .alike { focus = .hiddenStates }
  }

  mutating func changeThreshold(by levels: Int) {
    guard let map = shownMap else { return show("no hidden states to look at yet") }
    alike.level = min(max(0, alike.level + levels), AlikeControls.highestLevel)
    tellOfThreshold(map)
  }

  mutating func toggleMagnitude() {
    guard let map = shownMap else { return show("no hidden states to look at yet") }
    alike.usesMagnitude.toggle()
    tellOfThreshold(map)
  }

  private mutating func tellOfThreshold(_ map: StateMap) {
    let words = AlikeText.condition(alike.threshold(of: map), alike.usesMagnitude)
    show("a unit is on where its activation is \(words)")
  }

  mutating func chooseAlike(by lines: Int) {
    let count = foundAlike?.places.count ?? 0
    guard count > 0 else { return show("no place found yet") }
    alike.chosen = min(max(0, alike.chosen + lines), count - 1)
  }

  /// Keeps the marked passage's units under a name.
  mutating func keepUnits(_ name: String) throws(CommandMistake) {
    guard let set = markedUnits, let columns = markedColumns, let frame = hiddenStates,
      let map = shownMap, columns.upperBound <= frame.symbols.count
    else { throw CommandMistake("mark a passage first: m in the view of states") }
    guard !set.units.isEmpty else {
      throw CommandMistake("no unit is on throughout the passage")
    }
    var kept = AlikeControls.Kept(
      name: name, set: set, symbols: Array(frame.symbols[columns]),
      fromEnd: map.columns - columns.lowerBound)
    if pastStep == nil { kept.follow(frame) }
    alike.kept.removeAll { $0.name == name }
    alike.kept.append(kept)
    show("\(set.units.count) units kept as \(name)")
  }

  func kept(named name: String) throws(CommandMistake) -> AlikeControls.Kept {
    guard let kept = alike.kept.first(where: { $0.name == name }) else {
      throw CommandMistake(unknown: "set of units", name, among: alike.kept.map(\.name))
    }
    return kept
  }
}
