import TerminalGraphics
import TrainingEvents

/// The task's own picture: which one depends on what is learned.
struct TaskPanel: Panel {
  var name: String { "Task" }
  var summary: String { "What the network answers on held-out examples, beside the targets." }
  var interests: ProbeRequest.Interests { [.task] }

  func absence(in state: DashboardState) -> String? {
    state.task == nil ? Absence.missing("held-out examples", state) : nil
  }

  func title(_ scene: Scene) -> StyledText {
    guard let task = scene.state.task else { return StyledText("Task", scene.theme.title) }
    let text = StyledText(task.heading, scene.theme.title)
    guard scene.state.stepShown(by: .task) == nil else { return text }
    return text.adding("  at step \(NumberText.grouped(task.step))", scene.theme.muted)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let task = scene.state.task else { return }
    let area = buffer.inside
    switch task {
    case .classification(let frame):
      ConfusionDrawing(frame: frame).draw(scene, in: area, into: &buffer)
    case .translation(let frame):
      TranslationDrawing(frame: frame).draw(scene, in: area, into: &buffer)
    case .caption(let frame): CaptionDrawing(frame: frame).draw(scene, in: area, into: &buffer)
    case .forecast(let frame): ForecastDrawing(frame: frame).draw(scene, in: area, into: &buffer)
    case .answers(let frame): AnswersDrawing(frame: frame).draw(scene, in: area, into: &buffer)
    case .labelling(let frame):
      LabellingDrawing(frame: frame).draw(scene, in: area, into: &buffer)
    case .stack(let frame): StackDrawing(frame: frame).draw(scene, in: area, into: &buffer)
    }
  }
}

extension TaskFrame {
  var heading: String {
    switch self {
    case .classification: "Confusion matrix"
    case .translation: "Source, target, output"
    case .caption: "Image and caption"
    case .forecast(let frame): frame.isFreeRunning ? "Target and output" : "Series and forecast"
    case .answers(let frame): "True and predicted \(frame.unit)"
    case .labelling: "Target and output labels"
    case .stack(let frame): "Deciding \(frame.language == "a-n-b-n" ? "aⁿbⁿ" : frame.language)"
    }
  }
}

extension PanelKind {
  static let task = PanelKind(TaskPanel())
}
