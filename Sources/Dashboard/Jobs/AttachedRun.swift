import TerminalGraphics
import TrainingEvents

extension DashboardState {
  /// Takes in what a run tells that trains in another process.
  public mutating func apply(_ message: RunMessage) {
    needsRedraw = true
    switch message {
    case .hello(let abilities):
      self.abilities = abilities
      hyperparameterBoard.add(abilities.hyperparameters)
    case .event(.started(var description)):
      // A record does not hold what can be set; who serves it says so by itself.
      if description.hyperparameters.isEmpty {
        description.hyperparameters = abilities?.hyperparameters ?? []
      }
      apply(.started(description))
    case .event(let event): apply(event)
    case .console(let line): console.set(line)
    case .usage(let usage): self.usage = usage
    case .past(let past): take(past)
    case .exit(let exit):
      jobExit = exit
      log.add(
        "the job ended: \(exit.text)", step: currentStep, exit.status == 0 ? .good : .bad)
    }
  }

  /// Notes that the process that served the run is gone.
  public mutating func noteGone() {
    abilities = RunAbilities.none
    guard jobExit == nil, finish == nil else { return }
    show("the process that trained this run has ended", .bad, seconds: 30)
    log.add("the process that trained this run has ended", step: currentStep, .bad)
  }

  /// Whether something goes on that leaving does not end.
  var isServed: Bool {
    guard let abilities else { return false }
    return abilities.can.contains(.stop) && jobExit == nil && finish == nil
  }

  /// Leaves out what the run cannot do, and says so.
  mutating func permitted(_ actions: [DashboardAction]) -> [DashboardAction] {
    guard let abilities else { return actions }
    return actions.filter { action in
      guard case .send(let command) = action, !abilities.allows(command) else { return true }
      show(refusal(of: command), .warning)
      return false
    }
  }

  private func refusal(of command: TrainingCommand) -> String {
    guard isServed else { return "this run has ended: unfold replay shows it again" }
    return switch command.ability {
    case .pause: "this job cannot be paused"
    case .step: "this job cannot train single steps: it reports none"
    case .set: "this job announced no hyperparameter that can be set"
    case .snapshot: "this job has not registered how to save a snapshot"
    case .read: "this job reads no text"
    case .stop: "this job cannot be stopped"
    case .watch, .run, .pace, .undo, .best, .restart, .testRates, .keep:
      "this job cannot do that: only runs of unfold’s own engine can"
    }
  }
}

extension KeyBinding {
  /// What the run has to be able to for the key to do something; nil where it always does.
  var ability: RunAbilities.Ability? {
    switch context == .view ? hint : nil {
    case "pause": .pause
    case "step": .step
    case "snapshot": .snapshot
    case "pace": .pace
    case "type": .read
    case "hyperparameters": .set
    default: nil
    }
  }
}

/// Asks what becomes of a run that another process trains, when its dashboard is left.
enum LeavingDialog {
  static func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let name = scene.state.run?.name ?? "The run"
    Dialog.ask(
      "Leave?", ["\(name) trains in a process of its own."], width: 56, keys: .leaving,
      scene: scene, into: &buffer)
  }
}

extension KeyBindings {
  static let leaving: [KeyBinding] = [
    KeyBinding(
      [.character("l"), .character("d"), .enter], "l enter", hint: "leave it running",
      "leave it running; unfold attach comes back", .leaving, in: .leaving
    ) { state in
      state.overlay = nil
      return [.detach]
    },
    KeyBinding(
      [.character("s")], "s", hint: "stop it", "stop it, then quit", .leaving, in: .leaving
    ) { state in
      state.overlay = nil
      state.show("stopping …", seconds: 30)
      return [.quit(saving: true)]
    },
    KeyBinding([.escape, .character("n")], "esc", hint: "stay", "stay", .leaving, in: .leaving) {
      state in
      state.overlay = nil
      return []
    },
  ]

  static let detaching: [KeyBinding] = [
    KeyBinding(
      [.character("D")], "D", "leave the run training in the background; unfold attach comes back",
      .program
    ) { state in
      guard state.isServed || (state.abilities == nil && !state.isViewing && state.canTrain) else {
        state.show("nothing trains here that could be left running")
        return []
      }
      return [.detach]
    }
  ]
}
