import TerminalGraphics
import TrainingEvents

/// The norm of the whole gradient before clipping, over the run, with the clipping threshold.
struct GradientNormPanel: Panel {
  func title(_ scene: Scene) -> StyledText {
    StyledText("Gradient norm", scene.theme.title).adding("  before clipping", scene.theme.muted)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let history = scene.state.history
    guard let extent = history.extent(of: .step) else {
      return buffer.note("no step yet", style: scene.theme.muted)
    }
    let range = extent.lowerBound...max(extent.upperBound, extent.lowerBound + 1)
    let (area, foot) = buffer.inside.cutBottom(1)
    let coarse = history.boundaries(columns: max(1, area.width - 4) * 2, over: range, on: .step)
    let all = history.gradientNorm.summaries(between: coarse)
    let frame = ChartFrame(
      in: area, scale: scale(all, clip: scene.state.clipNorm), range: range,
      appearance: scene.appearance, into: &buffer)
    var canvas = frame.canvas(scene.appearance)
    let boundaries = history.boundaries(columns: canvas.width, over: range, on: .step)
    let norms = history.gradientNorm.summaries(between: boundaries)
    frame.band(norms, style: scene.theme.gradientRange, on: &canvas)
    frame.line(norms, style: scene.theme.gradient, on: &canvas)
    canvas.draw(into: &buffer, x: frame.plot.x, y: frame.plot.y)
    frame.gapMarks(
      norms, dotsAcross: canvas.dotsAcross, appearance: scene.appearance, into: &buffer)
    if let clip = scene.state.clipNorm {
      frame.limit(
        clip, label: "clip \(NumberText.brief(clip, 3))", appearance: scene.appearance,
        into: &buffer)
    }
    MarkerRow.draw(
      scene.state.markers.map { (Double($0.step), $0) }, frame: frame, labels: false,
      appearance: scene.appearance, into: &buffer)
    drawFoot(scene, rect: foot, into: &buffer)
    BottomAxis.draw(
      frame: frame, axis: .step, y: foot.bottom, appearance: scene.appearance, into: &buffer)
  }

  /// Norms span powers of ten, so the axis is logarithmic; the threshold is on it when near.
  private func scale(_ norms: [SeriesSummary], clip: Double?) -> ValueScale {
    var (low, high) = ChartFrame.extent([norms]) ?? (.nan, .nan)
    if let clip, clip > 0, high.isFinite, clip < high * 30, clip > low / 30 {
      (low, high) = (min(low, clip), max(high, clip))
    }
    return ValueScale(low, high, logarithmic: true).padded()
  }

  private func drawFoot(_ scene: Scene, rect: Rect, into buffer: inout CellBuffer) {
    guard let last = scene.state.history.last else { return }
    let theme = scene.theme
    StyledText(" now ", theme.muted)
      .adding(NumberText.significant(last.gradientNorm, 3), theme.gradient, joined: true)
      .adding("   clipped ", theme.muted)
      .adding(clippedText(scene.state), theme.text, joined: true)
      .adding(" of steps", theme.muted)
      .fitting(rect.width)
      .write(x: rect.x, y: rect.y, limit: rect.right, into: &buffer)
  }

  private func clippedText(_ state: DashboardState) -> String {
    state.clipNorm == nil && state.history.clippedSteps == 0
      ? "off" : NumberText.percent(state.history.clippedShare)
  }
}
