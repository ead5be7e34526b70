import TerminalGraphics
import TrainingEvents

/// A folder of runs: a list of them, and the curves of some over each other. News and keys go in;
/// cells and actions come out.
public struct WorkspaceState: Sendable {
  /// The half of the screen that takes the keys.
  enum Focus: Sendable { case list, chart }

  /// What text goes into, while a person types.
  enum Typing: Sendable { case filter, curve }

  /// Runs that are drawn at a time at most: as many as there are hues that are told apart.
  public static let mostChosen = 8
  /// Runs whose curves are kept.
  private static let mostKept = 16

  /// What the folder is called.
  public let title: String
  /// Whether something changed since the last `didDraw()`.
  public internal(set) var needsRedraw = true
  /// In the order in which people count.
  var runs: [RunOverview] = []
  private var places: [String: Int] = [:]
  /// Runs that were not read yet.
  var unread = 0
  private(set) var curves: [String: RunCurves] = [:]
  /// Runs whose curves are here, the last that came last.
  private var recent: [String] = []
  /// The rows of the list: places in `runs`, filtered and sorted.
  private(set) var rows: [Int] = []
  /// The run under the cursor; nil before there is one.
  var cursor: String?
  /// Runs that a person chose to be drawn, each with its hue.
  private(set) var chosen: [String: Int] = [:]
  /// What tells each run from all others.
  private(set) var labels = RunLabels([])
  /// The chosen runs in the order of their hues, and behind them the one under the cursor.
  private(set) var shown: [Shown] = []
  var pinned: Set<String> = []
  var order = WorkspaceOrder()
  var filter = RunFilter()
  var typing: Typing?
  /// What is typed to find a curve by its name.
  var search = LineEditor()
  /// What is drawn of each run.
  var curve = OverlayCurve.loss
  /// What could be drawn of the runs on screen.
  private(set) var available: [OverlayCurve] = [.loss]
  var chart = ChartControls()
  /// The lag or length that is read off; nil without a cursor.
  var placeCursor: Int?
  var isOtherScale: Set<OverlayCurve> = []
  var smoothing: Double
  var focus = Focus.list
  /// Lines of the help that are scrolled away; nil while it is closed.
  var helpScroll: Int?
  var message: String?
  var size = Size(width: 80, height: 24)

  /// - Parameters:
  ///   - title: what the folder is called
  ///   - smoothing: of the loss, as in `DashboardSettings`
  public init(title: String, smoothing: Double = RunHistory.usualSmoothing) {
    (self.title, self.smoothing) = (title, smoothing)
  }

  public mutating func didDraw() { needsRedraw = false }

  public mutating func resize(_ size: Size) {
    guard size != self.size else { return }
    (self.size, needsRedraw) = (size, true)
  }

  /// Tells something in the last row until a key is pressed.
  public mutating func show(_ text: String) { (message, needsRedraw) = (text, true) }

  // MARK: News

  /// Takes in runs that are new or about which something changed.
  /// - Parameters:
  ///   - overviews: the runs
  ///   - order: the places and names of all runs, in the order in which people count; nil where that
  ///     is as it was
  ///   - unread: runs that were not read yet
  public mutating func take(
    _ overviews: [RunOverview], order: [(id: String, name: String)]?, unread: Int
  ) {
    if let order {
      let known = runs
      runs = order.map { place in
        var run = places[place.id].map { known[$0] } ?? RunOverview(id: place.id, name: place.name)
        run.name = place.name
        return run
      }
      places = Dictionary(
        runs.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { $1 })
    }
    var isRelabelled = order != nil
    for overview in overviews {
      guard let place = places[overview.id] else { continue }
      let name = runs[place].name
      if runs[place].hyperparameters != overview.hyperparameters { isRelabelled = true }
      runs[place] = overview
      runs[place].name = name
    }
    self.unread = unread
    if isRelabelled { labels = RunLabels(runs) }
    arrange()
  }

  /// Takes in curves that are new or grew.
  public mutating func take(_ newer: [RunCurves]) {
    for var curves in newer {
      if curves.history.smoothing != smoothing { curves.history.smooth(weight: smoothing) }
      self.curves[curves.id] = curves
      recent.removeAll { $0 == curves.id }
      recent.append(curves.id)
    }
    // Those that are no longer drawn are put away in time.
    for id in recent where recent.count > Self.mostKept && !shown.contains(where: { $0.id == id }) {
      recent.removeAll { $0 == id }
      self.curves[id] = nil
    }
    available = OverlayCurve.available(in: shown.compactMap { self.curves[$0.id] })
    needsRedraw = true
  }

