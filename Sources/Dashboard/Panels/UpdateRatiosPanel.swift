import TerminalGraphics
import TrainingEvents

/// ‖update‖ / ‖weights‖ of every parameter over the run, about 1e−3 where learning is healthy.
struct UpdateRatiosPanel: TrainingChart {
  /// The usual advice for a healthy ratio.
  static let healthy = 1e-3

  var kind: PanelKind { .updateRatios }
  var isUsuallyLogarithmic: Bool { true }

  func title(_ scene: Scene) -> StyledText {
    var text = StyledText("Update ÷ weight", scene.theme.title)
    for (index, name) in names(scene).enumerated() {
      text.add("  \(name)──", ParameterColor.style(index, scene.theme))
    }
    return text
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
    guard !scene.state.statisticsHistory.isEmpty, let frame = frame(scene, size: buffer.size) else {
      return buffer.note("not measured yet", style: scene.theme.muted)
    }
    frame.drawAxis(scene.appearance, into: &buffer)
    var canvas = frame.canvas(scene.appearance)
    let names = names(scene)
    var ends: [(name: String, value: Double, style: Style)] = []
    for (index, name) in names.enumerated() {
      let points = points(scene, parameter: index).filter { $0.value > 0 }
      let style = ParameterColor.style(index, scene.theme)
      frame.line(
        frame.summaries(of: points, columns: canvas.width), style: style, on: &canvas)
      if let last = points.last(where: { frame.range.contains($0.place) }) {
        ends.append((name, last.value, style))
      }
    }
    canvas.draw(into: &buffer, x: frame.plot.x, y: frame.plot.y)
    frame.limit(Self.healthy, label: "usual", appearance: scene.appearance, into: &buffer)
    // Names at the lines' ends tell them apart without colour.
    for end in ends {
      let y = min(max(frame.row(of: end.value), frame.plot.y), frame.plot.bottom - 1)
      let x = frame.plot.right - CharacterWidth.of(end.name)
      if buffer[x, y].glyph == " " || !isName(buffer[x, y].glyph) {
        buffer.write(end.name, x: x, y: y, style: end.style, limit: frame.plot.right)
      }
    }
    drawCommon(frame, scene, labels: false, into: &buffer)
  }

  private func isName(_ glyph: Unicode.Scalar) -> Bool { glyph.properties.isAlphabetic }

  private func names(_ scene: Scene) -> [String] {
    (scene.state.statistics?.parameters ?? []).map {
      $0.symbol.isEmpty ? String($0.name.suffix(6)) : $0.symbol
    }
  }

  private func points(_ scene: Scene, parameter: Int) -> [(place: Double, value: Double)] {
    let (history, axis) = (scene.state.history, scene.state.chartAxis)
    return scene.state.statisticsHistory.entries.compactMap { entry in
      guard parameter < entry.frame.count,
        let place = history.position(ofStep: entry.step, on: axis)
      else { return nil }
      return (place, Double(entry.frame[parameter]))
    }
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
