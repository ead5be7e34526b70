import TerminalGraphics
import TrainingEvents

/// What a workspace asks of the session that runs it.
public enum WorkspaceAction: Sendable, Equatable {
  /// Open a run in the dashboard.
  case open(RunOverview.ID)
  case quit
  case suspend
  case redraw
}

typealias WorkspaceKey = BoundKey<WorkspaceState>

extension WorkspaceState: KeyedState {
  typealias KeyAction = WorkspaceAction

  /// Where a key works, which is its heading in the help, too.
  enum KeyContext: String, Sendable, CaseIterable {
    /// Both halves of the screen.
    case any = "In a list of runs"
    case list = "Among the runs"
    case chart = "In the curves of several runs"
    case filter = "Filtering runs"
    case curve = "Finding a curve"
    case help = "In the help of a list of runs"
  }
  typealias KeyGroup = KeyContext

  static var keyBindings: [WorkspaceKey] { WorkspaceKeys.all }
}

/// The table of a workspace's keys.
enum WorkspaceKeys {
  static let all: [WorkspaceKey] = list + chart + any + filter + curve + help

  // MARK: Both halves

  private static let any: [WorkspaceKey] = [
    changing(
      [.left], "←", hint: "read", as: "← →", rank: 5, "read the curves at a step before", .any
    ) { $0.moveReading(byColumns: -1) },
    changing([.right], "→", "read the curves at a step behind", .any) {
      $0.moveReading(byColumns: 1)
    },
    changing([.character("H")], "H", "move the cursor in the curves back by ten columns", .any) {
      $0.moveReading(byColumns: -10)
    },
    changing([.character("L")], "L", "move the cursor in the curves forward by ten columns", .any) {
      $0.moveReading(byColumns: 10)
    },
    changing(
      [.character("]")], "]", hint: "curve", as: "[ ]", rank: 3,
      "draw the next curve: loss, "
        + "validation, gradient norm, gradient by lag, accuracy by length, each metric", .any
    ) { $0.changeCurve(by: 1) },
    changing([.character("[")], "[", "draw the curve before", .any) { $0.changeCurve(by: -1) },
    changing([.character("f")], "f", "find a curve by parts of its name", .any) { state in
      (state.typing, state.search) = (.curve, LineEditor())
    },
    changing([.character("l")], "l", "logarithmic or linear vertical axis", .any) { state in
      if state.isOtherScale.remove(state.curve) == nil { state.isOtherScale.insert(state.curve) }
    },
    changing([.character("m")], "m", "smooth the loss more", .any) {
      $0.changeSmoothing(stronger: true)
    },
    changing([.character("M")], "M", "smooth the loss less", .any) {
      $0.changeSmoothing(stronger: false)
    },
    changing(
      [.character("o")], "o", "leave outliers out of the vertical scale, or include them", .any
    ) { state in
      state.chart.excludesOutliers.toggle()
      state.show(
        state.chart.excludesOutliers
          ? "the scale leaves out the most extreme 2 % of columns" : "the scale holds every value")
    },
    changing(
      [.tab, .backTab], "tab", hint: "other half", rank: 6, "give the keys to the other half",
      .any
    ) { $0.focus = $0.focus == .list ? .chart : .list },
    changing([.escape], "esc", "back from a cursor in the curves, a filter or drawn runs", .any) {
      $0.goBack()
    },
    changing([.character("?"), .function(1)], "?", hint: "help", rank: 1, "all keys", .any) {
      $0.helpScroll = 0
    },
    WorkspaceKey(
      [.character("q"), .control("c")], "q", hint: "quit", rank: 2, "quit; runs train on", .any,
      in: .any
    ) { _ in [.quit] },
    WorkspaceKey([.control("l")], "ctrl-l", "redraw the screen", .any, in: .any) { _ in [.redraw] },
    WorkspaceKey([.control("z")], "ctrl-z", "suspend; fg brings it back", .any, in: .any) { _ in
      [.suspend]
    },
  ]

  // MARK: The list

  private static let list: [WorkspaceKey] = [
    WorkspaceKey(
      [.enter], "enter", hint: "open", rank: 1,
      "open the run in the dashboard, with every key if it is served; q or esc there comes back",
      .list, in: .list
    ) { $0.openCurrent() },
    changing(
      [.character(" ")], "space", hint: "draw", rank: 1,
      "draw the run over the others, or no longer", .list
    ) { state in
      state.toggleChosen()
      state.move(by: 1)
    },
    changing([.character("a")], "a", "draw the first eight runs of the list", .list) {
      $0.chooseFirstRows()
    },
    changing([.character("c")], "c", "draw no run but the one under the cursor", .list) {
      $0.chooseNone()
    },
    changing(
      [.character("/")], "/", hint: "filter", rank: 3,
      "show the runs whose name, state or setting (hidden=64) a regular expression matches", .list
    ) {
      $0.typing = .filter
    },
    changing(
      [.character("s")], "s", hint: "sort", as: "s S", rank: 4, "sort by the next column", .list
    ) { state in
      state.order.useNext()
      state.arrange()
    },
    changing([.character("S")], "S", "sort the other way round", .list) { state in
      state.order.isReversed.toggle()
      state.arrange()
    },
    changing(
      [.character("p")], "p", hint: "pin", rank: 7, "pin the run above the others, or no longer",
      .list
    ) { $0.togglePin() },
    changing([.down, .character("j")], "↓", "the next run", .list) { $0.move(by: 1) },
    changing([.up, .character("k")], "↑", "the run before", .list) { $0.move(by: -1) },
    changing([.pageDown], "page down", "ten runs further", .list) { $0.move(by: 10) },
    changing([.pageUp], "page up", "ten runs back", .list) { $0.move(by: -10) },
    changing([.home], "home", "the first run", .list) { $0.move(by: .min / 2) },
    changing([.end], "end", "the last run", .list) { $0.move(by: .max / 2) },
  ]