  /// Runs whose curves are on screen, and those that the cursor goes to next: the most urgent first.
  public var wanted: [String] {
    let drawn = shown.map(\.id)
    guard let row else { return drawn }
    let near = [row + 1, row - 1, row + 2].filter(rows.indices.contains).map { runs[rows[$0]].id }
    return drawn + near.filter { !drawn.contains($0) }
  }

  // MARK: Rows

  /// Filters and sorts; the cursor stays on its run.
  mutating func arrange() {
    rows = order.sorted(filter.found(in: runs), of: runs, pinned: pinned)
    if cursor == nil || !rows.contains(where: { runs[$0].id == cursor }) {
      // A run that the filter hides gives the cursor to the first that it shows.
      cursor = rows.first.map { runs[$0].id } ?? (filter.isEmpty ? nil : cursor)
    }
    noteShown()
    needsRedraw = true
  }

  /// The row under the cursor; nil where there is none.
  var row: Int? { rows.firstIndex { runs[$0].id == cursor } }

  /// The run under the cursor.
  var current: RunOverview? { row.map { runs[rows[$0]] } }

  func run(_ id: String) -> RunOverview? { places[id].map { runs[$0] } }

  mutating func move(by distance: Int) {
    guard !rows.isEmpty else { return }
    let target = min(max((row ?? 0) + distance, 0), rows.count - 1)
    move(toRow: target)
  }

  mutating func move(toRow row: Int) {
    guard rows.indices.contains(row) else { return }
    cursor = runs[rows[row]].id
    noteShown()
  }

  /// Puts the cursor on the first run that some process trains, where there is one.
  /// - Returns: whether there is one
  public mutating func moveToLive() -> Bool {
    guard let row = rows.firstIndex(where: { runs[$0].state == .live || runs[$0].state == .paused })
    else { return false }
    move(toRow: row)
    return true
  }

  // MARK: What is drawn

  /// A run whose curves are drawn.
  struct Shown: Equatable {
    var id: String
    /// Its hue and letter; nil for a run that has them only while the cursor is on it.
    var hue: Int?
    /// What tells it from the others.
    var label: String
  }

  /// Finds out which runs are drawn, and what could be drawn of them.
  private mutating func noteShown() {
    var ids = chosen.sorted { $0.value < $1.value }.map { (id: $0.key, hue: Int?.some($0.value)) }
    if let cursor, chosen[cursor] == nil, row != nil { ids.append((cursor, nil)) }
    let overviews = ids.compactMap { run($0.id) }
    let before = shown.map(\.id)
    shown = zip(overviews, RunLabels.labels(of: overviews, among: labels)).map { run, label in
      Shown(id: run.id, hue: chosen[run.id], label: label)
    }
    needsRedraw = true
    // Thousands of names are gone through only where there are others.
    guard shown.map(\.id) != before else { return }
    available = OverlayCurve.available(in: shown.compactMap { curves[$0.id] })
  }

  mutating func toggleChosen() {
    guard let id = cursor, row != nil else { return }
    if chosen.removeValue(forKey: id) != nil { return noteShown() }
    guard choose(id) else {
      return show("\(Self.mostChosen) runs are drawn at most: space on one of them takes it away")
    }
    noteShown()
  }

  /// - Returns: whether there was a hue left
  @discardableResult
  mutating func choose(_ id: String) -> Bool {
    guard chosen[id] == nil else { return true }
    let taken = Set(chosen.values)
    guard let hue = (0..<Self.mostChosen).first(where: { !taken.contains($0) }) else {
      return false
    }
    chosen[id] = hue
    return true
  }

  /// Draws no run but the one under the cursor.
  mutating func chooseNone() {
    chosen = [:]
    noteShown()
  }

  /// Draws the first rows over each other, as many as there are hues for.
  mutating func chooseFirstRows() {
    chosen = [:]
    for row in rows.prefix(Self.mostChosen) { choose(runs[row].id) }
    if rows.count > Self.mostChosen {
      show("the first \(Self.mostChosen) of \(rows.count) runs are drawn")
    }
    noteShown()
  }

  mutating func changeCurve(by distance: Int) {
    let place = available.firstIndex(of: curve) ?? 0
    curve = available[((place + distance) % available.count + available.count) % available.count]
  }

  /// Draws the first curve whose name has all words that are typed.
  mutating func findCurve() {
    let words = search.text.lowercased().split(separator: " ").map(String.init)
    let found = available.first { curve in
      let name = curve.name.lowercased()
      return words.allSatisfy { name.contains($0) }
    }
    if let found, !words.isEmpty { curve = found }
  }

  /// Smooths the loss of all runs alike.
  mutating func changeSmoothing(stronger: Bool) {
    smoothing = ChartControls.smoothing(after: smoothing, stronger: stronger)
    for id in curves.keys { curves[id]?.history.smooth(weight: smoothing) }
    show("smoothing \(NumberText.brief(smoothing, 3))")
  }
}
