import TerminalGraphics
import TrainingEvents

/// The series, what the network expected one step ahead, and how it goes on by itself.
struct ForecastDrawing {
  let frame: ForecastFrame

  func draw(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    let count = frame.series.count + frame.continuation.count
    guard count > 1 else { return buffer.note("no series yet", style: theme.muted) }
    let lines = legend(scene).lines(of: area.width - 2, atMost: area.height >= 9 ? 2 : 1)
    for (row, line) in lines.enumerated() {
      line.write(x: area.x + 1, y: area.y + row, limit: area.right, into: &buffer)
    }
    let chart = area.cutTop(lines.count).rest
    let shown = max(2, min(count, max(2, chart.width - 8) * 2))
    let first = count - shown
    var extent = ValueExtent()
    for index in first..<count {
      for value in [value(frame.series, index), value(frame.predicted, index), ahead(index)] {
        extent.include(Double(value))
      }
    }
    let axes = ChartFrame(
      in: chart, scale: ValueScale(extent.low, extent.high).padded(),
      range: Double(first)...Double(count - 1))
    axes.drawAxis(scene.appearance, into: &buffer)
    var canvas = axes.canvas(scene.appearance)
    curve(first..<count, axes, theme.muted, &canvas) { value(frame.series, $0) }
    curve(first..<count, axes, theme.smoothed, &canvas) { value(frame.predicted, $0) }
    curve(first..<count, axes, theme.validation, &canvas) { ahead($0) }
    canvas.draw(into: &buffer, x: axes.plot.x, y: axes.plot.y)
    drawEnd(axes, scene, into: &buffer)
    BottomAxis.draw(
      frame: axes, axis: .step, name: "time step", y: area.bottom, appearance: scene.appearance,
      into: &buffer)
  }

  /// Mean absolute error over the scored steps, in the series' own unit; NaN without any.
  var error: Double { meanError { value(frame.predicted, $0) }.mean }

  /// The same of saying the last value again, or the mean where no value is read.
  var baselineError: Double {
    guard frame.isFreeRunning else { return meanError { value(frame.series, $0 - 1) }.mean }
    let known = frame.series.filter(\.isFinite)
    let mean = known.isEmpty ? .nan : known.reduce(0, +) / Float(known.count)
    return meanError { _ in mean }.mean
  }

  private func meanError(_ guess: (Int) -> Float) -> (mean: Double, count: Int) {
    let errors = (min(frame.scoredFrom, frame.series.count)..<frame.series.count).compactMap {
      let (truth, guess) = (frame.series[$0], guess($0))
      return truth.isFinite && guess.isFinite ? Double(abs(truth - guess)) : nil
    }
    return (
      errors.isEmpty ? .nan : errors.reduce(0, +) / Double(errors.count), errors.count
    )
  }

  private func legend(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    let line = scene.appearance.hasUnicode ? "──" : "--"
    var text = StyledText("\(line)\(frame.isFreeRunning ? "target" : "series")", theme.muted)
      .adding("  \(line)\(frame.isFreeRunning ? "output" : "one step ahead")", theme.smoothed)
    if !frame.continuation.isEmpty {
      text.add("  \(line)free-running forecast", theme.validation)
    }
    guard error.isFinite else { return text }
    let unit = frame.unit.isEmpty ? "" : " \(frame.unit)"
    text.add("  mean absolute error \(NumberText.significant(error, 3))\(unit)", theme.text)
    let name = frame.isFreeRunning ? "always the mean" : "persistence"
    text.add("  \(name): \(NumberText.significant(baselineError, 3))", theme.muted)
    let count = meanError { value(frame.predicted, $0) }.count
    let source = frame.isHeldOut ? "held-out" : "training"
    return text.adding("  n = \(count) \(source) steps", theme.muted)
  }

  private func value(_ values: [Float], _ index: Int) -> Float {
    values.indices.contains(index) ? values[index] : .nan
  }

  private func ahead(_ index: Int) -> Float {
    value(frame.continuation, index - frame.series.count)
  }

  private func curve(
    _ indices: Range<Int>, _ axes: ChartFrame, _ style: Style, _ canvas: inout DotCanvas,
    _ value: (Int) -> Float
  ) {
    let points = indices.compactMap { index -> (place: Double, value: Double)? in
      let number = value(index)
      return number.isFinite ? (Double(index), Double(number)) : nil
    }
    axes.line(axes.summaries(of: points, columns: canvas.width), style: style, on: &canvas)
  }

  /// Lines where the held-out part begins, and where the data ends and the network goes on alone.
  private func drawEnd(_ axes: ChartFrame, _ scene: Scene, into buffer: inout CellBuffer) {
    let ends = frame.continuation.isEmpty ? [] : [frame.series.count - 1]
    let starts = frame.scoredFrom > 0 ? [frame.scoredFrom] : []
    let cell = Cell(scene.appearance.glyph("┊", ascii: "|"), scene.theme.faint)
    for x in (ends + starts).compactMap({ axes.column(of: Double($0)) }) {
      for y in axes.plot.y..<axes.plot.bottom where buffer[x, y].glyph == " " {
        buffer[x, y] = cell
      }
    }
  }
}
