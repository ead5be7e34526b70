import TerminalGraphics
import TrainingEvents

/// ‖update‖ / ‖weights‖ of every parameter over the run, about 1e−3 where learning is healthy.
struct UpdateRatiosPanel: TrainingChart {
  /// The usual advice for a healthy ratio.
  static let healthy = 1e-3

  var kind: PanelKind { .updateRatios }
  var isUsuallyLogarithmic: Bool { true }

  func title(_ scene: Scene) -> StyledText {
    let (line, dashes) = scene.appearance.hasUnicode ? ("──", "╌╌") : ("--", "- -")
    var text = StyledText("Update ÷ weight", scene.theme.title)
    text.add("  \(dashes) usual 1e−3", scene.theme.limit)
    for (index, name) in names(scene).enumerated() {
      text.add("  \(line)\(name)", ParameterColor.style(index, scene.theme))
    }
    return text
  }

  /// Names at the lines' ends tell them apart without colour.
  func nameWidth(_ scene: Scene) -> Int {
    min(8, (names(scene).map { CharacterWidth.of($0) }.max() ?? -1) + 1)
  }

  func extent(_ scene: Scene, over range: ClosedRange<Double>, columns: Int) -> ValueExtent {
    var extent = ValueExtent()
    for index in names(scene).indices {
      for point in points(scene, parameter: index)
      where point.value > 0 && range.contains(point.place) {
        extent.include(point.value)
      }
    }
    extent.include(Self.healthy)
    return extent
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard !history(scene).isEmpty, let frame = frame(scene, size: buffer.size) else {
      return
    }
    frame.drawAxis(scene.appearance, into: &buffer)
    var canvas = frame.canvas(scene.appearance)
    let names = names(scene)
    var ends: [(name: String, value: Double, style: Style)] = []
    for (index, name) in names.enumerated() {
      let points = points(scene, parameter: index).filter { !($0.value <= 0) }
      let style = ParameterColor.style(index, scene.theme)
      frame.line(
        frame.summaries(of: points, columns: canvas.width), style: style, on: &canvas)
      if let last = points.last(where: {
        $0.value > 0 && frame.range.contains($0.place)
      }) {
        ends.append((name, last.value, style))
      }
    }
    canvas.draw(into: &buffer, x: frame.plot.x, y: frame.plot.y)
    frame.limit(Self.healthy, appearance: scene.appearance, into: &buffer)
    drawNames(ends, frame, into: &buffer)
    drawCommon(frame, scene, labels: false, into: &buffer)
  }

  /// Beside the plot, each as near to its line's end as the others leave room for.
  private func drawNames(
    _ ends: [(name: String, value: Double, style: Style)], _ frame: ChartFrame,
    into buffer: inout CellBuffer
  ) {
    let limit = buffer.size.width - 1
    guard limit - frame.plot.right >= 2 else { return }
    var taken: Set<Int> = []
    for end in ends {
      let y = min(max(frame.row(of: end.value), frame.plot.y), frame.plot.bottom - 1)
      let rows = (frame.plot.y..<frame.plot.bottom).filter { !taken.contains($0) }
      guard let row = rows.min(by: { abs($0 - y) < abs($1 - y) }) else { return }
      taken.insert(row)
      buffer.write(end.name, x: frame.plot.right + 1, y: row, style: end.style, limit: limit)
    }
  }

  private func history(_ scene: Scene) -> FrameHistory<NetworkStatistics> {
    scene.state.frames.history()
  }

  private func names(_ scene: Scene) -> [String] {
    (scene.state.statistics?.parameters ?? []).map {
      $0.symbol.isEmpty ? String($0.name.suffix(6)) : $0.symbol
    }
  }

  /// A place without a number stands where nobody looked, so that no line spans it.
  private func points(_ scene: Scene, parameter: Int) -> [(place: Double, value: Double)] {
    let (history, axis) = (scene.state.history, scene.state.chartAxis)
    let frames = self.history(scene)
    let reach = frames.reach
    var points: [(place: Double, value: Double)] = []
    var last: Int?
    for entry in frames.entries {
      guard entry.frame.parameters.indices.contains(parameter),
        let place = history.position(ofStep: entry.step, on: axis)
      else { continue }
      if let last, entry.step - last > reach,
        let middle = history.position(ofStep: (entry.step + last) / 2, on: axis)
      {
        points.append((middle, .nan))
      }
      points.append((place, entry.frame.parameters[parameter].updateRatio))
      last = entry.step
    }
    return points
  }
}

/// One hue for each parameter, the same wherever parameters are told apart.
enum ParameterColor {
  static func style(_ index: Int, _ theme: Theme) -> Style {
    let styles = [
      theme.smoothed, theme.gradient, theme.lag, theme.validation, theme.marker, theme.limit,
    ]
    return styles[index % styles.count]
  }
}
