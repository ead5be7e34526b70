import TerminalGraphics
import TrainingEvents

/// The table of the dashboard's keys.
enum KeyBindings {
  static let all: [KeyBinding] =
    training + pace + past + openingHyperparameters + views + charts + units + marking + alike
    + dynamics + graph
    + walk + log + metrics
    + console
    + looking + openingWalk + opening + program + detaching + openingPages + openingLesson + lesson
    + lessonAnswer + prompt
    + alert + hyperparameters + settings + quitDialog + leaving + unsaved + confirming + help

  private static let training: [KeyBinding] = [
    KeyBinding(
      [.character(" ")], "space", hint: "pause", rank: 1, "pause or resume", .training
    ) { $0.togglePause() },
    KeyBinding(
      [.character(".")], ".", hint: "step", "train one step, then pause", .training
    ) { $0.train(.step(count: 1)) },
    KeyBinding(
      [.backspace], "backspace", "one step back, in a finished run or a replay", .training
    ) { $0.stepBack() },
    KeyBinding(
      [.character("+"), .character("=")], "+", "double the learning rate", .training
    ) { $0.train(.scaleLearningRate(by: 2)) },
    KeyBinding(
      [.character("-"), .character("_")], "−", "halve the learning rate", .training
    ) { $0.train(.scaleLearningRate(by: 0.5)) },
    KeyBinding(
      [.character("s")], "s", hint: "snapshot", rank: 4, "write a snapshot; the screen says where",
      .training
    ) { state in
      state.show("writing a snapshot …")
      return [.send(.snapshot)]
    },
  ]

  private static let views: [KeyBinding] = ViewKind.allCases.map { view in
    KeyBinding(
      [.character(Character("\(view.rawValue)"))], "\(view.rawValue)",
      hint: view == .overview ? "views" : nil, as: "1–8", rank: 4,
      "\(view.name): \(view.summary)", .views
    ) { state in
      state.show(view: view)
      return []
    }
  }

  private static let looking: [KeyBinding] = [
    openingAlert,
    KeyBinding(
      [.character("p")], "p", "pin this view: runs of this preset open in it; p again unpins it",
      .looking
    ) { $0.togglePin() },
    KeyBinding([.tab], "tab", hint: "focus", rank: 7, "give the focus to the next panel", .looking)
    {
      $0.moveFocus(by: 1)
    },
    KeyBinding([.backTab], "shift-tab", "give the focus to the previous panel", .looking) {
      $0.moveFocus(by: -1)
    },
    KeyBinding(
      [.character("z"), .enter], "z enter", hint: "enlarge", rank: 6,
      "enlarge the panel with the focus, and back", .looking
    ) { $0.toggleEnlarged() },
    KeyBinding(
      [.escape], "esc", "back from a cursor, an enlarged panel or a view", .looking
    ) { $0.goBack() },
  ]

  private static let program: [KeyBinding] = [
    KeyBinding(
      [.character("?"), .function(1)], "?", hint: "help", rank: 2,
      "help on the panel with the focus, or on the alert of the message on screen", .program
    ) { $0.openHelp() },
    KeyBinding(
      [.character("q")], "q", hint: "quit", rank: 3, "quit; asks first when steps would be lost",
      .program
    ) { $0.askToQuit() },
    KeyBinding(
      [.character("Y")], "Y",
      "copy the values under the cursor, else the command that goes on with the run", .program
    ) { $0.copy() },
    KeyBinding([.control("l")], "ctrl-l", "redraw the screen", .program) { _ in [.redraw] },
    KeyBinding([.control("z")], "ctrl-z", "suspend; fg brings it back", .program) { _ in
      [.suspend]
    },
  ]

  private static let quitDialog: [KeyBinding] = [
    KeyBinding(
      [.character("s"), .enter], "s enter", hint: "save and quit", "write a snapshot, then quit",
      .quitting, in: .quitDialog
    ) { _ in [.quit(saving: true)] },
    KeyBinding(
      [.character("q")], "q", hint: "quit without saving", "quit and lose the steps", .quitting,
      in: .quitDialog
    ) { _ in [.quit(saving: false)] },
    KeyBinding(
      [.escape, .character("n")], "esc", hint: "stay", "stay", .quitting, in: .quitDialog
    ) { state in
      state.overlay = nil
      return []
    },
  ]
}
