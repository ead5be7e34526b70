import TerminalGraphics
import TrainingEvents

/// One number for each sequence: what is read for one of them, truth against answer for all.
struct AnswersDrawing {
  let frame: AnswersFrame

  func draw(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    guard !frame.answers.isEmpty else {
      return buffer.note("no examples to answer", style: theme.muted)
    }
    let lines = summary(theme).lines(of: area.width - 2, atMost: area.height >= 9 ? 3 : 1)
    for (row, line) in lines.enumerated() {
      line.write(x: area.x + 1, y: area.y + row, limit: area.right, into: &buffer)
    }
    var rest = area.cutTop(lines.count).rest
    if frame.inputs.count > 1, rest.height >= 12 {
      let (head, below) = rest.cutTop(5)
      drawInputs(scene, in: head, into: &buffer)
      rest = below
    }
    if rest.width >= 66 {
      let (left, right) = rest.cutLeft(rest.width - 34)
      drawScatter(scene, in: left, into: &buffer)
      drawList(scene, in: right, into: &buffer)
    } else if rest.height >= 12 {
      let (upper, lower) = rest.cutBottom(4)
      drawScatter(scene, in: upper, into: &buffer)
      drawList(scene, in: lower.cutTop(1).rest, into: &buffer)
    } else {
      drawList(scene, in: rest, into: &buffer)
    }
  }

  private func summary(_ theme: Theme) -> StyledText {
    var text = StyledText("mean squared error ", theme.muted)
      .adding(NumberText.significant(frame.meanSquaredError, 3), theme.title, joined: true)
    if let baseline = frame.baseline {
      text.add("  \(baseline.name): ", theme.muted)
      text.add(NumberText.significant(baseline.value, 3), theme.text, joined: true)
    }
    text.add("  n = \(NumberText.grouped(frame.answers.count))", theme.muted)
    return text.adding(ScoreText.source(frame.isHeldOut), theme.muted)
  }

  // MARK: One example

  /// The numbers of the shown example as bars, the marked ones bright with a sign below.
  private func drawInputs(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    let answer = frame.answers[min(max(frame.shown, 0), frame.answers.count - 1)]
    let (chart, foot) = area.cutBottom(2)
    let axes = ChartFrame(
      in: chart,
      scale: ValueScale(
        Double(min(0, frame.inputs.filter(\.isFinite).min() ?? 0)),
        Double(frame.inputs.filter(\.isFinite).max() ?? 1)),
      range: 0...Double(max(1, frame.inputs.count)))
    axes.drawAxis(scene.appearance, into: &buffer)
    let plot = axes.plot
    for x in plot.x..<max(plot.x, plot.right) {
      // Several steps may share a column: the marked one is seen.
      let first = (x - plot.x) * frame.inputs.count / plot.width
      let last = max(first, (x - plot.x + 1) * frame.inputs.count / plot.width - 1)
      let steps = first...min(last, frame.inputs.count - 1)
      let marked = steps.first { frame.marks.indices.contains($0) && frame.marks[$0] }
      Bars.stand(
        axes.scale.fraction(of: Double(frame.inputs[marked ?? first])), x: x, in: plot,
        style: marked == nil ? theme.faint : theme.validation, appearance: scene.appearance,
        into: &buffer)
      if marked != nil {
        buffer[x, foot.y] = Cell(scene.appearance.glyph("▲", ascii: "^"), theme.validation)
      }
    }
    StyledText("example \(frame.shown + 1): ", theme.muted)
      .adding(answer.text, theme.text, joined: true)
      .adding("  \(frame.unit) \(number(answer.truth))", theme.title)
      .adding("  predicted \(number(answer.answer))", theme.smoothed)
      .fitting(foot.width - 2)
      .write(x: foot.x + 1, y: foot.y + 1, limit: foot.right, into: &buffer)
  }

  // MARK: All of them

  /// Truth across, answer up; a perfect network's points lie on the diagonal.
  private func drawScatter(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let known = frame.answers.filter { $0.truth.isFinite && $0.answer.isFinite }
    guard area.height >= 5, area.width >= 16, !known.isEmpty else { return }
    var extent = ValueExtent()
    for answer in known {
      extent.include(Double(answer.truth))
      extent.include(Double(answer.answer))
    }
    let scale = ValueScale(extent.low, extent.high).padded()
    let (legend, room) = area.cutTop(1)
    let (chart, foot) = room.cutBottom(1)
    let axes = ChartFrame(in: chart, scale: scale, range: scale.lower...scale.upper)
    axes.drawAxis(scene.appearance, into: &buffer)
    var canvas = axes.canvas(scene.appearance)
    let diagonal = (0..<canvas.width).map { x -> (place: Double, value: Double) in
      let value = scale.value(at: Double(x) / Double(max(1, canvas.width - 1)))
      return (value, value)
    }
    for point in diagonal { set(point.place, point.value, axes, scene.theme.faint, &canvas) }
    for answer in known {
      set(Double(answer.truth), Double(answer.answer), axes, scene.theme.smoothed, &canvas)
    }
    canvas.draw(into: &buffer, x: axes.plot.x, y: axes.plot.y)
    StyledText("↑ predicted", scene.theme.smoothed)
      .adding("   → true \(frame.unit)", scene.theme.muted)
      .adding("   diagonal: all correct", scene.theme.faint)
      .fitting(legend.width - 2)
      .write(x: legend.x + 1, y: legend.y, limit: legend.right, into: &buffer)
    for tick in scale.ticks(rows: max(4, axes.plot.width / 6)) {
      guard let x = axes.column(of: tick.value) else { continue }
      let left = min(
        max(axes.plot.x, x - CharacterWidth.of(tick.label) / 2),
        axes.plot.right - CharacterWidth.of(tick.label))
      guard buffer.isBlank((left - 1)..<left, y: foot.y) else { continue }
      buffer.write(tick.label, x: left, y: foot.y, style: scene.theme.muted, limit: foot.right)
    }
  }

  private func set(
    _ place: Double, _ value: Double, _ axes: ChartFrame, _ style: Style,
    _ canvas: inout DotCanvas
  ) {
    let share = axes.scale.fraction(of: place)
    guard share.isFinite, let y = axes.dot(of: Float(value), on: canvas) else { return }
    canvas.set(Int((share * Double(canvas.width - 1)).rounded()), y, style: style)
  }

  private func drawList(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    guard area.height >= 1 else { return }
    buffer.write(
      "   true  predicted   error", x: area.x + 1, y: area.y, style: theme.muted, limit: area.right)
    let first = min(max(frame.shown, 0), max(0, frame.answers.count - 1))
    for row in 0..<min(frame.answers.count, max(0, area.height - 1)) {
      let answer = frame.answers[(first + row) % frame.answers.count]
      let error = answer.answer - answer.truth
      StyledText(number(answer.truth).rightAligned(to: 7), theme.title)
        .adding(number(answer.answer).rightAligned(to: 11), theme.smoothed)
        .adding(number(error).rightAligned(to: 8), theme.muted)
        .write(x: area.x + 1, y: area.y + 1 + row, limit: area.right, into: &buffer)
    }
  }

  private func number(_ value: Float) -> String {
    value.isFinite ? NumberText.decimals(Double(value), 2) : "–"
  }
}
