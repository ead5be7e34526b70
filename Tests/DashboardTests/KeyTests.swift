import TerminalGraphics
import Testing
import TrainingEvents

@testable import Dashboard

@Suite struct KeyTests {
  /// A state in which the keys of a context work.
  static func state(in context: KeyBinding.Context) -> DashboardState {
    var state = SyntheticRun.state(lastStep: 900)
    state.resize(Size(width: 80, height: 20))
    switch context {
    case .view: break
    case .chart:
      // Somewhere in the middle, so that there is room on every side.
      state.chart.cursor = 300
      state.chart.window = .fixed(200...600)
    case .units:
      state.show(view: .states)
      state.apply(.frame(.hiddenStates(SyntheticRun.gatedStates(step: 900))))
      for _ in 0..<14 { state.pickUnit(by: 1) }
      for _ in 0..<4 { state.pickColumn(by: 1) }
    case .alike:
      state = AlikeTests.found()
      state.alike.chosen = 1
    case .dynamics:
      state.show(view: .dynamics)
      for _ in 0..<4 { state.pickColumn(by: 1) }
    case .log:
      for line in 0..<60 { state.log("line \(line)") }
      state.show(view: .log)
      state.log.scroll(by: 20)
    case .metrics:
      state = MetricsTests.state(metrics: 60, view: .task)
      state.metrics = MetricsControls(filter: "metric", scroll: 20)
    case .graph:
      state.show(view: .graph)
      state.graph.firstColumn = 3
    case .walk:
      state = SyntheticTraces.state(SyntheticTraces.architecture(.everyStep), walking: 5)
      state.resize(Size(width: 80, height: 24))
    case .lesson:
      state = SyntheticLesson.state()
      state.resize(Size(width: 80, height: 24))
      state.lesson?.answers[1] = LessonState.Answer(
        given: "", judgement: LessonJudgement(isRight: true, reply: "", found: nil), words: "",
        step: 1)
      state.lesson?.scroll = 1
    case .lessonNumber:
      state = SyntheticLesson.state()
      state.go(toLessonStep: 1)
      _ = state.advanceLesson()
    case .lessonAgain:
      state = SyntheticLesson.state()
      _ = state.handle(.character("a"))
      state.go(toLessonStep: 3)
    case .lessonAnswer:
      state = SyntheticLesson.state()
      state.resize(Size(width: 80, height: 24))
      state.go(toLessonStep: 1)
      _ = state.advanceLesson()
      state.lesson?.line = LineEditor("12")
      state.lesson?.line?.move(by: -1)
    case .prompt:
      state.promptHistory.add("goto log", to: .command)
      state.promptHistory.add("goto loss", to: .command)
      state.prompt = Prompt(.command, text: "goto lo")
      state.prompt?.browse(["goto graph", "goto lo xx"], by: -1)
      state.prompt?.line.move(by: -3)
    case .settings: state.overlay = .settings(SettingsPage(settings: state.settings))
    case .alert, .overfitting: state = AlertPageTests.state(.overfitting, .plateau)
    case .hyperparameters: state.overlay = .hyperparameters(1)
    case .confirm: state.overlay = .confirm(.restart)
    case .help: state.overlay = .help(HelpPage(showsAll: true, scroll: 3))
    case .helpSearch:
      state.overlay = .help(HelpPage(scroll: 0, search: LineEditor("loss"), isTyping: true))
    case .quitDialog: state.overlay = .quit
    case .leaving: state.overlay = .leaving
    case .console:
      for number in 0..<60 {
        state.apply(.console(ConsoleLine(number: number, text: "line 1\(number)")))
      }
      state.show(view: .log)
      state.focus = .console
      state.consoleControls = ConsoleControls(filter: "line", scroll: 20)
    case .unsaved: state.askAboutUnsaved("no snapshot was written: the disk is full")
    }
    return state
  }

