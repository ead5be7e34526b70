import TerminalGraphics
import TrainingEvents

/// A hue and a letter for each run that is drawn: either alone tells it from the others.
enum OverlayHue {
  static func style(_ hue: Int, _ theme: Theme) -> Style {
    theme.series[hue % theme.series.count]
  }

  static func letter(_ hue: Int) -> Unicode.Scalar {
    Unicode.Scalar(UInt8(ascii: "a") + UInt8(hue % 26))
  }
}

/// The curves of several runs over each other, and what stands at their ends and below them.
struct OverlayDrawing {
  /// One run's curve with how it looks.
  private struct Line {
    var name: String
    var letter: Unicode.Scalar
    var style: Style
    /// Nil where the run has no such curve, or was not read yet.
    var curve: RunCurve?
    /// Whether the run's curves are still being read.
    var isReading: Bool
  }

  private let state: WorkspaceState
  private let scene: Scene
  private let lines: [Line]

  init(_ state: WorkspaceState, _ scene: Scene) {
    (self.state, self.scene) = (state, scene)
    lines = state.shown.map { shown in
      let curves = state.curves[shown.id]
      return Line(
        name: shown.label,
        letter: shown.hue.map(OverlayHue.letter) ?? scene.appearance.glyph("›", ascii: ">"),
        style: shown.hue.map { OverlayHue.style($0, scene.theme) } ?? scene.theme.title,
        curve: curves.flatMap { RunCurve(state.curve, of: $0) }, isReading: curves == nil)
    }
  }

  // MARK: The title

  var title: StyledText {
    let theme = scene.theme
    var text = StyledText(name.capitalizedFirst, theme.title)
    if let unit { text.add(" \(unit)", theme.muted) }
    if state.typing == .curve {
      text.add("  /\(state.search.text)", theme.accent)
      text.add("▏", theme.accent, joined: true)
    }
    if state.curve == .loss, state.smoothing > 0 {
      text.add("  smoothed \(NumberText.brief(state.smoothing, 3))", theme.muted)
    }
    if let place = state.available.firstIndex(of: state.curve), state.available.count > 1 {
      text.add("  \(place + 1) of \(state.available.count) curves", theme.muted)
    }
    return text
  }

  /// The runs that are drawn, as they describe themselves.
  private var descriptions: [RunDescription] {
    state.shown.compactMap { state.run($0.id)?.description }
  }

  /// A loss under the name that all the runs give it.
  private var name: String {
    guard state.curve == .loss else { return state.curve.name }
    let names = Set(descriptions.map { $0.lossName ?? "loss" })
    return names.count == 1 ? names.first ?? "loss" : "loss"
  }

  /// The unit of the vertical axis, where all the runs have the same.
  private var unit: String? {
    switch state.curve {
    case .gradientByLag: return "‖∂L(τ)/∂s(t)‖"
    case .accuracyByLength: return "% right"
    case .loss, .validation:
      let units = Set(descriptions.map { LossText.unit($0) })
      guard units.count == 1, let unit = units.first, !unit.isEmpty else { return nil }
      return unit
    default: return nil
    }
  }

  // MARK: The curves

  /// The axes in a panel of this size; nil before there is anything to draw.
  func frame(in inner: Rect) -> ChartFrame? {
    let curves = lines.compactMap(\.curve)
    guard !curves.isEmpty, let range else { return nil }
    let area = inner.cutBottom(legendRows(inner.height)).rest
    guard area.height >= 2 else { return nil }
    var extent = ValueExtent()
    for curve in curves {
      extent.include(
        curve.extent(over: range, excludingOutliers: state.chart.excludesOutliers))
    }
    let scale = ValueScale(extent.low, extent.high, logarithmic: state.isLogarithmic).padded()
    return ChartFrame(in: area, scale: scale, range: range, names: 2)
  }

  /// The stretch of the horizontal axis.
  private var range: ClosedRange<Double>? {
    if !state.curve.isOverTraining {
      let last = lines.compactMap { $0.curve?.steps.upperBound }.max()
      return last.map { 0...Double(max(1, $0)) }
    }
    return state.chart.range(in: state.extentOfSteps)
  }

