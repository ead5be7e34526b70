import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

/// A list of runs under its keys: sorted, filtered, pinned, drawn over each other, read and opened.
@Suite struct WorkspaceTests {
  private static let wide = Size(width: 160, height: 45)

  private static func text(_ state: WorkspaceState, _ size: Size = wide) -> String {
    state.render(size: size, appearance: Golden.appearance).lines.joined(separator: "\n")
  }

  private static func names(_ state: WorkspaceState) -> [String] {
    state.rows.map { state.runs[$0].name }
  }

  private static func press(_ keys: [Key], _ state: inout WorkspaceState) -> [WorkspaceAction] {
    keys.flatMap { state.handle($0) }
  }

  @discardableResult
  private static func type(_ text: String, _ state: inout WorkspaceState) -> [WorkspaceAction] {
    press(text.map(Key.character), &state)
  }

  private static func workspace() -> WorkspaceState {
    var state = SyntheticWorkspace.state()
    state.resize(wide)
    return state
  }

  // MARK: The screen

  static let sizes = [
    Size(width: 40, height: 12), Size(width: 80, height: 24), Size(width: 120, height: 40),
    Size(width: 200, height: 60),
  ]

  @Test(arguments: sizes) func goldenFrames(size: Size) throws {
    var state = SyntheticWorkspace.state()
    state.resize(size)
    for key in ["s", "s", "S", "S", " ", " ", " ", "p"] { Self.type(key, &state) }
    _ = state.handle(.left)
    let frame = state.render(size: size, appearance: Golden.appearance)
    try Golden.check(frame, "workspace-\(size.width)x\(size.height)")
    Self.type("?", &state)
    let help = state.render(size: size, appearance: Golden.appearance)
    try Golden.check(help, "workspace-help-\(size.width)x\(size.height)")
  }

  /// Neither half meets the other nor sticks out, at any size; every size draws.
  @Test func everySizeIsLaidOutAndDrawn() {
    let full = SyntheticWorkspace.state(curves: 3)
    let empty = WorkspaceState(title: "runs")
    for width in 40...250 {
      for height in 12...80 {
        let size = Size(width: width, height: height)
        for focus in [WorkspaceState.Focus.list, .chart] {
          let layout = WorkspaceLayout(size, focus: focus)
          let rects = [layout.list, layout.chart].compactMap { $0 }
          let covered = rects.reduce(0) { $0 + $1.width * $1.height }
          let isRight =
            covered == width * (height - 2) && !(rects.count == 2 && rects[0].intersects(rects[1]))
            && rects.allSatisfy {
              $0.x >= 0 && $0.y >= 1 && $0.right <= width && $0.bottom < height
            }
          if !isRight { Issue.record("\(size), \(focus): \(layout)") }
          if let list = layout.list {
            let inner = Rect(x: 0, y: 0, width: list.width, height: 1).inset(1, 0)
            var end = inner.x
            for column in ListColumns(in: inner).columns {
              if column.x < end || column.x + column.width > inner.right {
                Issue.record("\(size): \(column)")
              }
              end = column.x + column.width
            }
          }
        }
      }
      for height in stride(from: 1 + width % 7, through: 80, by: 7) {
        let size = Size(width: width, height: height)
        for var state in [full, empty] {
          state.focus = (width + height) % 2 == 0 ? .list : .chart
          if height % 3 == 0 { state.helpScroll = 0 }
          #expect(state.render(size: size, appearance: Golden.appearance).size == size)
        }
      }
    }
  }

  @Test func aSmallScreenSaysWhatItNeeds() {
    let text = Self.text(Self.workspace(), Size(width: 39, height: 12))
    #expect(text.contains("unfold needs 40×12") && text.contains("this is 39×12"))
  }

  /// What could not be measured is a dash, what is wrong stands in the run's own row.
  @Test func aRowTellsStateLossesStepAndWhatIsWrong() throws {
    let lines = Self.text(Self.workspace()).split(separator: "\n").map(String.init)
    func line(_ name: String) throws -> String {
      try #require(lines.first { $0.contains(" \(name) ") })
    }
    let first = try line("words-1")
    #expect(first.contains("finished") && first.contains("◆") && first.contains(" 600"))
    // No validation was measured: the lowest training loss stands there, without the sign of one.
    #expect(try line("words-5").contains("failed") && !line("words-5").contains("◆"))
    #expect(try line("words-12").contains("unreadable line 1: expected an object"))
    #expect(try line("words-13").contains("gone       it was here and is gone"))
    #expect(lines[0].contains("14 runs") && lines[0].contains("2 live"))
  }

