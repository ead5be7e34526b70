import TerminalGraphics
import TrainingEvents

/// Labels of the horizontal axis, written into the border below a chart.
enum BottomAxis {
  static func draw(
    frame: ChartFrame, axis: HistoryAxis, y: Int, appearance: Appearance,
    into buffer: inout CellBuffer
  ) {
    let plot = frame.plot
    guard plot.width >= 12 else { return }
    let style = appearance.theme.muted
    let name = " \(axis.rawValue) "
    var free = buffer.write(name, x: plot.x, y: y, style: style, limit: plot.right)
    for tick in ticks(over: frame.range, axis: axis, count: max(1, plot.width / 11)) {
      guard let x = frame.column(of: tick.value) else { continue }
      let text = " \(tick.label) "
      let width = CharacterWidth.of(text)
      let start = x - width / 2
      // The name of the axis has the left end; the last label may not run over the corner.
      guard start >= free, start + width <= plot.right else { continue }
      free = buffer.write(text, x: start, y: y, style: style) + 1
    }
  }

  static func ticks(
    over range: ClosedRange<Double>, axis: HistoryAxis, count: Int
  ) -> [ValueScale.Tick] {
    let rough = (range.upperBound - range.lowerBound) / Double(count)
    let step: Double
    switch axis {
    case .step: step = max(1, ValueScale.roundStep(rough))
    case .epoch: step = ValueScale.roundStep(rough)
    case .time: step = clockStep(rough)
    }
    let first = (range.lowerBound / step).rounded(.up)
    let last = (range.upperBound / step).rounded(.down)
    guard first.isFinite, last >= first, last - first < 200 else { return [] }
    return stride(from: first, through: last, by: 1).map {
      ValueScale.Tick(value: $0 * step, label: label($0 * step, axis: axis, step: step))
    }
  }

  static func label(_ value: Double, axis: HistoryAxis, step: Double) -> String {
    switch axis {
    case .step: shortCount(value)
    case .epoch: NumberText.fixed(value, max(0, -NumberText.power(ofTenBelow: step)))
    case .time: NumberText.duration(value)
    }
  }

  /// Such as `500`, `6k`, `12.5k`, `1.25M`.
  static func shortCount(_ value: Double) -> String {
    for (limit, unit) in [(1e6, "M"), (1e3, "k")] where abs(value) >= limit {
      for decimals in 0...2 {
        let text = NumberText.fixed(value / limit, decimals)
        let scale = [1.0, 10, 100][decimals]
        if abs((value / limit * scale).rounded() / scale * limit - value) < limit * 1e-6 {
          return text + unit
        }
      }
      return NumberText.fixed(value / limit, 3) + unit
    }
    return NumberText.fixed(value, 0)
  }

  private static func clockStep(_ rough: Double) -> Double {
    let steps: [Double] = [
      1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400,
    ]
    return steps.first { $0 >= rough } ?? (rough / 86_400).rounded(.up) * 86_400
  }
}
