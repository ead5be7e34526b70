import TerminalGraphics
import TrainingEvents

/// How sharply the loss bends, how far the last update went along it, and how noisy its gradient is,
/// in words.
struct LandscapePanel: Panel {
  var name: String { "Loss landscape" }
  var summary: String {
    "The loss around the weights: λ, the largest eigenvalue of its Hessian (sharpness); α, how far the "
      + "last update went (−1 not at all, 0 to the minimum along it, 1 as far beyond); and the noise "
      + "scale, the batch size at which the gradient’s noise is as large as the gradient."
  }
  var interests: ProbeRequest.Interests { [.landscape] }

  func absence(in state: DashboardState) -> String? { state.landscapeAbsence }

  func title(_ scene: Scene) -> StyledText { StyledText("Loss landscape", scene.theme.title) }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let frame = scene.state.landscape else { return }
    let area = buffer.inside
    let texts = [sharpness(frame, scene), step(frame, scene), noise(frame, scene)]
    // One line each, before any gets a second.
    let most = max(1, area.height / texts.count)
    let lines = texts.flatMap { $0.lines(of: area.width - 2, atMost: most) }
    for (row, line) in lines.prefix(area.height).enumerated() {
      line.write(x: area.x + 1, y: area.y + row, limit: area.right - 1, into: &buffer)
    }
  }

  private func number(_ value: Double) -> String { NumberText.significant(value, 3) }

  private func sharpness(_ frame: LandscapeFrame, _ scene: Scene) -> StyledText {
    let (theme, hasUnicode) = (scene.theme, scene.appearance.hasUnicode)
    var text = StyledText("sharpness", theme.muted)
    guard let value = frame.sharpness else { return text.adding(" –", theme.text) }
    let isKnown = frame.sharpnessResidual ?? 1 <= LandscapeFrame.tolerance
    let bound = isKnown ? "" : hasUnicode ? "≥ " : ">= "
    text.add(" \(bound)\(number(value))", theme.text)
    if let rate = frame.criticalRate {
      text.add("  SGD overshoots above rate \(number(rate))", theme.muted)
    }
    return text
  }

  /// Within this of 0, an update is said to have ended near the minimum.
  private static let near = 0.25

  private func step(_ frame: LandscapeFrame, _ scene: Scene) -> StyledText {
    let theme = scene.theme
    let name = scene.appearance.hasUnicode ? "last update α" : "last update"
    var text = StyledText(name, theme.muted)
    guard let alpha = frame.relativeStep else {
      text.add(" –", theme.text)
      guard let slope = frame.slope else { return text }
      return text.adding(
        slope >= 0 ? "  it led uphill" : "  the loss has no minimum along it", theme.muted)
    }
    text.add(" \(alpha > 0 ? "+" : "")\(number(alpha))", theme.text)
    return switch alpha {
    case ..<(-Self.near): text.adding("  short of the minimum along it", theme.muted)
    case ...Self.near: text.adding("  near the minimum along it", theme.muted)
    case ...1: text.adding("  beyond the minimum along it", theme.muted)
    default: text.adding("  overshot: the loss rose along it", theme.warning)
    }
  }

  private func noise(_ frame: LandscapeFrame, _ scene: Scene) -> StyledText {
    let theme = scene.theme
    func sequences(_ count: String) -> String { "\(count) sequence\(count == "1" ? "" : "s")" }
    var text = StyledText("noise scale", theme.muted)
    guard let noise = frame.noiseScale else {
      text.add(" –", theme.text)
      return text.adding(
        frame.parts > 1
          ? "  noise hides the gradient of \(sequences("\(frame.batch)"))"
          : "  the batch has one part", theme.muted)
    }
    text.add(" \(sequences(number(noise)))", theme.text)
    return text.adding("  a batch has \(frame.batch)", theme.muted)
  }
}

/// Sharpness, step length and noise scale over the run.
struct LandscapeOverTrainingPanel: FrameChart {
  var name: String { "Landscape over training" }
  var summary: String {
    "Sharpness, noise scale in sequences, and α + 1 over training: α + 1 is the last update’s length "
      + "over the way to the minimum along it, so that it is 1 for an update that ends there."
  }
  var interests: ProbeRequest.Interests { [.landscape] }
  var context: KeyBinding.Context? { .chart }
  var kind: PanelKind { .landscapeOverTraining }
  var healthyValue: Double? { nil }

  func absence(in state: DashboardState) -> String? { state.landscapeAbsence }

  func title(_ scene: Scene) -> StyledText {
    curveNames(scene, behind: StyledText("Landscape over training", scene.theme.title))
  }

  func curves(_ scene: Scene) -> [FrameCurve] {
    let frames: FrameHistory<LandscapeFrame> = scene.state.frames.history()
    return [
      FrameCurve(name: "sharpness", points: scene.points(of: frames) { $0.sharpness }),
      FrameCurve(
        name: scene.appearance.hasUnicode ? "α + 1" : "step",
        points: scene.points(of: frames) { $0.relativeStep.map { $0 + 1 } }),
      FrameCurve(name: "noise", points: scene.points(of: frames) { $0.noiseScale }),
    ].filter { curve in curve.points.contains { $0.value > 0 } }
  }
}

extension DashboardState {
  /// Why nothing is known of the loss around the weights; nil where something is.
  var landscapeAbsence: String? {
    if landscape != nil { return nil }
    return Absence.isSetByHand(self)
      ? Absence.setByHand : Absence.missing("loss landscape", self)
  }
}

extension PanelKind {
  static let landscape = PanelKind(LandscapePanel())
  static let landscapeOverTraining = PanelKind(LandscapeOverTrainingPanel())
}
