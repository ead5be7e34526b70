import TerminalGraphics
import TrainingEvents

/// The series, what the network expected one step ahead, and how it goes on by itself.
struct ForecastDrawing {
  let frame: ForecastFrame

  func draw(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    let count = frame.series.count + frame.continuation.count
    guard count > 1 else { return buffer.note("no series yet", style: theme.muted) }
    legend(scene).fitting(area.width - 2).write(
      x: area.x + 1, y: area.y, limit: area.right, into: &buffer)
    let chart = area.cutTop(1).rest
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
  }

  /// Root of the mean squared error one step ahead, in the series' own unit; NaN without one.
  var error: Double {
    let errors = zip(frame.series, frame.predicted).compactMap { truth, guess in
      truth.isFinite && guess.isFinite ? Double(truth - guess) : nil
    }
    guard !errors.isEmpty else { return .nan }
    return (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
  }

  private func legend(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    var text = StyledText("series──", theme.muted)
      .adding("  one step ahead──", theme.smoothed)
    if !frame.continuation.isEmpty { text.add("  goes on by itself──", theme.validation) }
    if error.isFinite {
      let unit = frame.unit.isEmpty ? "" : " \(frame.unit)"
      text.add("  off by \(NumberText.significant(error, 3))\(unit) on average", theme.text)
    }
    return text
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

  /// A line where the data ends and the network goes on alone.
  private func drawEnd(_ axes: ChartFrame, _ scene: Scene, into buffer: inout CellBuffer) {
    guard !frame.continuation.isEmpty,
      let x = axes.column(of: Double(frame.series.count - 1))
    else { return }
    let cell = Cell(scene.appearance.glyph("┊", ascii: "|"), scene.theme.faint)
    for y in axes.plot.y..<axes.plot.bottom where buffer[x, y].glyph == " " { buffer[x, y] = cell }
  }
}
