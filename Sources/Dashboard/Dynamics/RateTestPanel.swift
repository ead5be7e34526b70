import TerminalGraphics
import TrainingEvents

/// What a copy of the network lost while its learning rate grew, with the rate at which the loss falls
/// fastest and the one at which it diverges.
struct RateTestPanel: Panel {
  var name: String { "Learning-rate range test" }
  var summary: String {
    "The loss of a copy of the network while its learning rate grows from a thousandth of the run’s own "
      + "to a thousand times it: where it falls fastest, and where it diverges. The run itself is left "
      + "as it is."
  }
  var interests: ProbeRequest.Interests { [.landscape] }

  func absence(in state: DashboardState) -> String? {
    guard state.landscape?.rateTest == nil else { return nil }
    return state.landscapeAbsence ?? Absence.missing("range test", state)
  }

  func title(_ scene: Scene) -> StyledText {
    let title = StyledText("Learning-rate range test", scene.theme.title)
    guard let test = scene.state.landscape?.rateTest else { return title }
    return title.adding("  from step \(NumberText.grouped(test.step))", scene.theme.muted)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let test = scene.state.landscape?.rateTest else { return }
    let theme = scene.theme
    func rate(_ value: Double?) -> String { value.map { NumberText.significant($0, 2) } ?? "–" }
    let fall =
      test.suggestedRate == nil
      ? StyledText("no rate tried made the loss fall clearly", theme.text)
      : StyledText("falls fastest at", theme.muted)
        .adding(" \(rate(test.suggestedRate))", theme.text)
    let text =
      fall
      .adding("  diverges at", theme.muted).adding(" \(rate(test.divergesAt))", theme.text)
      .adding("  own rate", theme.muted).adding(" \(rate(test.ownRate))", theme.text)
    let inside = buffer.inside
    let lines = text.lines(of: inside.width - 2, atMost: max(1, min(3, inside.height / 2)))
    for (row, line) in lines.prefix(inside.height).enumerated() {
      line.write(x: inside.x + 1, y: inside.y + row, limit: inside.right - 1, into: &buffer)
    }
    let area = inside.cutTop(min(inside.height, lines.count)).rest
    guard area.height >= 2, let lowest = test.rates.first, let highest = test.rates.last,
      highest > lowest
    else { return }
    let losses = test.losses
    let scale = ValueScale(
      losses.min() ?? .nan, losses.max() ?? .nan, logarithmic: false)
    let frame = ChartFrame(in: area, scale: scale, range: 0...Double(losses.count - 1))
    frame.drawAxis(scene.appearance, into: &buffer)
    var canvas = frame.canvas(scene.appearance)
    let line = (0..<canvas.width).map { x in
      let loss = Float(losses[x * losses.count / max(1, canvas.width)])
      return SeriesSummary(minimum: loss, maximum: loss, mean: loss, count: 1, samples: 1)
    }
    frame.line(line, style: theme.smoothed, on: &canvas)
    canvas.draw(into: &buffer, x: frame.plot.x, y: frame.plot.y)
    drawRates(lowest, highest, frame, scene, into: &buffer)
  }

  /// The first and the last rate on the border.
  private func drawRates(
    _ lowest: Double, _ highest: Double, _ frame: ChartFrame, _ scene: Scene,
    into buffer: inout CellBuffer
  ) {
    let y = buffer.inside.bottom
    let first = StyledText(NumberText.significant(lowest, 2), scene.theme.muted)
    let last = StyledText("rate \(NumberText.significant(highest, 2))", scene.theme.muted)
    let (left, right) = (frame.plot.x, buffer.inside.right - last.width)
    guard left + first.width < right else { return }
    first.write(x: left, y: y, limit: right, into: &buffer)
    last.write(x: right, y: y, limit: buffer.inside.right, into: &buffer)
  }
}

extension PanelKind {
  static let rateTest = PanelKind(RateTestPanel())
}
