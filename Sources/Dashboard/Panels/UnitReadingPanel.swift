import TerminalGraphics
import TrainingEvents

/// The text as one unit reads it: every symbol in the colour of its activation, beside what the
/// unit answers to most.
struct UnitReadingPanel: Panel {
  var name: String { "Unit" }
  var summary: String { "One unit's activation over the text that was read." }
  var interests: ProbeRequest.Interests { [.hiddenStates, .passage] }
  var context: KeyBinding.Context? { .units }

  func absence(in state: DashboardState) -> String? {
    state.shownPassage.map.columns > 0 ? nil : Absence.missing("hidden states", state)
  }

  func title(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    guard let unit = scene.state.shownUnit, let map = scene.state.shownMap else {
      return StyledText("Activation of a unit", theme.title)
    }
    var text = StyledText("Activation of unit \(unit)", theme.title)
    text.add("  \(map.name)", theme.muted)
    let passage = scene.state.shownPassage
    let unitName = passage.separator.isEmpty ? "characters" : "positions"
    text.add("  \(NumberText.grouped(passage.positions)) \(unitName)", theme.muted)
    if passage.isFixed { text.add(", held-out", theme.muted, joined: true) }
    if case .pattern(let pattern) = scene.state.heatmap.ranking,
      let r = scene.state.unitOrder.correlation(of: unit)
    {
      text.add("  “\(pattern.name)” r \(NumberText.fixed(Double(r), 2))", theme.accent)
    }
    return text
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let passage = scene.state.shownPassage
    guard passage.map.columns > 0, let unit = scene.state.shownUnit, unit < passage.map.units else {
      return
    }
    let area = buffer.inside
    let response = UnitResponse(unit: unit, map: passage.map, symbols: passage.symbols)
    let isWide = area.width >= 84
    let lines = answers(
      response, passage.symbols, scene, width: (isWide ? 40 : area.width) - 2)
    if isWide {
      let (left, right) = area.cutLeft(area.width - 40)
      drawText(passage, unit, in: left, scene: scene, into: &buffer)
      draw(lines, in: right, into: &buffer)
    } else {
      let rows = min(lines.count, max(0, area.height - 2))
      let (upper, lower) = area.cutBottom(rows)
      drawText(passage, unit, in: upper, scene: scene, into: &buffer)
      draw(lines, in: lower, into: &buffer)
    }
  }

  private func draw(_ lines: [StyledText], in area: Rect, into buffer: inout CellBuffer) {
    for (row, line) in lines.prefix(area.height).enumerated() {
      line.fitting(area.width - 2).write(
        x: area.x + 1, y: area.y + row, limit: area.right, into: &buffer)
    }
  }

  private func drawText(
    _ passage: Passage, _ unit: Int, in area: Rect, scene: Scene, into buffer: inout CellBuffer
  ) {
    let (map, symbols, separator) = (passage.map, passage.symbols, passage.separator)
    let shade = Shade(
      map: HiddenStatesPanel.colors(of: map, scene.theme), appearance: scene.appearance)
    var (x, y) = (area.x + 1, area.y)
    for column in firstColumn(passage, area)..<symbols.count {
      let text = ReadableSymbol.text(symbols[column])
      let width = max(1, CharacterWidth.of(text))
      if x + width > area.right - 1 { (x, y) = (area.x + 1, y + 1) }
      guard y < area.bottom else { return }
      var style = shade.textStyle(
        map.values[column * map.units + unit], lowest: map.lowest, highest: map.highest)
      if !passage.isFixed, column - passage.newest == scene.state.heatmap.column {
        style.attributes.insert(.underline)
      }
      x = buffer.write(text, x: x, y: y, style: style, limit: area.right)
      x += separator.isEmpty ? 0 : 1
    }
  }

