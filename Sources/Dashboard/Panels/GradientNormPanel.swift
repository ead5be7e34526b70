import TerminalGraphics
import TrainingEvents

/// The norm of the whole gradient before clipping, over the run, with the clipping threshold.
struct GradientNormPanel: TrainingChart {
  var name: String { "Gradient norm" }
  var summary: String {
    "Norm of the gradient at every training step, before clipping; the dashed line is the clip norm."
  }
  var context: KeyBinding.Context? { .chart }

  func absence(in state: DashboardState) -> String? {
    Absence.isSetByHand(state)
      ? Absence.setByHand
      : state.history.isEmpty
        ? Absence.noStep(state)
        : state.history.gradientNorm.hasValues ? nil : "no gradient norm was logged"
  }

  var kind: PanelKind { .gradientNorm }
  /// Norms span powers of ten.
  var isUsuallyLogarithmic: Bool { true }

  func footRows(_ size: Size) -> Int { 1 }

  func title(_ scene: Scene) -> StyledText {
    var text = StyledText("Gradient norm", scene.theme.title)
      .adding("  before clipping", scene.theme.muted)
    if let clip = scene.state.clipNorm, clip > 0 {
      let dashes = scene.appearance.hasUnicode ? "╌╌" : "--"
      text.add("  \(dashes) clip \(NumberText.brief(clip, 3))", scene.theme.limit)
    }
    return text
  }

  func extent(_ scene: Scene, over range: ClosedRange<Double>, columns: Int) -> ValueExtent {
    let (history, axis) = (scene.state.history, scene.state.chartAxis)
    let boundaries = history.boundaries(columns: columns, over: range, on: axis)
    var extent = ValueExtent(
      history.gradientNorm.summaries(between: boundaries),
      excludingOutliers: scene.state.chart.excludesOutliers)
    // The threshold belongs into the picture while the curve comes near it.
    if let clip = scene.state.clipNorm, clip > 0, extent.high.isFinite, clip < extent.high * 30,
      clip > extent.low / 30
    {
      extent.include(clip)
    }
    return extent
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let frame = frame(scene, size: buffer.size) else { return }
    let history = scene.state.history
    frame.drawAxis(scene.appearance, into: &buffer)
    var canvas = frame.canvas(scene.appearance)
    let boundaries = history.boundaries(
      columns: canvas.width, over: frame.range, on: scene.state.chartAxis)
    let norms = history.gradientNorm.summaries(between: boundaries)
    frame.band(norms, style: scene.theme.gradientRange, on: &canvas)
    frame.line(norms, style: scene.theme.gradient, on: &canvas)
    canvas.draw(into: &buffer, x: frame.plot.x, y: frame.plot.y)
    if let clip = scene.state.clipNorm {
      frame.limit(clip, appearance: scene.appearance, into: &buffer)
    }
    drawFoot(scene, rect: buffer.inside.cutBottom(1).bottom, into: &buffer)
    drawCommon(frame, scene, labels: false, into: &buffer)
    // A gap matters more than a marker in its place.
    frame.gapMarks(
      norms, dotsAcross: canvas.dotsAcross, appearance: scene.appearance, into: &buffer)
  }

  private func drawFoot(_ scene: Scene, rect: Rect, into buffer: inout CellBuffer) {
    let state = scene.state
    let theme = scene.theme
    let reading = state.cursorValues
    let label = reading.map { " step \(NumberText.grouped($0.step)) " } ?? " now "
    let norm = reading.map(\.gradientNorm) ?? state.history.last?.gradientNorm
    var text = StyledText(label, theme.muted)
      .adding(norm.map { NumberText.significant($0, 3) } ?? "–", theme.gradient, joined: true)
    // Another program that says nothing of clipping may well clip.
    if let share = state.history.clippedShare {
      text.add("   clipped ", theme.muted)
      let isOff = state.clipNorm == nil && state.history.clippedSteps == 0
      text.add(isOff ? "off" : NumberText.percent(share), theme.text, joined: true)
      if !isOff { text.add(" of steps", theme.muted) }
    }
    text.fitting(rect.width).write(x: rect.x, y: rect.y, limit: rect.right, into: &buffer)
  }
}

extension PanelKind {
  static let gradientNorm = PanelKind(GradientNormPanel())
}
