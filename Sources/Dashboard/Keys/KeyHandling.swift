import TerminalGraphics
import TrainingEvents

extension DashboardState {
  /// Does what a key stands for.
  /// - Returns: what the session has to do; often nothing.
  public mutating func handle(_ key: Key) -> [DashboardAction] {
    submitted = nil
    if case .paste(let text) = key {
      paste(text)
      return []
    }
    if case .mouse(let event) = key { return handle(event) }
    if case .character(let character) = key, beginsLessonAnswer(with: character) { return [] }
    if let binding = KeyBinding.binding(for: key, in: contexts) {
      needsRedraw = true
      return permitted(binding.perform(&self))
    }
    if case .character(let character) = key, contexts == [.helpSearch] {
      needsRedraw = true
      return changeHelp { $0.search?.insert(String(character)) }
    }
    if case .character(let character) = key, contexts == [.lessonAnswer] {
      lesson?.line?.insert(String(character))
      needsRedraw = true
      return []
    }
    if case .character(let character) = key, contexts == [.prompt] {
      prompt?.edit { $0.insert(String(character)) }
      needsRedraw = true
    }
    return []
  }

  /// What takes the keys now, the first one first.
  var contexts: [KeyBinding.Context] {
    switch overlay {
    case nil where prompt != nil: [.prompt]
    case nil where lesson?.line != nil && focusedPanel == .lesson: [.lessonAnswer]
    case nil where focusedPanel == .lesson: lessonContexts + [.view]
    case nil where graph.isWalking && focusedPanel == .graph: [.walk, .view]
    case nil: [focusedPanel?.drawing.context, .view].compactMap { $0 }
    case .help(let page): page.isTyping ? [.helpSearch] : [.help]
    case .alert(let alert): offersBest(on: alert) ? [.overfitting, .alert] : [.alert]
    case .quit: [.quitDialog]
    case .leaving: [.leaving]
    case .unsaved: [.unsaved]
    case .confirm: [.confirm]
    case .hyperparameters: [.hyperparameters]
    case .settings: [.settings]
    }
  }

  /// The panel that has the focus on the screen as it is now.
  var focusedPanel: PanelKind? { focused(among: placements(in: size)) }

  /// Goes to a view, with the focus where it was last time there.
  mutating func show(view: ViewKind) {
    guard view != self.view else { return }
    focusByView[self.view] = focus
    self.view = view
    enlarged = false
    let panels = visiblePanels
    focus = focusByView[view].flatMap { panels.contains($0) ? $0 : nil } ?? panels.first ?? focus
    needsRedraw = true
  }

  /// Lets every run of this preset open with the view on screen, or no longer.
  mutating func togglePin() -> [DashboardAction] {
    guard let run else {
      show("there is no run yet to pin a view for")
      return []
    }
    if settings.views[run.name] == view {
      settings.views[run.name] = nil
      show("runs of \(run.name) open in \(settings.view.name)")
    } else {
      settings.views[run.name] = view
      show("runs of \(run.name) open in \(view.name) · p again: no longer")
    }
    return [.use(settings)]
  }

  mutating func toggleEnlarged() -> [DashboardAction] {
    guard visiblePanels.count > 1 else {
      show("this panel has the whole view already")
      return []
    }
    enlarged.toggle()
    return []
  }

  /// Takes back the last thing that changed what is seen; beside a lesson, the keys go back to it.
  mutating func goBack() -> [DashboardAction] {
    message = nil
    // What is not on screen is not taken back unseen.
    let contexts = Set(placements(in: size).compactMap(\.panel.drawing.context))
    if chart.cursor != nil, contexts.contains(.chart) {
      chart.cursor = nil
    } else if enlarged {
      enlarged = false
    } else if contexts.contains(.alike), alike.isOpen {
      closeAlike()
    } else if contexts.contains(.units), heatmap.unit != nil || heatmap.column != nil {
      (heatmap.unit, heatmap.column) = (nil, nil)
    } else if lesson != nil {
      goBackToLesson()
    } else if leadsBack, view == .overview {
      return [.quit(saving: false)]
    } else {
      show(view: .overview)
    }
    return []
  }

  mutating func togglePause() -> [DashboardAction] {
    switch trainingState {
    case .paused: train(.resume)
    case .finished where !isViewing || isReplaying: train(.resume)
    default: train(.pause)
    }
  }

  /// Shows the step before, where steps are read from a record.
  mutating func stepBack() -> [DashboardAction] {
    guard isViewing || isReplaying || trainingState == .finished else {
      show("a run that trains has no step back: U goes back to the last snapshot")
      return []
    }
    let command = TrainingCommand.run(until: .step(max(1, currentStep - 1)))
    return isViewing && !isReplaying ? [.send(command)] : train(command)
  }

  /// Sends a command that needs a run which can still train.
  mutating func train(_ command: TrainingCommand) -> [DashboardAction] {
    if isReplaying || (trainingState == .finished && !isViewing) {
      switch command {
      case .pause, .resume, .step, .run: return [.replay(command)]
      case .restart: return [.send(command)]
      default:
        show("this run is finished: space replays it, R begins it again, P chooses another")
        return []
      }
    }
    switch trainingState {
    case .finished:
      show("this run is finished")
      return []
    case .diverged where ![.undo, .restart, .goBackToBest].contains(command):
      show("this run diverged: U goes back to the last snapshot, R begins again", .bad)
      return []
    default:
      return [.send(command)]
    }
  }

  mutating func askToQuit() -> [DashboardAction] {
    if leadsBack { return [.quit(saving: false)] }
    if isServed {
      overlay = .leaving
      return []
    }
    // A lesson's answers are kept as they are given, and its network is trained anew in seconds.
    guard lesson == nil else { return [.quit(saving: false)] }
    // The snapshot of a run's end may still be on its way to the disk: it is waited for.
    if abilities == nil, !isViewing, trainingState == .finished { return [.quit(saving: true)] }
    // What another process trained is not this one's to save.
    guard abilities == nil, !isViewing, unsavedSteps > 0, trainingState != .diverged else {
      return [.quit(saving: false)]
    }
    overlay = .quit
    return []
  }

  mutating func moveFocus(by distance: Int) -> [DashboardAction] {
    let panels = visiblePanels
    guard panels.count > 1 else {
      show("there is one panel in this view")
      return []
    }
    let index = panels.firstIndex(of: focus) ?? 0
    focus = panels[(index + distance + panels.count) % panels.count]
    return []
  }
}