  /// A fixed passage from its beginning; else as much as fits, up to the newest symbol.
  private func firstColumn(_ passage: Passage, _ area: Rect) -> Int {
    guard !passage.isFixed else { return 0 }
    let (symbols, gap) = (passage.symbols, passage.separator.isEmpty ? 0 : 1)
    let width = max(1, area.width - 2)
    var (rows, used, first) = (area.height, 0, symbols.count)
    while first > 0, rows > 0 {
      let wide = max(1, CharacterWidth.of(ReadableSymbol.text(symbols[first - 1])))
      if used + wide > width { (rows, used) = (rows - 1, 0) }
      used += wide + gap
      if rows > 0 { first -= 1 }
    }
    return first
  }

  private func answers(
    _ response: UnitResponse, _ symbols: [String], _ scene: Scene, width: Int
  ) -> [StyledText] {
    let theme = scene.theme
    let separator = Passage.separator(of: symbols)
    var lines: [StyledText] = []
    // A network without input reads nothing that a unit could respond to.
    let hasInput = scene.state.run?.task != .autonomous
    if let r = response.numbers {
      let isTime = (scene.state.run?.architecture?.inputSize ?? 1) > 2
      lines.append(
        StyledText("correlated with the \(isTime ? "time step" : "input")  ", theme.muted)
          .adding("r \(r.isFinite ? NumberText.fixed(Double(r), 2) : "–")", theme.text))
    } else if hasInput {
      var most = StyledText("highest activation ", theme.muted)
      for symbol in response.symbols.prefix(5) { add(symbol, to: &most, theme) }
      var least = StyledText("lowest activation ", theme.muted)
      for symbol in response.symbols.suffix(5).reversed() { add(symbol, to: &least, theme) }
      lines += [most, least]
    }
    // Both in one line: the excerpts below need the room.
    var neighbours = StyledText()
    for neighbour in [response.alike, response.opposite] {
      // Of two units, the other one is both.
      guard let neighbour, neighbours.isEmpty || response.alike != response.opposite else {
        continue
      }
      let word = neighbour.correlation > 0 ? "correlated with" : "anticorrelated with"
      neighbours.add((neighbours.isEmpty ? "" : "   ") + "\(word) unit ", theme.muted)
      neighbours.add("\(neighbour.unit)", theme.accent, joined: true)
      neighbours.add(
        "  r \(NumberText.fixed(Double(neighbour.correlation), 2))", theme.text, joined: true)
    }
    if !neighbours.isEmpty { lines += neighbours.lines(of: width, atMost: 2) }
    for place in response.peaks where hasInput {
      let around = excerpt(symbols, around: place.column)
      lines.append(
        StyledText(NumberText.fixed(Double(place.value), 2).rightAligned(to: 5) + " ", theme.text)
          .adding(
            (around.before.joined(separator: separator) + separator)
              .cutFront(to: UnitResponse.before).rightAligned(to: UnitResponse.before),
            theme.muted, joined: true
          )
          .adding(ReadableSymbol.text(symbols[place.column]), theme.chosen, joined: true)
          .adding(separator + around.after.joined(separator: separator), theme.muted, joined: true)
      )
    }
    return lines
  }

  /// What stands before and after a place, within its own stretch of the passage.
  private func excerpt(
    _ symbols: [String], around column: Int
  ) -> (before: [String], after: [String]) {
    let before = symbols[max(0, column - UnitResponse.before)..<column]
    let after = symbols[(column + 1)..<min(symbols.count, column + UnitResponse.after)]
    let start = before.lastIndex(of: Passage.gap).map { $0 + 1 } ?? before.startIndex
    let end = after.firstIndex(of: Passage.gap) ?? after.endIndex
    return (
      before[start...].map(ReadableSymbol.text), after[..<end].map(ReadableSymbol.text)
    )
  }

  private func add(_ symbol: UnitResponse.Symbol, to text: inout StyledText, _ theme: Theme) {
    text.add(" \(ReadableSymbol.text(symbol.text))", theme.title)
    text.add(" \(NumberText.fixed(Double(symbol.mean), 2)) ", theme.muted, joined: true)
  }
}

extension PanelKind {
  static let unitReading = PanelKind(UnitReadingPanel())
}
