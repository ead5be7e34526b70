import TerminalGraphics
import TrainingEvents

/// A text that a person typed: what the network answers, and the states it has on the way.
struct ReadingPanel: Panel {
  var name: String { "Your text" }
  var summary: String { "What the network makes of a text that you typed." }

  func title(_ scene: Scene) -> StyledText {
    StyledText("Your text", scene.theme.title)
      .adding("  e: type one", scene.theme.muted)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let reading = scene.state.reading else {
      return buffer.note(
        "press e and type a word or a sentence: the network reads it and answers",
        style: scene.theme.muted)
    }
    let area = buffer.inside
    let (head, rest) = area.cutTop(2)
    let theme = scene.theme
    StyledText("you   ", theme.muted)
      .adding(readable(reading.text).cutFront(to: head.width - 8), theme.title, joined: true)
      .write(x: head.x + 1, y: head.y, limit: head.right, into: &buffer)
    let says = scene.state.run?.task == .languageModel ? "next" : "says"
    StyledText("\(says)  ", theme.muted)
      .adding(readable(reading.answer).cut(to: head.width - 8), theme.good, joined: true)
      .appending(reach(of: reading, theme)).fitting(head.width - 2)
      .write(x: head.x + 1, y: head.y + 1, limit: head.right, into: &buffer)
    guard rest.height >= 2 else { return }
    if rest.width >= 64 {
      let (left, right) = rest.cutLeft(rest.width - 26)
      drawStates(reading.states, in: left, scene: scene, into: &buffer)
      drawAlternatives(reading, in: right, scene: scene, into: &buffer)
    } else {
      let rows = min(reading.alternatives.count, rest.height / 2)
      let (upper, lower) = rest.cutTop(rows)
      drawAlternatives(reading, in: upper, scene: scene, into: &buffer)
      drawStates(reading.states, in: lower, scene: scene, into: &buffer)
    }
  }

  /// How far back the answer at the text's end reaches.
  private func reach(of reading: ReadingFrame, _ theme: Theme) -> StyledText {
    let count = reading.states.symbols.count
    guard let last = reading.attributed.at(count - 1, of: count),
      let reach = AttributionPanel.reach(last.norms)
    else { return StyledText() }
    return StyledText("  90 % of its gradient within \(reach) back", theme.muted)
      .adding("  8 shows it", theme.muted)
  }

  private func readable(_ text: String) -> String {
    text.replacing("\n", with: "⏎").replacing("\t", with: "⇥")
  }

  private func drawAlternatives(
    _ reading: ReadingFrame, in area: Rect, scene: Scene, into buffer: inout CellBuffer
  ) {
    let labels = reading.alternatives.map { ReadableSymbol.text($0.label) }
    let width = min(10, labels.map { CharacterWidth.of($0) }.max() ?? 1)
    for (row, alternative) in reading.alternatives.enumerated() where row < area.height {
      let y = area.y + row
      buffer.write(
        labels[row].cut(to: width).rightAligned(to: width), x: area.x + 1, y: y,
        style: row == 0 ? scene.theme.good : scene.theme.text, limit: area.right)
      let share = NumberText.percent(alternative.probability).rightAligned(to: 7)
      buffer.write(
        share, x: area.x + 1 + width, y: y, style: scene.theme.muted, limit: area.right)
      Bars.lie(
        alternative.probability, x: area.x + width + 9, y: y,
        width: max(0, area.width - width - 10), style: scene.theme.smoothed,
        appearance: scene.appearance, into: &buffer)
    }
  }

  private func drawStates(
    _ frame: HiddenStateFrame, in area: Rect, scene: Scene, into buffer: inout CellBuffer
  ) {
    guard let map = scene.state.heatmap.map(in: frame), map.columns > 0 else { return }
    let left = area.x + HiddenStatesPanel.labelWidth
    let grid = SymbolGrid(frame.symbols, columns: map.columns, width: area.right - left)
    // The end of the text is what the answer follows from.
    let first = map.columns - grid.count
    let order = UnitSorting.activity.order(of: map)
    let shade = Shade(
      map: HiddenStatesPanel.colors(of: map, scene.theme), appearance: scene.appearance)
    for column in 0..<grid.count where first + column < frame.symbols.count {
      let rect = grid.rect(column, y: area.y, left: left)
      buffer.write(
        ReadableSymbol.text(frame.symbols[first + column]).cut(to: rect.width), x: rect.x,
        y: rect.y, style: scene.theme.title, limit: rect.right)
    }
    for (row, unit) in order.prefix(max(0, area.height - 1)).enumerated() {
      let y = area.y + 1 + row
      buffer.write(
        "\(unit)".rightAligned(to: HiddenStatesPanel.labelWidth - 1), x: area.x, y: y,
        style: scene.theme.muted)
      for column in 0..<grid.count {
        let value = map.values[(first + column) * map.units + unit]
        buffer.fill(
          grid.rect(column, y: y, left: left),
          with: shade.cell(value, lowest: map.lowest, highest: map.highest))
      }
    }
  }
}

extension PanelKind {
  static let reading = PanelKind(ReadingPanel())
}