  @Test func runsThatAreStillReadSaySo() {
    var state = WorkspaceState(title: "runs")
    #expect(Self.text(state).contains("looking for runs …"))
    state.take([], order: [("a", "a"), ("b", "b")], unread: 2)
    let text = Self.text(state)
    #expect(text.contains("reading 0 of 2") && text.contains("…") && text.contains("–"))
  }

  // MARK: The list

  @Test func columnsSortWithMissingNumbersLast() {
    var state = Self.workspace()
    #expect(Self.names(state).first == "words-1")
    Self.type("S", &state)
    #expect(Self.names(state).first == "words-14")
    Self.type("ss", &state)
    #expect(state.order.column == .best)
    let best = state.rows.map { state.runs[$0].best?.loss }
    #expect(best.last == .some(nil))
    #expect(best.compactMap { $0 } == best.compactMap { $0 }.sorted())
    Self.type("S", &state)
    let falling = state.rows.map { state.runs[$0].best?.loss }
    #expect(falling.last == .some(nil) && falling[0] ?? 0 > falling[1] ?? 0)
    // Of steps, the most come first.
    Self.type("ss", &state)
    #expect(Self.names(state).first == "words-14")
  }

  @Test func theCursorStaysOnItsRun() {
    var state = Self.workspace()
    _ = Self.press([.down, .down], &state)
    #expect(state.current?.name == "words-3")
    Self.type("S", &state)
    #expect(state.current?.name == "words-3" && state.row == 11)
    _ = state.handle(.home)
    #expect(state.current?.name == "words-14")
    _ = state.handle(.pageDown)
    _ = state.handle(.end)
    #expect(state.current?.name == "words-1")
    #expect(state.handle(.enter) == [.open("runs/words-1")])
  }

  /// Who attaches to several runs begins at one that is alive.
  @Test func theCursorFindsARunThatIsAlive() {
    var state = Self.workspace()
    Self.type("S", &state)
    _ = state.handle(.end)
    let isFound = state.moveToLive()
    #expect(isFound)
    #expect(state.current?.state == .live || state.current?.state == .paused)
  }

  @Test func aPinnedRunStandsAboveTheOthers() {
    var state = Self.workspace()
    _ = Self.press([.down, .down, .character("p")], &state)
    #expect(Self.names(state).prefix(2) == ["words-3", "words-1"])
    Self.type("sss", &state)
    #expect(Self.names(state)[0] == "words-3")
    Self.type("p", &state)
    #expect(Self.names(state)[0] != "words-3")
  }

