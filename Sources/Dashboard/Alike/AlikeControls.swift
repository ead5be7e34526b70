import TerminalGraphics
import TrainingEvents

/// What a person looks for in all training data: the units that are on throughout a passage of the
/// text that is read.
struct AlikeControls: Sendable {
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
  /// What the run follows, as it tells of it.
  var kept: [KeptUnits] = []

  /// A level of 20 would be the end of the range.
  static let highestLevel = 19

  /// What an activation of a map has to be above.
  func threshold(of map: StateMap) -> Float { map.highest * Float(level) / 20 }

  /// After the same run began again.
  mutating func startAgain() { (query, chosen, kept) = (nil, 0, []) }
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
    if let absence = alikeAbsence {
      // What was followed while it trained can be looked at still.
      return alike.kept.isEmpty ? show(absence, .warning) : openAlike()
    }
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

  /// Asks that the marked passage's units are followed under a name.
  mutating func keepUnits(_ name: String) throws(CommandMistake) -> [DashboardAction] {
    guard let set = markedUnits, let columns = markedColumns, let frame = hiddenStates,
      let map = shownMap, columns.upperBound <= frame.symbols.count
    else { throw CommandMistake("mark a passage first: m in the view of states") }
    guard !set.units.isEmpty else {
      throw CommandMistake("no unit is on throughout the passage")
    }
    let kept = KeptUnits(
      name: name, set: set, symbols: Array(frame.symbols[columns]),
      fromEnd: map.columns - columns.lowerBound, since: frame.step)
    return [.send(.keep(kept))]
  }

  func kept(named name: String) throws(CommandMistake) -> KeptUnits {
    guard let kept = alike.kept.first(where: { $0.name == name }) else {
      throw CommandMistake(unknown: "set of units", name, among: alike.kept.map(\.name))
    }
    return kept
  }

  /// What was counted of a set, up to the step that is looked at; nil where nothing was.
  func counts(of kept: KeptUnits) -> UnitCounts? {
    history.extra.first { $0.name == kept.seriesName }
      .flatMap { UnitCounts($0, of: kept, through: pastStep) }
  }
}

/// How many units of a set were on over training.
struct UnitCounts {
  private let series: NamedSeries
  private let places: Range<Int>
  private let all: Int

  /// Nil where nothing was counted.
  init?(_ series: NamedSeries, of kept: KeptUnits, through step: Int?) {
    let first = series.steps.firstIndex(notBelow: Double(kept.since))
    let end = step.map { series.steps.firstIndex(notBelow: Double($0) + 1) } ?? series.steps.count
    guard first < end else { return nil }
    (self.series, places, all) = (series, first..<end, kept.set.units.count)
  }

  /// The first step and the last one of which it is known.
  var steps: ClosedRange<Int> {
    let first = series.steps.step(at: places.lowerBound) ?? 0
    return first...max(first, series.steps.step(at: places.upperBound - 1) ?? first)
  }

  /// The count at a step: the newest up to there; nil where a record holds no such number.
  func on(at step: Int) -> Int? {
    let next = series.steps.firstIndex(notBelow: Double(step) + 1)
    let index = min(max(next - 1, places.lowerBound), places.upperBound - 1)
    let number = series.number(at: index)
    return number >= 0 && number <= Double(all) ? Int(number) : nil
  }
}
