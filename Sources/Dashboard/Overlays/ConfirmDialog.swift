import TerminalGraphics
import TrainingEvents

/// Something that loses steps and is asked about first.
enum Question: Sendable, Equatable {
  case undo
  case best
  case restart
  case choosePreset

  var title: String {
    switch self {
    case .undo: "Go back?"
    case .best: "Go back to the best weights?"
    case .restart: "Start over?"
    case .choosePreset: "Leave this run?"
    }
  }

  var action: DashboardAction {
    switch self {
    case .undo: .send(.undo)
    case .best: .send(.goBackToBest)
    case .restart: .send(.restart)
    case .choosePreset: .choosePreset
    }
  }

  /// What would be lost, in one line.
  func words(_ state: DashboardState) -> String {
    let lost = NumberText.grouped(state.unsavedSteps)
    switch self {
    case .undo:
      let step = state.lastSnapshot.map { NumberText.grouped($0.step) } ?? "0"
      switch state.unsavedSteps {
      case 0: return "Settings go back to those of the snapshot at \(step); no step is lost."
      case 1: return "The step since the snapshot at \(step) is lost."
      default: return "The \(lost) steps since the snapshot at \(step) are lost."
      }
    case .best:
      let step = state.bestSnapshot?.step ?? 0
      return "Weights and settings go back to those of step \(NumberText.grouped(step)), the best "
        + "validation; what came after stays in the record."
    case .restart:
      let steps =
        switch state.unsavedSteps {
        case 0: "every training step so far is in a snapshot."
        case 1: "1 step is in no snapshot."
        default: "\(lost) steps are in no snapshot."
        }
      return "The run begins at step 1 again; \(steps)"
    case .choosePreset:
      return "This run pauses, a snapshot is written, and the presets are shown. Esc there leads "
        + "back to it; starting another preset ends it."
    }
  }
}

enum ConfirmDialog {
  static func draw(_ question: Question, _ scene: Scene, into buffer: inout CellBuffer) {
    Dialog.ask(
      question.title, question.words(scene.state).wrapped(to: min(54, buffer.size.width - 6)),
      width: 58, keys: .confirm, scene: scene, into: &buffer)
  }
}

extension DashboardState {
  /// Asks before steps are lost; says why where there is nothing to go back to.
  mutating func ask(_ question: Question) -> [DashboardAction] {
    if question == .undo, lastSnapshot == nil {
      show("there is no snapshot of this session to go back to: s writes one", .warning)
      return []
    }
    overlay = .confirm(question)
    return []
  }

  /// Does what a typed command asks for: at once where no step is lost by it, and where whoever trains
  /// says why it cannot be; else it asks first, as its key does.
  mutating func goBack(_ question: Question) -> [DashboardAction] {
    guard case .send(let command) = question.action else { return ask(question) }
    let losesSteps =
      switch question {
      case .best: bestSnapshot != nil
      case .undo: lastSnapshot != nil && unsavedSteps > 0
      case .restart, .choosePreset: unsavedSteps > 0
      }
    let canGoBack = !isViewing && (canTrain || (trainingState == .diverged && !isReplaying))
    return losesSteps && canGoBack ? ask(question) : train(command)
  }

  mutating func confirm() -> [DashboardAction] {
    guard case .confirm(let question) = overlay else { return [] }
    overlay = nil
    return [question.action]
  }
}
