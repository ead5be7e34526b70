import TerminalGraphics
import TrainingEvents

/// L(t) at every position of one sequence: where in a text the network is surprised.
struct PositionLossPanel: Panel {
  var name: String { "Loss per time step" }
  var summary: String {
    "Loss L(t) at every time step t of one sequence: where the network is wrong."
  }
  var interests: ProbeRequest.Interests { [.hiddenStates] }

  func absence(in state: DashboardState) -> String? {
    guard let frame = state.hiddenStates else {
      return Absence.missing("loss per time step", state)
    }
    if frame.loss.contains(where: \.isFinite) { return nil }
    switch state.run?.architecture?.shape {
    case .final:
      return "one output at the sequence’s end: there is no loss at the time steps before"
    case .everyStep where state.run?.architecture?.isAligned ?? false:
      return
        "one loss over all alignments of the target with the time steps (CTC): none per time step"
    case .encoderDecoder:
      return "the loss is at the decoder’s time steps, not at those of the source"
    case .vectorToSequence: return "the input is one vector: the loss is at the output’s time steps"
    case .handBuilt: return Absence.setByHand
    case .everyStep, .outputRecurrence, .autonomous, nil:
      return "no loss per time step: the loss is over whole sequences"
    }
  }

  func title(_ scene: Scene) -> StyledText {
    var text = StyledText("Loss per time step L(t)", scene.theme.title)
    guard let frame = scene.state.hiddenStates else { return text }
    let losses = frame.loss.filter(\.isFinite)
    guard !losses.isEmpty else { return text }
    let total = Double(losses.reduce(0, +))
    let unit = LossText.isNats(scene.state.run) ? " nats" : ""
    text.add(
      "  Σ L(t) = \(NumberText.decimals(total, 1))\(unit) over "
        + "\(ScoreText.counted(losses.count, "time step"))", scene.theme.muted)
    return text
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let frame = scene.state.hiddenStates else { return }
    let area = buffer.inside
    let (chart, foot) = area.cutBottom(area.height >= 3 ? 1 : 0)
    let highest = Double(frame.loss.filter(\.isFinite).max() ?? 1)
    let scale = ValueScale(0, max(highest, 1e-6))
    let axes = ChartFrame(
      in: chart, scale: scale, range: 0...Double(max(1, frame.loss.count)))
    axes.drawAxis(scene.appearance, into: &buffer)
    let grid = SymbolGrid(frame.symbols, columns: frame.loss.count, width: axes.plot.width)
    for column in 0..<grid.count {
      let rect = grid.rect(column, y: foot.y, left: axes.plot.x)
      let loss = Double(frame.loss[column])
      let wide = max(1, rect.width - (rect.width > 2 ? 1 : 0))
      for x in rect.x..<(rect.x + wide) {
        Bars.stand(
          scale.fraction(of: loss), x: x, in: axes.plot, style: scene.theme.raw,
          appearance: scene.appearance, into: &buffer)
      }
      guard foot.height > 0, column < frame.symbols.count else { continue }
      let text = ReadableSymbol.text(frame.symbols[column]).cut(to: rect.width)
      buffer.write(text, x: rect.x, y: foot.y, style: scene.theme.title, limit: rect.right)
    }
  }
}

extension PanelKind {
  static let positionLoss = PanelKind(PositionLossPanel())
}
