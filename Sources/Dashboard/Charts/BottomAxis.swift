import TerminalGraphics
import TrainingEvents

/// Labels of the horizontal axis, written into the border below a chart.
enum BottomAxis {
  static func draw(
    frame: ChartFrame, axis: HistoryAxis, y: Int, appearance: Appearance,
    into buffer: inout CellBuffer
  ) {
    draw(frame: frame, axis: axis, name: axis.rawValue, y: y, appearance: appearance, into: &buffer)
  }

  /// At least two labels wherever they fit, because one alone gives no scale: the two ends where
  /// no two round values have room.
  /// - Parameters:
  ///   - frame: the chart
  ///   - axis: how values are cut and written
  ///   - name: what the axis counts
  ///   - y: the row of the border
  ///   - appearance: how the labels look
  ///   - buffer: what is drawn into
  static func draw(
    frame: ChartFrame, axis: HistoryAxis, name: String, y: Int, appearance: Appearance,
    into buffer: inout CellBuffer
  ) {
    let plot = frame.plot
    guard plot.width >= 3 else { return }
    let nameWidth = CharacterWidth.of(name) + 2
    for (free, isNamed) in [(plot.x + nameWidth, true), (plot.x, false)] {
      for count in [max(2, plot.width / 11), max(3, plot.width / 8), max(4, plot.width / 6)] {
        let placed = place(
          ticks(over: frame.range, axis: axis, count: count), frame: frame, from: free)
        guard placed.count >= 2, Set(placed.map(\.text)).count == placed.count else { continue }
        if isNamed { write(" \(name) ", x: plot.x, y, appearance, &buffer) }
        for label in placed { write(label.text, x: label.x, y, appearance, &buffer) }
        return
      }
    }
    drawEnds(frame: frame, axis: axis, name: name, y: y, appearance: appearance, into: &buffer)
  }

  private struct Label {
    var x: Int
    var text: String
  }

  /// The labels that fit side by side, from a column on; the last may not run over the corner.
  private static func place(
    _ ticks: [ValueScale.Tick], frame: ChartFrame, from start: Int
  ) -> [Label] {
    var (free, labels): (Int, [Label]) = (start, [])
    for tick in ticks {
      guard let x = frame.column(of: tick.value) else { continue }
      let text = " \(tick.label) "
      let left = x - CharacterWidth.of(text) / 2
      guard left >= free, left + CharacterWidth.of(text) <= frame.plot.right else { continue }
      labels.append(Label(x: left, text: text))
      free = left + CharacterWidth.of(text) + 1
    }
    return labels
  }

  /// Both ends of the range, and between them the axis's name where there is room.
  private static func drawEnds(
    frame: ChartFrame, axis: HistoryAxis, name: String, y: Int, appearance: Appearance,
    into buffer: inout CellBuffer
  ) {
    let (plot, range) = (frame.plot, frame.range)
    let width = range.upperBound - range.lowerBound
    // As many digits as fit, but two ends that differ.
    let bounds = [range.lowerBound, range.upperBound]
    var choices = [width / 10, width].map { step in
      bounds.map { label($0, axis: axis, step: step) }
    }
    // A few seconds after many days are told apart by seconds alone.
    if axis == .time { choices.append(bounds.map { NumberText.fixed($0, 0) + " s" }) }
    let fitting = choices.first { ends in
      ends[0] != ends[1] && ends.reduce(1) { $0 + CharacterWidth.of($1) } <= plot.width
    }
    guard let ends = fitting else { return }
    let (left, right) = (ends[0], ends[1])
    let end = plot.right - CharacterWidth.of(right)
    let middle = plot.x + CharacterWidth.of(left)
    write(left, x: plot.x, y, appearance, &buffer)
    write(right, x: end, y, appearance, &buffer)
    let nameWidth = CharacterWidth.of(name) + 2
    if end - middle >= nameWidth + 2 {
      write(" \(name) ", x: middle + (end - middle - nameWidth) / 2, y, appearance, &buffer)
    }
  }

  private static func write(
    _ text: String, x: Int, _ y: Int, _ appearance: Appearance, _ buffer: inout CellBuffer
  ) {
    buffer.write(text, x: x, y: y, style: appearance.theme.muted, limit: buffer.size.width - 1)
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
    case .step: shortCount(value.rounded())
    case .epoch: NumberText.fixed(value, max(0, -NumberText.power(ofTenBelow: step)))
    case .time where step < 0.01:
      NumberText.fixed(value * 1000, max(0, -NumberText.power(ofTenBelow: step * 1000))) + " ms"
    case .time where step < 1:
      NumberText.fixed(value, max(0, -NumberText.power(ofTenBelow: step))) + " s"
    case .time: NumberText.duration(value, units: 4)
    }
  }

  /// Such as `500`, `6k`, `12.5k`, `1.25M`; in full where that would need more digits.
  static func shortCount(_ value: Double) -> String {
    for (limit, unit) in [(1e6, "M"), (1e3, "k")] where abs(value) >= limit {
      for decimals in 0...2 {
        let scale = [1.0, 10, 100][decimals]
        if abs((value / limit * scale).rounded() / scale * limit - value) < 0.5 {
          return NumberText.fixed(value / limit, decimals) + unit
        }
      }
    }
    return abs(value) < 1e15 ? NumberText.grouped(Int(value)) : NumberText.scientific(value, 3)
  }

  private static func clockStep(_ rough: Double) -> Double {
    let steps: [Double] = [
      0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120,
      300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400,
    ]
    return steps.first { $0 >= rough } ?? (rough / 86_400).rounded(.up) * 86_400
  }
}
