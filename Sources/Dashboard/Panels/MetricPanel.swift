import TerminalGraphics
import TrainingEvents

/// The task's own measure on held-out data, such as accuracy, over the run.
struct MetricPanel: TrainingChart {
  var name: String { "Metric" }
  var summary: String { "The task's own metric on validation data." }
  var context: KeyBinding.Context? { .chart }

  func absence(in state: DashboardState) -> String? {
    state.bestMetric == nil
      ? Absence.isOver(state) ? "no validation in this run" : "no validation yet" : nil
  }

  var kind: PanelKind { .metric }

  func footRows(_ size: Size) -> Int { size.height >= 6 ? 1 : 0 }

  func title(_ scene: Scene) -> StyledText {
    guard let metric = scene.state.run?.metric else {
      return StyledText("Measure", scene.theme.title)
    }
    let unit = metric.unit.isEmpty ? "" : " \(metric.unit)"
    return StyledText(
      MetricText.name(metric, scene.state.run).capitalizedFirst + unit, scene.theme.title
    )
    .adding("  on held-out data", scene.theme.muted)
    .adding(metric.higherIsBetter ? "  higher is better" : "  lower is better", scene.theme.muted)
  }

  func extent(_ scene: Scene, over range: ClosedRange<Double>, columns: Int) -> ValueExtent {
    points(scene).reduce(into: ValueExtent()) { extent, point in
      if range.contains(point.place) { extent.include(point.value) }
    }
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let points = points(scene)
    guard !points.isEmpty, let frame = frame(scene, size: buffer.size) else { return }
    frame.drawAxis(scene.appearance, into: &buffer)
    var canvas = frame.canvas(scene.appearance)
    frame.line(
      frame.summaries(of: points, columns: canvas.width), style: scene.theme.validation,
      on: &canvas)
    canvas.draw(into: &buffer, x: frame.plot.x, y: frame.plot.y)
    for point in points {
      frame.sign(
        "◆", "o", at: point.place, point.value, scene.theme.validation, scene, into: &buffer)
    }
    drawCommon(frame, scene, labels: false, into: &buffer)
    drawFoot(scene, into: &buffer)
  }

  private func points(_ scene: Scene) -> [(place: Double, value: Double)] {
    let (history, axis) = (scene.state.history, scene.state.chartAxis)
    return history.validations.compactMap { record in
      guard let value = record.metric,
        let place = history.position(ofStep: record.step, on: axis)
      else { return nil }
      return (place, value)
    }
  }

  private func drawFoot(_ scene: Scene, into buffer: inout CellBuffer) {
    guard footRows(buffer.size) > 0, let metric = scene.state.run?.metric,
      let best = scene.state.bestMetric
    else { return }
    var text = StyledText()
    let measured = scene.state.history.validations.last { $0.metric != nil }
    if let newest = measured?.metric {
      text.add("now ", scene.theme.muted)
      text.add(MetricText.value(newest, metric), scene.theme.validation, joined: true)
      text.add("   ")
    }
    let foot = buffer.inside.cutBottom(1).bottom
    text.adding("best ", scene.theme.muted)
      .adding(MetricText.value(best.value, metric), scene.theme.validation, joined: true)
      .adding(" at step \(NumberText.grouped(best.step))", scene.theme.muted)
      .fitting(foot.width - 2)
      .write(x: foot.x + 1, y: foot.y, limit: foot.right, into: &buffer)
  }
}

extension ChartFrame {
  /// Points as one summary for each of `columns` columns of dots; points in one column share it.
  func summaries(of points: [(place: Double, value: Double)], columns: Int) -> [SeriesSummary] {
    var result = [SeriesSummary](
      repeating: SeriesSummary(minimum: .nan, maximum: .nan, mean: .nan, count: 0, samples: 0),
      count: max(0, columns))
    let width = range.upperBound - range.lowerBound
    guard width > 0, columns > 0 else { return result }
    for (place, value) in points where range.contains(place) {
      let x = min(columns - 1, Int((place - range.lowerBound) / width * Double(columns)))
      result[x].samples += 1
      guard value.isFinite else { continue }
      let (old, number) = (result[x], Float(value))
      let count = old.count
      result[x].minimum = count > 0 ? min(old.minimum, number) : number
      result[x].maximum = count > 0 ? max(old.maximum, number) : number
      result[x].mean = count > 0 ? (old.mean * Float(count) + number) / Float(count + 1) : number
      result[x].count += 1
    }
    return result
  }
}

extension String {
  /// The text with its first letter in capitals.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension DashboardState {
  /// The best value of the task's own measure and the step that reached it.
  var bestMetric: (step: Int, value: Double)? {
    guard let metric = run?.metric else { return nil }
    let values = history.validations.compactMap { record in
      record.metric.flatMap { $0.isFinite ? (step: record.step, value: $0) : nil }
    }
    return metric.higherIsBetter
      ? values.max { $0.value < $1.value } : values.min { $0.value < $1.value }
  }
}

extension PanelKind {
  static let metric = PanelKind(MetricPanel())
}
