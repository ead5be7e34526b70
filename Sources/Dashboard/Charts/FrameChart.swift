import TerminalGraphics
import TrainingEvents

/// One line of a chart over training, such as one parameter's.
struct FrameCurve {
  var name: String
  /// Values at places of the chart's axis, NaN between two that lie too far apart for a line.
  var points: [(place: Double, value: Double)]
}

/// A chart over training whose lines are numbers of probe frames, on a logarithmic axis.
protocol FrameChart: TrainingChart {
  func curves(_ scene: Scene) -> [FrameCurve]
  /// A level drawn across the chart.
  var healthyValue: Double? { get }
}

extension FrameChart {
  var isUsuallyLogarithmic: Bool { true }
  var healthyValue: Double? { nil }

  /// A title with each line's name in its colour.
  func curveNames(_ scene: Scene, behind title: StyledText) -> StyledText {
    let line = scene.appearance.hasUnicode ? "──" : "--"
    var text = title
    for (index, curve) in curves(scene).enumerated() {
      text.add("  \(line)\(curve.name)", CurveColor.style(index, scene.theme))
    }
    return text
  }

  /// Names at the lines' ends tell them apart without colour.
  func nameWidth(_ scene: Scene) -> Int {
    min(18, (curves(scene).map { CharacterWidth.of($0.name) }.max() ?? -1) + 1)
  }

  func extent(_ scene: Scene, over range: ClosedRange<Double>, columns: Int) -> ValueExtent {
    var extent = ValueExtent()
    for point in curves(scene).flatMap(\.points)
    where point.value > 0 && range.contains(point.place) {
      extent.include(point.value)
    }
    if let healthyValue { extent.include(healthyValue) }
    return extent
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let curves = curves(scene)
    guard !curves.isEmpty, let frame = frame(scene, size: buffer.size) else { return }
    frame.drawAxis(scene.appearance, into: &buffer)
    var canvas = frame.canvas(scene.appearance)
    var ends: [(name: String, value: Double, style: Style)] = []
    for (index, curve) in curves.enumerated() {
      let points = curve.points.filter { !($0.value <= 0) }
      let style = CurveColor.style(index, scene.theme)
      frame.line(
        frame.summaries(of: points, columns: canvas.width), style: style, on: &canvas)
      if let last = points.last(where: { $0.value > 0 && frame.range.contains($0.place) }) {
        ends.append((curve.name, last.value, style))
      }
    }
    canvas.draw(into: &buffer, x: frame.plot.x, y: frame.plot.y)
    if let healthyValue {
      frame.limit(healthyValue, appearance: scene.appearance, into: &buffer)
    }
    frame.drawNames(ends, into: &buffer)
    drawCommon(frame, scene, labels: false, into: &buffer)
  }
}

extension ChartFrame {
  /// Beside the plot, each as near to its line's end as the others leave room for.
  func drawNames(
    _ ends: [(name: String, value: Double, style: Style)],
    into buffer: inout CellBuffer
  ) {
    let limit = buffer.size.width - 1
    guard limit - plot.right >= 2 else { return }
    var taken: Set<Int> = []
    for end in ends {
      let y = min(max(row(of: end.value), plot.y), plot.bottom - 1)
      let rows = (plot.y..<plot.bottom).filter { !taken.contains($0) }
      guard let row = rows.min(by: { abs($0 - y) < abs($1 - y) }) else { return }
      taken.insert(row)
      buffer.write(end.name, x: plot.right + 1, y: row, style: end.style, limit: limit)
    }
  }
}

extension Scene {
  /// A number of each frame on the chart's axis; a place without a number stands where nobody
  /// looked, so that no line spans it.
  func points<Content>(
    of frames: FrameHistory<Content>, _ number: (Content) -> Double?
  ) -> [(place: Double, value: Double)] {
    let (history, axis) = (state.history, state.chartAxis)
    let reach = frames.reach
    var points: [(place: Double, value: Double)] = []
    var last: Int?
    for entry in frames.entries {
      guard let value = number(entry.frame),
        let place = history.position(ofStep: entry.step, on: axis)
      else { continue }
      if let last, entry.step - last > reach,
        let middle = history.position(ofStep: (entry.step + last) / 2, on: axis)
      {
        points.append((middle, .nan))
      }
      points.append((place, value))
      last = entry.step
    }
    return points
  }
}

/// One hue for each line, the same wherever lines are told apart.
enum CurveColor {
  static func style(_ index: Int, _ theme: Theme) -> Style {
    let styles = [
      theme.smoothed, theme.gradient, theme.lag, theme.validation, theme.marker, theme.limit,
    ]
    return styles[index % styles.count]
  }
}