  @Test func aFilterGoesByNameStateAndSettings() {
    for (filter, expected) in [
      ("-1$", ["words-1"]), ("killed|paused", ["words-6", "words-7", "words-14"]),
      ("hidden=256", ["words-4", "words-8"]), ("WORDS-1[34]", ["words-13", "words-14"]),
      ("nothing", []),
    ] {
      var state = Self.workspace()
      Self.type("/" + filter, &state)
      #expect(Self.names(state) == expected, "\(filter)")
      #expect(Self.text(state).contains("/\(filter)▏  \(expected.count) of 14"), "\(filter)")
      _ = state.handle(.enter)
      #expect(state.typing == nil && Self.names(state) == expected)
      if expected.isEmpty { #expect(Self.text(state).contains("no run matches")) }
      _ = state.handle(.escape)
      #expect(state.rows.count == 14)
    }
  }

  @Test func aFaultyExpressionIsSaidInOneLine() {
    for faulty in ["(", "[a", "*", "a{2", "(?<n"] {
      var state = Self.workspace()
      Self.type("/words-3", &state)
      for _ in 0..<7 { _ = state.handle(.backspace) }
      Self.type(faulty, &state)
      guard state.filter.problem != nil else { continue }
      let last = Self.text(state).split(separator: "\n").last ?? ""
      #expect(last.contains("“\(faulty)” is no regular expression: "), "\(last)")
      #expect(!Self.names(state).isEmpty)
      _ = state.handle(.control("u"))
      #expect(state.filter.problem == nil && state.rows.count == 14)
    }
    var state = Self.workspace()
    Self.type("/(", &state)
    #expect(state.filter.problem != nil)
  }

  // MARK: Labels

  private static func run(_ name: String, _ settings: [(String, String)]) -> RunOverview {
    var run = RunOverview(id: name, name: name)
    run.hyperparameters = settings.map { HyperparameterValue($0.0, $0.1) }
    return run
  }

  private static func labels(_ runs: [RunOverview]) -> [String] {
    RunLabels.labels(of: runs, among: RunLabels(runs))
  }

  @Test func runsAreLabelledByWhatDiffers() {
    let cases: [([RunOverview], [String])] = [
      (
        [
          Self.run("x-1", [("a.hidden", "64"), ("a.batch", "8"), ("o.learning-rate", "0.1")]),
          Self.run("x-2", [("a.hidden", "64"), ("a.batch", "8"), ("o.learning-rate", "0.2")]),
        ], ["learning-rate 0.1", "learning-rate 0.2"]
      ),
      // Alike in everything: what is their own of their names.
      ([Self.run("s-lr0.1-h8", []), Self.run("s-lr0.25-h8", [])], ["lr0.1", "lr0.25"]),
      ([Self.run("words-1", [("a", "1")]), Self.run("words-12", [("a", "1")])], ["1", "12"]),
      // Two of three alike.
      (
        [
          Self.run("r-1", [("h", "1")]), Self.run("r-2", [("h", "1")]),
          Self.run("r-3", [("h", "2")]),
        ], ["h 1 · 1", "h 1 · 2", "h 2"]
      ),
      // One has a setting that the other lacks; of a third nothing is known.
      (
        [
          Self.run("p", [("h", "1"), ("clip", "5")]), Self.run("q", [("h", "1")]),
          Self.run("z", []),
        ], ["clip 5", "q", "z"]
      ),
      ([Self.run("one", [("h", "1")])], ["one"]),
      // In too many: what tells most of them apart, in its usual order.
      (
        (1...3).map { n in
          Self.run(
            "m\(n)",
            [
              ("a", "\(n / 2)"), ("b", "\(n)"), ("c", "\(n / 3)"), ("d", "\(n)"), ("e", "\(n / 3)"),
              ("f", "\(n)"),
            ])
        }, ["a 0 · b 1 · d 1 · f 1", "a 1 · b 2 · d 2 · f 2", "a 1 · b 3 · d 3 · f 3"]
      ),
      (
        [Self.run("a", [("d.text", "/x/y/z.txt")]), Self.run("b", [("d.text", "/x/u.txt")])],
        ["text z.txt", "text u.txt"]
      ),
      (
        [
          Self.run("a", [("o.optimizer.name", "sgd")]),
          Self.run("b", [("o.optimizer.name", "adam")]),
        ],
        ["optimizer sgd", "optimizer adam"]
      ),
    ]
    for (runs, expected) in cases { #expect(Self.labels(runs) == expected) }
  }

  // MARK: Curves

  @Test func chosenRunsHaveAHueALetterAndALabelEach() {
    var state = Self.workspace()
    Self.type("   ", &state)
    #expect(state.chosen == ["runs/words-1": 0, "runs/words-2": 1, "runs/words-3": 2])
    // The one under the cursor is drawn, too.
    #expect(state.shown.map(\.hue) == [0, 1, 2, nil])
    // Those beside the cursor are read before it gets there.
    #expect(
      state.wanted == [1, 2, 3, 4, 5, 6].map { "runs/words-\($0)" })
    let text = Self.text(state)
    for label in [
      "a ━━ cell tanh · hidden 32 · learning-rate 0.001", "b ━━ cell lstm · hidden 64",
      "› ━━ cell tanh · hidden 256",
    ] {
      #expect(text.contains(label), "\(label) in\n\(text)")
    }
    // One that is taken away leaves its hue to the next.
    _ = Self.press([.home, .character(" ")], &state)
    #expect(state.chosen.count == 2)
    _ = Self.press([.end, .character(" ")], &state)
    #expect(state.chosen["runs/words-14"] == 0)
  }

  @Test func everyHueIsAnother() {
    for theme in [Theme.dark, .light, .colorBlind] {
      #expect(Set(theme.series).count == WorkspaceState.mostChosen, "\(theme.name)")
    }
    var state = Self.workspace()
    Self.type(String(repeating: " ", count: 9), &state)
    #expect(state.chosen.count == 8 && state.message?.contains("8 runs are drawn at most") == true)
    Self.type("c", &state)
    #expect(state.chosen.isEmpty)
    Self.type("a", &state)
    #expect(Set(state.chosen.values).count == 8)
  }

  @Test func theCursorReadsAllCurvesAtOneStep() throws {
    var state = Self.workspace()
    Self.type("  ", &state)
    state.chart.moveCursor(to: 620, in: state.extentOfSteps)
    let lines = Self.text(state).split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.contains("at step 620") })
    // The first run ended at 600.
    let first = try #require(lines.first { $0.contains("a ━━") })
    #expect(first.dropLast().hasSuffix("– "), "\(first)")
    let second = try #require(lines.first { $0.contains("b ━━") })
    let value = SyntheticWorkspace.curves(1).history.smoothedLoss[619]
    #expect(second.contains(NumberText.significant(Double(value), 4)), "\(second)")
    _ = state.handle(.escape)
    #expect(state.reading == nil && Self.text(state).contains("last value"))
  }

  @Test func everyCurveIsDrawnAndFound() {
    var state = Self.workspace()
    Self.type(" ", &state)
    #expect(
      state.available.map(\.name) == [
        "loss", "validation loss", "gradient norm", "gradient by lag", "learning rate",
        "eval/accuracy",
      ])
    for name in ["Validation loss", "Gradient norm", "Gradient by lag", "Learning rate"] {
      Self.type("]", &state)
      let text = Self.text(state)
      #expect(text.contains(name) && text.contains { $0 >= "\u{2801}" && $0 <= "\u{28FF}" })
    }
    Self.type("[[", &state)
    #expect(state.curve == .gradientNorm && state.isLogarithmic)
    Self.type("l", &state)
    #expect(!state.isLogarithmic)
    Self.type("facc", &state)
    #expect(state.curve == .metric("eval/accuracy"))
    _ = state.handle(.enter)
    let text = Self.text(state)
    #expect(text.contains("Eval/accuracy") && text.contains("6 of 6 curves"))
    // Words that match nothing change nothing.
    Self.type("fxyz", &state)
    #expect(state.curve == .metric("eval/accuracy"))
  }

  @Test func theLagOfAGradientIsReadOff() {
    var state = Self.workspace()
    Self.type(" ]]]", &state)
    #expect(state.curve == .gradientByLag)
    _ = Self.press([.right, .right, .right], &state)
    #expect(state.reading == 2)
    let norm = SyntheticRun.gradientByLag(step: 1_000).curves[0].norms[2]
    let text = Self.text(state)
    #expect(text.contains("at lag 2") && text.contains(NumberText.significant(Double(norm), 4)))
    #expect(text.contains("time steps back"))
  }

  /// Accuracies by the newest judgement, read off at lengths and nowhere between.
  @Test func accuracyByLengthIsDrawnOfSeveralRuns() {
    func judged(_ index: Int, _ accuracies: [Int: Double]) -> RunCurves {
      var curves = SyntheticWorkspace.curves(index)
      for (steps, accuracy) in accuracies {
        let name = JudgedLength(steps: steps).seriesName
        curves.history.append(accuracy / 2, to: name, step: 100)
        curves.history.append(accuracy, to: name, step: 200)
      }
      return curves
    }
    var state = Self.workspace()
    Self.type("  ", &state)
    #expect(!state.available.contains(.accuracyByLength))
    state.take([
      judged(0, [256: 21.5, 16: 100, 64: 75.25]), judged(1, [16: 99, 256: 98.5]),
    ])
    Self.type("faccuracy by", &state)
    _ = state.handle(.enter)
    #expect(state.curve == .accuracyByLength)
    let whole = Self.text(state)
    #expect(whole.contains("Accuracy by length % right"))
    #expect(whole.contains("time steps ─") && !whole.contains("last value"))
    #expect(whole.contains { $0 >= "\u{2801}" && $0 <= "\u{28FF}" })
    _ = Self.press([.right], &state)
    #expect(state.reading == 16)
    _ = Self.press([.right], &state)
    #expect(state.reading == 64)
    let text = Self.text(state)
    #expect(text.contains("at length 64") && text.contains("75.25"))
    _ = Self.press([.right, .right, .right], &state)
    #expect(state.reading == 256)
    #expect(Self.text(state).contains("21.5") && Self.text(state).contains("98.5"))
    _ = Self.press([.tab, .up], &state)
    #expect(state.message == "all lengths are shown")
  }

  @Test func runsWithoutACurveSaySo() {
    var state = SyntheticWorkspace.state(curves: 0)
    state.resize(Self.wide)
    #expect(Self.text(state).contains("reading …"))
    state.take([RunCurves(id: "runs/words-1", history: RunHistory())])
    #expect(Self.text(state).contains("none of these runs has a loss yet"))
  }

  @Test func zoomGoesByTheStepsOfAllRuns() {
    var state = Self.workspace()
    _ = Self.press([.character(" "), .character(" "), .tab, .up], &state)
    #expect(state.focus == .chart && state.chart.isZoomed)
    #expect(state.chart.steps(in: state.extentOfSteps)?.upperBound == 680)
    Self.type("0", &state)
    #expect(!state.chart.isZoomed)
    _ = Self.press([.end, .home], &state)
    #expect(state.chart.cursor == 1)
    Self.type("m", &state)
    #expect(state.curves["runs/words-1"]?.history.smoothing == state.smoothing)
    #expect(state.smoothing > RunHistory.usualSmoothing)
  }

  // MARK: Keys and the mouse

  @Test func everyKeyIsInTheHelpAndNoKeyIsThereTwice() {
    for context in WorkspaceKey.Context.allCases {
      let keys = WorkspaceKeys.all.filter { $0.context == context }.flatMap(\.keys)
      #expect(Set(keys).count == keys.count && !keys.isEmpty, "\(context)")
    }
    // In either half no key hides one that works in both.
    for context in [WorkspaceKey.Context.list, .chart] {
      let own = WorkspaceKeys.all.filter { $0.context == context }.flatMap(\.keys)
      let both = WorkspaceKeys.all.filter { $0.context == .any }.flatMap(\.keys)
      #expect(Set(own).isDisjoint(with: both), "\(context)")
    }
    var state = Self.workspace()
    Self.type("?", &state)
    var seen = Self.text(state)
    for _ in 0..<12 {
      _ = state.handle(.pageDown)
      seen += Self.text(state)
    }
    for key in WorkspaceKeys.all where key.context != .help {
      #expect(seen.contains(key.label), "\(key.label)")
    }
    Self.type("q", &state)
    #expect(state.helpScroll == nil && state.handle(.character("q")) == [.quit])
  }

  @Test func theMouseChoosesOpensSortsAndReads() throws {
    var state = Self.workspace()
    func click(_ x: Int, _ y: Int) -> [WorkspaceAction] {
      state.handle(.mouse(MouseEvent(action: .press, x: x, y: y)))
    }
    let list = try #require(WorkspaceLayout(Self.wide, focus: .list).list)
    let place = ListPlace(state, inner: list.inset(1, 1))
    #expect(click(10, place.rows.y + 3).isEmpty && state.current?.name == "words-4")
    #expect(click(10, place.rows.y + 3) == [.open("runs/words-4")])
    let column = try #require(ListColumns(in: place.header).columns.last)
    #expect(click(column.x + column.width - 1, place.header.y).isEmpty)
    #expect(state.order.column == .step && Self.names(state)[0] == "words-14")
    #expect(click(column.x + 1, place.header.y).isEmpty && state.order.isReversed)
    _ = state.handle(.mouse(MouseEvent(action: .scrollDown, x: 3, y: 5)))
    Self.type("a", &state)
    #expect(click(120, 12).isEmpty)
    #expect(state.focus == .chart && state.reading != nil)
  }

  @Test func escapeTakesBackOneThingAfterTheOther() {
    var state = Self.workspace()
    _ = Self.press(
      [.character(" "), .character("/"), .character("w"), .enter, .tab, .left], &state)
    _ = state.handle(.escape)
    #expect(state.reading == nil && !state.filter.isEmpty)
    _ = state.handle(.escape)
    #expect(state.filter.isEmpty && state.focus == .chart)
    _ = state.handle(.escape)
    #expect(state.focus == .list && !state.chosen.isEmpty)
    _ = state.handle(.escape)
    #expect(state.chosen.isEmpty)
    #expect(state.handle(.escape).isEmpty && state.message == "q quits")
  }

  /// What all names have in common leaves first.
  @Test func longNamesAreToldApart() {
    var state = WorkspaceState(title: "runs")
    let runs = [1, 2, 10].map { number in
      var run = RunOverview(
        id: "\(number)", name: "2026-11-26_resnet_with_a_long_name_lr0.\(number)_batch_64")
      run.state = .finished
      return run
    }
    state.take(runs, order: runs.map { ($0.id, $0.name) }, unread: 0)
    let text = Self.text(state, Size(width: 80, height: 24))
    for part in ["…lr0.1 ", "…lr0.2 ", "…lr0.10 "] { #expect(text.contains(part), "\(part)") }
  }

  /// However many runs the cursor goes over, curves of a few are kept.
  @Test func curvesOfFewRunsAreKept() {
    var state = WorkspaceState(title: "runs")
    let names = (1...60).map { "run-\($0)" }
    state.take(
      names.map { RunOverview(id: $0, name: $0) }, order: names.map { ($0, $0) }, unread: 0)
    _ = state.handle(.character(" "))
    for name in names {
      state.take([RunCurves(id: name, history: RunHistory())])
      _ = state.handle(.down)
    }
    #expect(state.curves.count <= 16 && state.curves["run-1"] != nil)
  }

  // MARK: News

  @Test func newRunsComeAndGrownOnesChange() {
    var state = Self.workspace()
    _ = Self.press([.down, .character(" ")], &state)
    var order = state.runs.map { (id: $0.id, name: $0.name) }
    order.insert(("runs/aaa", "aaa"), at: 0)
    var grown = SyntheticWorkspace.overview(1)
    grown.take(.steps(StepBatch([StepRecord(step: 9_000, loss: 0.5)])))
    state.take([grown], order: order, unread: 1)
    #expect(state.rows.count == 15 && Self.names(state)[0] == "aaa")
    #expect(state.current?.name == "words-3" && state.chosen == ["runs/words-2": 0])
    let text = Self.text(state)
    #expect(text.contains("9,000") && text.contains("reading 14 of 15"))
  }
}