  func draw(into buffer: inout CellBuffer) {
    let inner = buffer.inside
    guard let frame = frame(in: inner) else { return drawAbsence(into: &buffer) }
    frame.drawAxis(scene.appearance, into: &buffer)
    var canvas = frame.canvas(scene.appearance)
    for line in lines {
      guard let curve = line.curve else { continue }
      frame.line(
        curve.summaries(columns: canvas.width, over: frame), style: line.style, on: &canvas)
    }
    canvas.draw(into: &buffer, x: frame.plot.x, y: frame.plot.y)
    drawCursor(frame, into: &buffer)
    frame.drawNames(
      lines.compactMap { line in
        // What is read stands where the line leaves the picture.
        let end = min(Double(line.curve?.steps.upperBound ?? 0), frame.range.upperBound)
        guard let value = line.curve?.value(at: Int(end)), value.isFinite else { return nil }
        return (String(Character(line.letter)), value, line.style)
      }, into: &buffer)
    BottomAxis.draw(
      frame: frame, axis: .step, name: state.curve.axis.name,
      y: inner.bottom, appearance: scene.appearance, into: &buffer)
    drawLegend(in: inner.cutBottom(legendRows(inner.height)).bottom, into: &buffer)
  }

  private func drawCursor(_ frame: ChartFrame, into buffer: inout CellBuffer) {
    guard let cursor = state.reading, let x = frame.column(of: Double(cursor)) else { return }
    let line = Cell(scene.appearance.glyph("┊", ascii: "|"), scene.theme.accent)
    for y in frame.plot.y..<max(frame.plot.y, frame.plot.bottom) where buffer[x, y].glyph == " " {
      buffer[x, y] = line
    }
  }

  private func drawAbsence(into buffer: inout CellBuffer) {
    let text =
      lines.isEmpty
      ? "space draws the run under the cursor, and others over it"
      : lines.contains { $0.isReading } ? "reading …" : "none of these runs has \(article)"
    buffer.note(text, style: scene.theme.muted)
  }

  private var article: String {
    switch state.curve {
    case .loss: "a loss yet"
    case .metric(let name): "“\(name)”"
    default: "a \(state.curve.name)"
    }
  }

  // MARK: Below the curves

  /// A row for each run, and one that says what is read; never more than half of the panel.
  private func legendRows(_ height: Int) -> Int {
    height < 6 ? 0 : min(lines.count + 1, height / 2)
  }

  /// Every run with its hue, its letter and its value under the cursor.
  private func drawLegend(in rect: Rect, into buffer: inout CellBuffer) {
    guard rect.height > 0 else { return }
    let theme = scene.theme
    let place = state.reading.map { "\(state.curve.axis.place) \(NumberText.grouped($0))" }
    let head = place.map { "at \($0)" } ?? (state.curve.isOverTraining ? "last value" : "")
    let valueWidth = 11
    buffer.write(
      head.rightAligned(to: max(0, rect.width - 2)), x: rect.x + 1, y: rect.y,
      style: place == nil ? theme.muted : theme.accent, limit: rect.right - 1)
    let room = rect.height - 1
    for (row, line) in lines.prefix(room).enumerated() {
      let y = rect.y + 1 + row
      // The last row says how many more there are.
      if row == room - 1, lines.count > room {
        buffer.write(
          "and \(lines.count - room + 1) more", x: rect.x + 1, y: y, style: theme.muted)
        return
      }
      let sign = scene.appearance.hasUnicode ? "━━" : "--"
      buffer.write(
        "\(Character(line.letter)) \(sign)", x: rect.x + 1, y: y, style: line.style,
        limit: rect.right)
      let left = rect.x + 6
      buffer.write(
        line.name.cut(to: max(0, rect.right - valueWidth - 2 - left)), x: left, y: y,
        style: theme.text)
      let text = value(line)
      buffer.write(
        text.rightAligned(to: valueWidth), x: rect.right - valueWidth - 1, y: y,
        style: text == "–" || text == "…" ? theme.muted : line.style)
    }
  }

  private func value(_ line: Line) -> String {
    guard let curve = line.curve else { return line.isReading ? "…" : "–" }
    let value = state.reading.map { curve.value(at: $0) } ?? curve.last
    // Of a curve that is not over training no place stands for the whole.
    if !state.curve.isOverTraining, state.reading == nil { return "" }
    return value.map { NumberText.significant($0, 4) } ?? "–"
  }
}

extension WorkspaceState {
  var isLogarithmic: Bool { isOtherScale.contains(curve) != curve.isUsuallyLogarithmic }

  /// The step, the lag or the length that is read off; nil without a cursor.
  var reading: Int? { curve.isOverTraining ? chart.cursor : placeCursor }

  /// From the first to the last step of all runs that are drawn, as a history without anything
  /// between: what zoom and cursor go by.
  var extentOfSteps: RunHistory {
    var (first, last) = (Int.max, Int.min)
    for shown in shown {
      guard let curves = curves[shown.id], let curve = RunCurve(curve, of: curves) else { continue }
      let steps = curve.steps
      (first, last) = (min(first, steps.lowerBound), max(last, steps.upperBound))
    }
    var history = RunHistory()
    guard first <= last else { return history }
    history.append(StepRecord(step: first, loss: .nan))
    if last > first { history.append(StepRecord(step: last, loss: .nan)) }
    return history
  }
}
