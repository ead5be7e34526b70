import TerminalGraphics
import TrainingEvents

/// Training loss, raw and smoothed, and validation loss over the run.
struct LossPanel: Panel {
  func title(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    return StyledText("Loss", theme.title)
      .adding(" " + LossText.unit(scene.state.run), theme.muted)
      .adding("  train··", theme.raw)
      .adding(" smoothed──", theme.smoothed, joined: true)
      .adding(" validation◆", theme.validation, joined: true)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let history = scene.state.history
    guard let extent = history.extent(of: .step) else {
      return buffer.note("no step yet", style: scene.theme.muted)
    }
    let range = extent.lowerBound...max(extent.upperBound, extent.lowerBound + 1)
    let area = buffer.inside
    let canvasWidth = max(1, area.width - 6) * 2
    let coarse = history.boundaries(columns: canvasWidth, over: range, on: .step)
    let all = history.loss.summaries(between: coarse)
    let scale = LossPanel.scale(all, history.validations)
    let frame = ChartFrame(
      in: area, scale: scale, range: range, appearance: scene.appearance, into: &buffer)
    var canvas = frame.canvas(scene.appearance)
    let boundaries = history.boundaries(columns: canvas.width, over: range, on: .step)
    let raw = history.loss.summaries(between: boundaries)
    frame.dots(raw, style: scene.theme.raw, on: &canvas)
    frame.line(
      history.smoothedLoss.summaries(between: boundaries), style: scene.theme.smoothed, on: &canvas)
    canvas.draw(into: &buffer, x: frame.plot.x, y: frame.plot.y)
    frame.gapMarks(
      raw, dotsAcross: canvas.dotsAcross, appearance: scene.appearance, into: &buffer)
    drawValidations(history.validations, frame: frame, scene: scene, into: &buffer)
    MarkerRow.draw(
      scene.state.markers.map { (Double($0.step), $0) }, frame: frame,
      labels: frame.plot.width >= 30, appearance: scene.appearance, into: &buffer)
    drawValues(scene, frame: frame, into: &buffer)
    BottomAxis.draw(
      frame: frame, axis: .step, y: area.bottom, appearance: scene.appearance, into: &buffer)
  }

  private static func scale(_ raw: [SeriesSummary], _ validations: [ValidationRecord]) -> ValueScale
  {
    var (low, high) = ChartFrame.extent([raw]) ?? (.nan, .nan)
    for record in validations where record.loss.isFinite {
      low = low.isFinite ? min(low, record.loss) : record.loss
      high = high.isFinite ? max(high, record.loss) : record.loss
    }
    return ValueScale(low, high).padded()
  }

  private func drawValidations(
    _ records: [ValidationRecord], frame: ChartFrame, scene: Scene, into buffer: inout CellBuffer
  ) {
    let sign = scene.appearance.glyph("◆", ascii: "o")
    for record in records where record.loss.isFinite {
      guard let x = frame.column(of: Double(record.step)) else { continue }
      let y = min(frame.row(of: record.loss), frame.plot.bottom - 1)
      guard y >= frame.plot.y else { continue }
      buffer[x, y] = Cell(sign, scene.theme.validation)
    }
  }

  /// The numbers that people read off the curve, where it has left room: at the upper right.
  private func drawValues(_ scene: Scene, frame: ChartFrame, into buffer: inout CellBuffer) {
    let plot = frame.plot
    guard plot.width >= 24, plot.height >= 3 else { return }
    let lines = LossText.summary(scene, width: plot.width)
    for (row, text) in lines.enumerated() where row < plot.height - 1 {
      let fitting = text.fitting(plot.width - 2)
      fitting.write(
        x: plot.right - 1 - fitting.width, y: plot.y + row, limit: plot.right, into: &buffer)
    }
  }
}