  @Test func everyLineOfTheHelpWorks() {
    for binding in KeyBindings.all {
      for key in binding.keys {
        var state = Self.state(in: binding.context)
        if key == .escape, binding.context == .view { state.enlarged = true }
        if key == .character("1") { state.show(view: .loss) }
        state.didDraw()
        let before = state.render(size: state.size, appearance: Golden.appearance)
        let actions = state.handle(key)
        let after = state.render(size: state.size, appearance: Golden.appearance)
        #expect(
          !actions.isEmpty || before != after, "\(binding.label) (\(key)) does nothing")
        #expect(state.needsRedraw)
      }
    }
  }

  /// Whatever view is open and whichever panel has the focus: every key that the help names for it
  /// does something there.
  @Test(arguments: ViewKind.allCases) func everyKeyWorksInEveryView(view: ViewKind) {
    var full = Self.state(in: .chart)
    full.apply(.frame(.hiddenStates(SyntheticRun.gatedStates(step: 900))))
    var dynamics = SyntheticRun.dynamics
    dynamics.step = 280
    full.apply(
      .past(
        PastFrames(
          step: 300,
          frames: [.hiddenStates(SyntheticRun.gatedStates(step: 290)), .dynamics(dynamics)])))
    full.apply(.reading(SyntheticTasks.reading))
    full.apply(.snapshot(SnapshotRecord(step: 800, path: "s/800", bytes: 1)))
    full.addComparison(name: "words-2", history: ChartControlTests.history(400))
    for line in 0..<60 { full.log("line \(line)") }
    full.log.scroll(by: 20)
    full.show(view: view)
    full.heatmap.unit = full.unitOrder.order[12]
    full.heatmap.column = 6
    full.graph.firstColumn = 3
    full.advance(to: 200)
    var seen: Set<KeyBinding.Context> = [.view]
    for (index, panel) in full.visiblePanels.enumerated() {
      full.focus = panel
      guard index == 0 || panel.drawing.context.map({ !seen.contains($0) }) ?? false else {
        continue
      }
      let before = full.render(size: full.size, appearance: Golden.appearance)
      for context in full.contexts {
        seen.insert(context)
        for binding in KeyBindings.all where binding.context == context {
          guard let key = binding.keys.first, key != .character(Character("\(view.rawValue)"))
          else {
            continue
          }
          var state = full
          let actions = state.handle(key)
          let after = state.render(size: full.size, appearance: Golden.appearance)
          #expect(
            !actions.isEmpty || before != after,
            "\(binding.label) does nothing in \(view.name), \(panel)")
        }
      }
    }
  }

  @Test func noKeyMeansTwoThings() {
    for context in KeyBinding.Context.allCases {
      let keys = KeyBindings.all.filter { $0.context == context }.flatMap(\.keys)
      #expect(Set(keys).count == keys.count)
    }
  }

  /// A key of a panel may not hide one that works in every view.
  @Test(arguments: [KeyBinding.Context.chart, .units, .dynamics, .log, .graph])
  func panelsHideNoCommonKey(context: KeyBinding.Context) {
    let common = Set(KeyBindings.all.filter { $0.context == .view }.flatMap(\.keys))
    let own = KeyBindings.all.filter { $0.context == context }.flatMap(\.keys)
    for key in own { #expect(!common.contains(key), "\(key)") }
  }

  @Test func everyKeyIsInTheHelp() {
    var state = Self.state(in: .view)
    state.overlay = .help(HelpPage(showsAll: true))
    let text = state.render(size: Size(width: 100, height: 400), appearance: Golden.appearance)
      .lines.joined(separator: "\n")
    for binding in KeyBindings.all {
      #expect(text.contains(binding.label))
      #expect(text.contains(binding.summary.wrapped(to: 40)[0]))
    }
  }

  /// The help is about what has the focus, and fits on one page of the smallest usual terminal.
  @Test(arguments: ViewKind.allCases) func theHelpIsOnePageAboutTheFocus(view: ViewKind) {
    var state = Self.state(in: .view)
    state.resize(Size(width: 80, height: 24))
    state.show(view: view)
    for panel in state.visiblePanels {
      state.focus = panel
      _ = state.handle(.character("?"))
      let text = EventTests.text(state, state.size)
      #expect(text.contains("Help: \(panel.drawing.name)"))
      #expect(
        text.contains(panel.drawing.summary.split(separator: " ").prefix(4).joined(separator: " ")))
      #expect(!text.contains("more: ↓"))
      for binding in KeyBindings.all
      where binding.context == panel.drawing.context && binding.hint != nil {
        #expect(text.contains(String(binding.summary.prefix(40))), "\(panel): \(binding.label)")
      }
      _ = state.handle(.escape)
    }
  }

  @Test func theHelpIsSearched() {
    var state = Self.state(in: .view)
    state.resize(Size(width: 80, height: 24))
    for key in "?/clip" { _ = state.handle(.character(key)) }
    var text = EventTests.text(state, state.size)
    #expect(text.contains("halve the clip norm") && !text.contains("move the cursor back"))
    // A key of the help is a letter while something is typed.
    for key in "qa" { _ = state.handle(.character(key)) }
    #expect(EventTests.text(state, state.size).contains("no key and no command has “clipqa”"))
    _ = state.handle(.escape)
    _ = state.handle(.character("a"))
    text = EventTests.text(state, state.size)
    #expect(text.contains("Keys and commands") && text.contains("more: ↓"))
    _ = state.handle(.escape)
    #expect(state.overlay == nil)
  }

  @Test func spaceGoesByTheStateOfTraining() {
    var state = Self.state(in: .view)
    #expect(state.handle(.character(" ")) == [.send(.pause)])
    state.apply(.state(.paused))
    #expect(state.handle(.character(" ")) == [.send(.resume)])
    state.apply(.finished(FinishRecord(reason: .completed, step: 900, elapsed: 1)))
    // A finished run is looked at again: from its first step, or one step back.
    #expect(state.handle(.character(" ")) == [.replay(.resume)])
    #expect(state.handle(.character(".")) == [.replay(.step(count: 1))])
    #expect(state.handle(.backspace) == [.replay(.run(until: .step(899)))])
    #expect(state.handle(.character("+")) == [])
    #expect(state.message?.text.contains("space replays it, R begins it again") == true)
    #expect(EventTests.text(state, state.size).contains("space replay"))
    state.isReplaying = true
    state.apply(.state(.training))
    #expect(state.handle(.character(" ")) == [.replay(.pause)])
    #expect(state.handle(.character("q")) == [.quit(saving: false)])
  }

  @Test func quittingAsksOnlyWhenStepsWouldBeLost() {
    var state = Self.state(in: .view)
    #expect(state.handle(.character("q")) == [])
    #expect(state.overlay == .quit)
    #expect(state.handle(.character("x")) == [])
    #expect(state.handle(.enter) == [.quit(saving: true)])
    state.overlay = nil
    // One that arrives while it asks leaves nothing to lose.
    state.overlay = .quit
    state.apply(.snapshot(SnapshotRecord(step: 900, path: "snapshots/900", bytes: 9)))
    #expect(
      EventTests.text(state, state.size).contains("All training is in a snapshot by now."))
    state.overlay = nil
    #expect(state.handle(.character("q")) == [.quit(saving: false)])
  }

  @Test func aSnapshotOfUnknownSizeHasNone() {
    var state = Self.state(in: .view)
    state.apply(.snapshot(SnapshotRecord(step: 900, path: "checkpoint.pt", bytes: nil)))
    let text = EventTests.text(state, state.size)
    #expect(text.contains("snapshot checkpoint.pt") && !text.contains("checkpoint.pt 0 B"))
    state.apply(.snapshot(SnapshotRecord(step: 900, path: "other.pt", bytes: 900)))
    #expect(EventTests.text(state, state.size).contains("other.pt 900 B"))
  }

  /// Its last snapshot may still be on its way to the disk.
  @Test func aRunThatHasEndedIsLeftWhenItsSnapshotIsThere() {
    var state = Self.state(in: .view)
    state.apply(.finished(FinishRecord(reason: .completed, step: 900, elapsed: 1)))
    #expect(state.handle(.character("q")) == [.quit(saving: true)] && state.overlay == nil)
  }

  @Test func unknownKeysDoNothing() {
    var state = Self.state(in: .view)
    state.didDraw()
    #expect(state.handle(.function(9)) == [])
    #expect(!state.needsRedraw)
  }
}
