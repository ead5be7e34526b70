import TerminalGraphics
import TrainingEvents

/// What small differences are multiplied by in one step, and how many dimensions states use, over the
/// run.
struct DynamicsOverTrainingPanel: FrameChart {
  var name: String { "Dynamics over training" }
  var summary: String {
    "e^λ₁, what small differences between states are multiplied by in one step, and how many "
      + "dimensions states use, over training: above the line at 1 differences grow."
  }
  var interests: ProbeRequest.Interests { [.dynamics] }
  var context: KeyBinding.Context? { .chart }
  var kind: PanelKind { .dynamicsOverTraining }
  var healthyValue: Double? { 1 }

  func absence(in state: DashboardState) -> String? {
    let frames: FrameHistory<DynamicsFrame> = state.frames.history()
    let isKnown = frames.entries.contains { $0.frame.growth != nil || $0.frame.dimension != nil }
    return isKnown ? nil : state.dynamicsAbsence("exponents")
  }

  func title(_ scene: Scene) -> StyledText {
    curveNames(scene, behind: StyledText("Dynamics over training", scene.theme.title))
  }

  func curves(_ scene: Scene) -> [FrameCurve] {
    let frames: FrameHistory<DynamicsFrame> = scene.state.frames.history()
    return [
      FrameCurve(
        name: scene.appearance.hasUnicode ? "e^λ₁" : "growth",
        points: scene.points(of: frames) { $0.growth }),
      FrameCurve(name: "dimensions", points: scene.points(of: frames) { $0.dimension }),
    ].filter { !$0.points.isEmpty }
  }
}

extension PanelKind {
  static let dynamicsOverTraining = PanelKind(DynamicsOverTrainingPanel())
}
