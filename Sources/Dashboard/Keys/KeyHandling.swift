import TerminalGraphics
import TrainingEvents

extension DashboardState {
  /// Does what a key stands for.
  /// - Returns: what the session has to do; often nothing.
  public mutating func handle(_ key: Key) -> [DashboardAction] {
    guard let binding = KeyBindings.binding(for: key, in: context) else { return [] }
    needsRedraw = true
    return binding.perform(&self)
  }

  /// What takes the keys now.
  var context: KeyBinding.Context {
    switch overlay {
    case nil: .view
    case .help: .help
    case .quit: .quitDialog
    }
  }

  mutating func togglePause() -> [DashboardAction] {
    switch trainingState {
    case .paused: train(.resume)
    default: train(.pause)
    }
  }

  /// Sends a command that needs a run which can still train.
  mutating func train(_ command: TrainingCommand) -> [DashboardAction] {
    switch trainingState {
    case .finished:
      show("this run is finished")
      return []
    case .diverged where command != .undo && command != .restart:
      show("this run diverged: its weights are no longer numbers to train on", .bad)
      return []
    default:
      return [.send(command)]
    }
  }

  mutating func askToQuit() -> [DashboardAction] {
    guard unsavedSteps > 0, trainingState != .diverged else { return [.quit(saving: false)] }
    overlay = .quit
    return []
  }

  mutating func moveFocus(by distance: Int) -> [DashboardAction] {
    let panels = visiblePanels
    guard !panels.isEmpty else { return [] }
    let index = panels.firstIndex(of: focus) ?? 0
    focus = panels[(index + distance + panels.count) % panels.count]
    return []
  }

  mutating func scrollHelp(by lines: Int) -> [DashboardAction] {
    if case .help(let scroll) = overlay {
      let most = max(0, HelpOverlay.lineCount(in: size) - HelpOverlay.visibleLines(in: size))
      overlay = .help(scroll: min(max(0, scroll + lines), most))
    }
    return []
  }
}
