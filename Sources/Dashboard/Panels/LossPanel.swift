import TerminalGraphics
import TrainingEvents

/// Training loss, raw and smoothed, and validation loss over the run.
struct LossPanel: TrainingChart {
  var name: String { "Loss" }
  var summary: String {
    "Loss at every training step, its moving average, and the validation loss."
  }
  var context: KeyBinding.Context? { .chart }

  func absence(in state: DashboardState) -> String? {
    Absence.isSetByHand(state)
      ? "weights set by hand, not trained: there is no loss to follow; 6 shows what it decides"
      : state.history.isEmpty ? Absence.noStep(state) : nil
  }

  var kind: PanelKind { .loss }

  /// The legend stands below the curves, where it hides none of them.
  func footRows(_ size: Size) -> Int { size.height >= 6 ? 1 : 0 }

  func title(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    var text = StyledText(scene.state.run?.lossName ?? "Loss", theme.title)
    if Absence.isSetByHand(scene.state) { return text }
    text.add(" " + LossText.unit(scene.state.run), theme.muted)
    if let best = scene.state.history.best {
      text.add("  best ", theme.muted)
      text.add(LossText.plain(best.loss, scene.state.run), theme.validation, joined: true)
      text.add(" at step \(NumberText.grouped(best.step))", theme.muted, joined: true)
      if let bits = LossText.bits(best.loss, scene.state.run) {
        text.add("  or \(bits)", theme.muted)
      }
    }
    return text
  }

  func extent(_ scene: Scene, over range: ClosedRange<Double>, columns: Int) -> ValueExtent {
    let (history, axis) = (scene.state.history, scene.state.chartAxis)
    let boundaries = history.boundaries(columns: columns, over: range, on: axis)
    var extent = ValueExtent(
      history.loss.summaries(between: boundaries),
      excludingOutliers: scene.state.chart.excludesOutliers)
    for (place, record) in placedValidations(scene) where range.contains(place) {
      extent.include(record.loss)
    }
    for comparison in scene.state.shownComparisons {
      let boundaries = comparison.history.boundaries(columns: columns, over: range, on: axis)
      extent.include(
        comparison: ValueExtent(comparison.history.smoothedLoss.summaries(between: boundaries)))
    }
    return extent
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let frame = frame(scene, size: buffer.size) else { return }
    let (history, axis) = (scene.state.history, scene.state.chartAxis)
    frame.drawAxis(scene.appearance, into: &buffer)
    var canvas = frame.canvas(scene.appearance)
    let boundaries = history.boundaries(columns: canvas.width, over: frame.range, on: axis)
    let raw = history.loss.summaries(between: boundaries)
    for comparison in scene.state.shownComparisons {
      let places = comparison.history.boundaries(
        columns: canvas.width, over: frame.range, on: axis)
      frame.line(
        comparison.history.smoothedLoss.summaries(between: places), style: scene.theme.muted,
        priority: 1, on: &canvas)
    }
    frame.dots(raw, style: scene.theme.raw, on: &canvas)
    frame.line(
      history.smoothedLoss.summaries(between: boundaries), style: scene.theme.smoothed, on: &canvas)
    canvas.draw(into: &buffer, x: frame.plot.x, y: frame.plot.y)
    for (place, record) in placedValidations(scene) {
      frame.sign("◆", "o", at: place, record.loss, scene.theme.validation, scene, into: &buffer)
    }
    drawCommon(frame, scene, labels: frame.plot.width >= 30, into: &buffer)
    // A gap matters more than a marker in its place.
    frame.gapMarks(
      raw, dotsAcross: canvas.dotsAcross, appearance: scene.appearance, into: &buffer)
    drawFoot(scene, into: &buffer)
  }

  private func placedValidations(_ scene: Scene) -> [(Double, ValidationRecord)] {
    let state = scene.state
    return state.history.validations.compactMap { record in
      state.history.position(ofStep: record.step, on: state.chartAxis).map { ($0, record) }
    }
  }

  private func drawFoot(_ scene: Scene, into buffer: inout CellBuffer) {
    guard footRows(buffer.size) > 0 else { return }
    let foot = buffer.inside.cutBottom(1).bottom
    let text =
      scene.state.cursorValues.map { LossText.reading($0, scene, width: foot.width - 1) }
      ?? LossText.legend(scene, width: foot.width - 1)
    text.write(x: foot.x + 1, y: foot.y, limit: foot.right, into: &buffer)
  }
}

extension ChartFrame {
  /// A sign at one place and value, where that is inside the plot.
  func sign(
    _ unicode: Unicode.Scalar, _ ascii: Unicode.Scalar, at place: Double, _ value: Double,
    _ style: Style, _ scene: Scene, into buffer: inout CellBuffer
  ) {
    let fraction = scale.fraction(of: value)
    guard fraction >= 0, fraction <= 1, let x = column(of: place) else { return }
    let y = min(row(of: value), plot.bottom - 1)
    guard y >= plot.y else { return }
    buffer[x, y] = Cell(scene.appearance.glyph(unicode, ascii: ascii), style)
  }
}

extension PanelKind {
  static let loss = PanelKind(LossPanel())
}