  // MARK: The curves

  private static let chart: [WorkspaceKey] = [
    changing([.up], "↑", hint: "zoom", as: "↑ ↓", rank: 4, "zoom in, around the cursor", .chart) {
      $0.zoom(by: 0.5)
    },
    changing([.down], "↓", "zoom out", .chart) { $0.zoom(by: 2) },
    changing([.pageUp, .character("<")], "page up <", "look at earlier training steps", .chart) {
      $0.chart.pan(by: -0.5, in: $0.extentOfSteps)
    },
    changing([.pageDown, .character(">")], "page down >", "look at later training steps", .chart) {
      $0.chart.pan(by: 0.5, in: $0.extentOfSteps)
    },
    changing([.character("0")], "0", "show all steps", .chart) { $0.chart.window = .whole },
    changing([.home], "home", "put the cursor on the first step", .chart) {
      $0.moveReading(byColumns: .min / 2)
    },
    changing([.end], "end", "put the cursor on the last step", .chart) {
      $0.moveReading(byColumns: .max / 2)
    },
    changing([.enter], "enter", "back to the list", .chart) { $0.focus = .list },
  ]

  // MARK: Typing

  private static let filter: [WorkspaceKey] = [
    changing(
      [.enter, .down], "enter", hint: "to the list", rank: 1, "go to the runs that match",
      .filter
    ) { $0.typing = nil },
    changing([.escape], "esc", hint: "show all", rank: 1, "show all runs again", .filter) { state in
      state.typing = nil
      state.filter.clear()
      state.arrange()
    },
    changing(
      [.backspace, .control("h")], "backspace", "delete the character before the cursor", .filter
    ) { $0.edit { $0.deleteBackward() } },
    changing([.control("u")], "ctrl-u", "delete up to the start", .filter) {
      $0.edit { $0.deleteToStart() }
    },
    changing([.control("w")], "ctrl-w", "delete the word before the cursor", .filter) {
      $0.edit { $0.deleteWord() }
    },
  ]

  private static let curve: [WorkspaceKey] = [
    changing([.enter], "enter", hint: "draw it", rank: 1, "draw the curve that was found", .curve) {
      $0.typing = nil
    },
    changing([.escape], "esc", hint: "cancel", rank: 1, "cancel the search", .curve) {
      $0.typing = nil
    },
    changing(
      [.backspace, .control("h")], "backspace", "delete the character before the cursor", .curve
    ) { $0.edit { $0.deleteBackward() } },
    changing([.control("u")], "ctrl-u", "delete up to the start", .curve) {
      $0.edit { $0.deleteToStart() }
    },
  ]

  private static let help: [WorkspaceKey] = [
    changing(
      [.down, .character("j")], "↓", hint: "scroll", as: "↑ ↓", rank: 1, "scroll down", .help
    ) {
      $0.scrollHelp(by: 1)
    },
    changing([.up, .character("k")], "↑", "scroll up", .help) { $0.scrollHelp(by: -1) },
    changing([.pageDown], "page down", "scroll down a page", .help) { $0.scrollHelp(by: 10) },
    changing([.pageUp], "page up", "scroll up a page", .help) { $0.scrollHelp(by: -10) },
    changing(
      [.escape, .character("?"), .character("q"), .enter], "esc ? q", hint: "close", rank: 1,
      "close the help", .help
    ) { $0.helpScroll = nil },
  ]

  // MARK: Making them

  private static func changing(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil, rank: Int = 9,
    _ summary: String, _ context: WorkspaceKey.Context,
    change: @escaping @Sendable (inout WorkspaceState) -> Void
  ) -> WorkspaceKey {
    .changing(
      keys, label, hint: hint, as: hintLabel, rank: rank, summary, context, in: context,
      change: change)
  }

  // MARK: Hints

  /// The keys that are named in a row of this width, those of the half with the focus first.
  static func hints(
    _ contexts: [WorkspaceKey.Context], width: Int, _ theme: Theme
  ) -> StyledText {
    let keys = WorkspaceKey.fitting(WorkspaceKey.hinted(in: contexts), width: width - 2) { key in
      CharacterWidth.of(key.hintLabel ?? key.label) + CharacterWidth.of(key.hint ?? "") + 1
    }
    return keys.reduce(into: StyledText()) { text, key in
      if !text.isEmpty { text.add(String(repeating: " ", count: WorkspaceKey.hintGap)) }
      text.add(key.hintLabel ?? key.label, theme.accent)
      text.add(" \(key.hint ?? "")", theme.muted)
    }
  }
}