/// What is known of a run without its curves.
@Suite struct RunOverviewTests {
  private func steps(_ range: ClosedRange<Int>, _ loss: (Int) -> Double) -> TrainingEvent {
    .steps(StepBatch(range.map { StepRecord(step: $0, loss: loss($0)) }))
  }

  private func judged(_ isHeld: Bool?, _ events: [TrainingEvent]) -> RunOverview.State? {
    var run = RunOverview(id: "r", name: "r")
    for event in events { run.take(event) }
    run.judge(isHeld: isHeld)
    return run.state
  }

  @Test func itsStateGoesByItsEndAndWhoHoldsIt() {
    let some = steps(1...3) { _ in 1 }
    func end(_ reason: FinishRecord.Reason) -> TrainingEvent {
      .finished(FinishRecord(reason: reason, step: 3))
    }
    let failed = TrainingEvent.warning(
      WarningRecord(step: 3, kind: "exit", text: "the job ended with exit status 1"))
    let damaged = TrainingEvent.warning(WarningRecord(step: 0, kind: "follow", text: "no object"))
    #expect(judged(true, [some]) == .live)
    #expect(judged(true, [some, .state(.paused)]) == .paused)
    #expect(judged(true, [some, .state(.paused), .state(.training)]) == .live)
    #expect(judged(false, [some]) == .killed)
    #expect(judged(false, [some, end(.completed)]) == .finished)
    #expect(judged(false, [some, end(.stopped)]) == .stopped)
    #expect(judged(false, [some, failed, end(.stopped)]) == .failed)
    #expect(judged(false, [some, end(.diverged)]) == .failed)
    // A run that went on after its end, and was killed then.
    let seam = TrainingEvent.command(CommandRecord(step: 3, name: "resume", text: "went on"))
    #expect(judged(false, [some, end(.stopped), seam]) == .killed)
    #expect(judged(nil, [some]) == .live)
    #expect(judged(nil, [some, .state(.silent)]) == .silent)
    #expect(judged(nil, [some, .state(.silent), .state(.following)]) == .live)
    #expect(judged(nil, [damaged]) == .unreadable && judged(false, [damaged]) == .unreadable)
    #expect(judged(nil, [damaged, some]) == .live)
  }

  @Test func itsBestIsAValidationWhereThereIsOne() {
    var run = RunOverview(id: "r", name: "r")
    run.take(steps(1...100) { 5 - Double($0 % 50) / 50 })
    #expect(run.best == .init(loss: 4.02, step: 49, isValidation: false))
    #expect(run.step == 100 && run.lastLoss == 5)
    run.take(.validation(ValidationRecord(step: 80, loss: 6, isBest: true)))
    run.take(.validation(ValidationRecord(step: 90, loss: 7, isBest: false)))
    #expect(run.best == .init(loss: 6, step: 80, isValidation: true))
    // Going back to an earlier step takes back what was better behind it.
    run.take(steps(60...61) { _ in 4.5 })
    #expect(run.best == .init(loss: 4.02, step: 49, isValidation: false) && run.step == 61)
    run.take(steps(40...41) { _ in 9 })
    #expect(run.best?.loss == 5 - 39.0 / 50)
    run.take(steps(42...44) { $0 == 43 ? .nan : 8 })
    #expect(run.best?.step == 39 && run.lastLoss == 8)
  }
}
