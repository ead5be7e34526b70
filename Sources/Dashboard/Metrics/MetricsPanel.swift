import TerminalGraphics
import TrainingEvents

/// Every series that a log holds, with its newest value and a small chart: grouped by what stands
/// before the first `/`, filtered by what a person types.
struct MetricsPanel: Panel {
  var name: String { "Metrics" }
  var summary: String {
    "Everything that a log holds, with its newest value and a small chart each."
  }
  var context: KeyBinding.Context? { .metrics }

  func title(_ scene: Scene) -> StyledText {
    let list = MetricsList(scene.state)
    var text = StyledText("Metrics", scene.theme.title)
    if list.words.isEmpty {
      text.add("  \(NumberText.grouped(list.total))", scene.theme.muted)
      text.add("  / filters", scene.theme.muted)
    } else {
      text.add(
        "  \(NumberText.grouped(list.found)) of \(NumberText.grouped(list.total)) match "
          + "“\(list.words.joined(separator: " "))”", scene.theme.accent)
    }
    return text
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let list = MetricsList(scene.state)
    let area = buffer.inside
    guard list.total > 0 else {
      return buffer.note("no number read yet", style: scene.theme.muted)
    }
    guard !list.rows.isEmpty else {
      return buffer.note("no name matches", style: scene.theme.muted)
    }
    let top = min(scene.state.metrics.scroll, max(0, list.rows.count - area.height))
    for (index, row) in list.rows.dropFirst(top).prefix(area.height).enumerated() {
      switch row {
      case .group(let name, let count):
        StyledText(name, scene.theme.accent)
          .adding("  \(NumberText.grouped(count))", scene.theme.muted)
          .fitting(area.width - 2)
          .write(x: area.x + 1, y: area.y + index, limit: area.right, into: &buffer)
      case .series(let series, let isInGroup):
        draw(series, isInGroup: isInGroup, y: area.y + index, scene, into: &buffer)
      }
    }
  }

  private func draw(
    _ index: Int, isInGroup: Bool, y: Int, _ scene: Scene, into buffer: inout CellBuffer
  ) {
    let series = scene.state.history.extra[index]
    let area = buffer.inside
    let indent = isInGroup ? 3 : 1
    let valueWidth = 10
    let nameWidth = max(8, min(44, area.width * 45 / 100))
    let name = isInGroup ? MetricsList.rest(of: series.name) : series.name
    buffer.write(
      name.cut(to: nameWidth - indent), x: area.x + indent, y: y, style: scene.theme.text,
      limit: area.x + nameWidth)
    let value = series.last ?? .nan
    let text =
      value.isNaN
      ? "NaN" : value.isInfinite ? (value > 0 ? "∞" : "−∞") : NumberText.significant(value, 4)
    buffer.write(
      text.rightAligned(to: valueWidth), x: area.x + nameWidth, y: y,
      style: value.isFinite ? scene.theme.smoothed : scene.theme.bad)
    let left = area.x + nameWidth + valueWidth + 1
    guard area.right - 1 - left >= 4 else { return }
    drawChart(
      series, in: Rect(x: left, y: y, width: area.right - 1 - left, height: 1), scene, into: &buffer
    )
  }

  /// The whole series in one row of cells, from its lowest to its highest value.
  private func drawChart(
    _ series: NamedSeries, in rect: Rect, _ scene: Scene, into buffer: inout CellBuffer
  ) {
    var canvas = DotCanvas(size: rect.size, drawing: scene.appearance.drawing)
    let count = series.values.count
    let all = series.values.summary(of: 0..<count)
    guard all.count > 0 else { return }
    let scale = ValueScale(Double(all.minimum), Double(all.maximum))
    let columns = canvas.width
    var last: (x: Int, y: Int)?
    for x in 0..<columns {
      // A short series is stretched: a value has several columns.
      let first = x * count / columns
      let part = series.values.summary(of: first..<max(first + 1, (x + 1) * count / columns))
      guard part.count > 0 else {
        last = nil
        continue
      }
      let fraction = min(max(scale.fraction(of: Double(part.mean)), 0), 1)
      let point = (x: x, y: Int(((1 - fraction) * Double(canvas.height - 1)).rounded()))
      canvas.line(from: last ?? point, to: point, style: scene.theme.smoothed)
      last = point
    }
    canvas.draw(into: &buffer, x: rect.x, y: rect.y)
  }
}

extension PanelKind {
  static let metrics = PanelKind(MetricsPanel())
}
