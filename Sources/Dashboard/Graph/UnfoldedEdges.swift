import TerminalGraphics
import TrainingEvents

/// Lines between the nodes of the unfolded graph: from column to column, and from row to row.
extension UnfoldedDrawing {
  /// The line on to the next column.
  func drawAcross(
    _ row: GraphRow, _ column: Int, x: Int, y: Int, pitch: Int, step: Int,
    into buffer: inout CellBuffer
  ) {
    guard column + 1 < model.columns.count else { return }
    if case .state = row, model.architecture.shape == .outputRecurrence {
      drawFromOutput(row, column, x: x, y: y, pitch: pitch, step: step, into: &buffer)
      return
    }
    guard let edge = model.edgeAcross(row, from: column) else { return }
    // A gradient runs against its edge, from a node that it has left already.
    let source = edge.pointsBack ? column : column + 1
    let isGradient = hasGoneBack(row, source)
    let measured = gradientStyle(Place(row: row, column: source))
    // Where two states stand beside each other, each line begins behind both.
    let own = shift(row, column, step)
    let beside = step == 2 && own == 0 ? shift(.backwardState(1), column, step) : 0
    arrow(
      from: x + own + max(end(of: row, column), beside > 0 ? beside + 3 : 0),
      to: x + pitch + shift(row, column + 1, step) - 1, y: y, label: edge.label,
      forward: edge.pointsBack == isGradient, isGradient: isGradient,
      source: Place(row: row, column: source), measured: measured, into: &buffer)
  }

  /// Whether the walk came by a node on its way back and went on from it.
  private func hasGoneBack(_ row: GraphRow, _ column: Int) -> Bool {
    visited[Place(row: row, column: column)] == .backward && !isHere(row, column)
  }

  /// `──W──►` forward, `◄━Wᵀ━━` for a gradient on its way back.
  private func arrow(
    from left: Int, to right: Int, y: Int, label: String, forward: Bool, isGradient: Bool,
    source: Place? = nil, measured: Style? = nil, into buffer: inout CellBuffer
  ) {
    guard right - left >= 3 else { return }
    let appearance = scene.appearance
    // An edge has the colour of the gradient that it carries.
    let gradient = source.map { self.style(.backward, $0) } ?? scene.theme.gradient
    let style = isGradient ? gradient : measured ?? scene.theme.faint
    let line = isGradient ? appearance.glyph("━", ascii: "=") : appearance.glyph("─", ascii: "-")
    for x in left..<right { buffer[x, y] = Cell(line, style) }
    if forward {
      buffer[right - 1, y] = Cell(appearance.glyph("►", ascii: ">"), style)
    } else {
      buffer[left, y] = Cell(appearance.glyph("◄", ascii: "<"), style)
    }
    let text = isGradient && label == "W" ? "Wᵀ" : label
    if right - left >= 4 {
      buffer.write(
        text, x: left + (right - left - CharacterWidth.of(text)) / 2, y: y,
        style: isGradient ? style : measured ?? scene.theme.muted)
    }
  }

  /// From the output of one step into the state of the next (fig. 10.4), or from the right output
  /// where it is forced (fig. 10.6).
  private func drawFromOutput(
    _ row: GraphRow, _ column: Int, x: Int, y: Int, pitch: Int, step: Int,
    into buffer: inout CellBuffer
  ) {
    let appearance = scene.appearance
    let next = x + pitch - (isHere(row, column + 1) ? 2 : 1)
    let isForced = model.columns[column + 1].isForced
    let isGradient = hasGoneBack(row, column + 1) && !isForced
    let style = isGradient ? scene.theme.gradient : scene.theme.faint
    let bend = next - 3
    guard bend > x + Self.nodeWidth - 1 else { return }
    buffer.write("W", x: bend + 1, y: y, style: isGradient ? style : scene.theme.muted)
    buffer[bend + 2, y] = Cell(appearance.glyph("►", ascii: ">"), style)
    guard !isForced else {
      buffer.write("y", x: bend - 1, y: y, style: scene.theme.accent)
      return
    }
    let top = y - step
    for place in (x + end(of: .output, column) - 1)..<max(x + end(of: .output, column) - 1, bend) {
      buffer[place, top] = Cell(appearance.glyph("─", ascii: "-"), style)
    }
    buffer[bend, top] = Cell(appearance.glyph("╮", ascii: "+"), style)
    for between in (top + 1)..<max(top + 1, y) {
      buffer[bend, between] = Cell(appearance.glyph("│", ascii: "|"), style)
    }
    buffer[bend, y] = Cell(appearance.glyph("╰", ascii: "+"), style)
  }

  /// Where the chains begin: s(0) at the left; a sign where earlier columns are off screen.
  func drawStart(
    _ row: GraphRow, first: Int, area: Rect, y: Int, into buffer: inout CellBuffer
  ) {
    guard case .state = row, model.architecture.shape != .outputRecurrence else { return }
    // Behind an image, everything starts from C.
    if model.cellCount > 0, first == model.cellCount { return }
    guard first == 0 else {
      buffer.write(
        scene.appearance.hasUnicode ? "⋯" : "..", x: area.x + Self.margin - 8, y: y,
        style: scene.theme.muted)
      arrow(
        from: area.x + Self.margin - 6, to: area.x + Self.margin - 1, y: y, label: model.recurrence,
        forward: true, isGradient: false, into: &buffer)
      return
    }
    let isBack = hasGoneBack(row, 0)
    buffer.write("s(0)", x: area.x + 1, y: y, style: scene.theme.faint)
    arrow(
      from: area.x + 6, to: area.x + Self.margin - 1, y: y, label: model.recurrence,
      forward: !isBack,
      isGradient: isBack, into: &buffer)
  }

  /// g stands beside s, so that lines from below and from above reach both.
  func shift(_ row: GraphRow, _ column: Int, _ step: Int) -> Int {
    guard case .backwardState = row, step == 2, model.isBothWays(column) else { return 0 }
    return max(4, CharacterWidth.of(model.name(row, at: column)))
  }

  /// Lines of a column with two states: what is read goes into both of them, and whatever stands
  /// above reads both.
  func drawBothWays(
    _ row: GraphRow, _ column: Int, x: Int, y: Int, into buffer: inout CellBuffer
  ) {
    guard row != .input, row != .context, model.has(row, at: column) else { return }
    let (appearance, style) = (scene.appearance, scene.theme.faint)
    func put(_ glyph: Unicode.Scalar, _ ascii: Unicode.Scalar, _ x: Int, _ y: Int) {
      let isCrossed = glyph == "│" && !(buffer[x, y].glyph == " ")
      buffer[x, y] = Cell(
        isCrossed ? appearance.glyph("┼", ascii: "+") : appearance.glyph(glyph, ascii: ascii), style
      )
    }
    let layers = model.rows.compactMap { row -> Int? in
      if case .backwardState(let layer) = row { layer } else { nil }
    }
    let beside = x + 1 + shift(.backwardState(layers.first ?? 1), column, 2)
    switch row {
    case .backwardState(let layer):
      // s goes on upwards past g, where something reads it.
      if layers.first != layer || model.has(.output, at: column) {
        put("│", "|", x + 1, y)
        put("│", "|", x + 1, y + 1)
      }
      put("↑", "^", beside, y + 1)
    case .state(let layer):
      // What is read below goes up to s here, and past s to g.
      put("│", "|", beside, y)
      put("↑", "^", x + 1, y + 1)
      for between in (x + 2)..<beside { put("─", "-", between, y + 1) }
      put(layer == 1 ? "╯" : "┤", "+", beside, y + 1)
      buffer.write("U", x: x + 3, y: y + 1, style: scene.theme.muted)
    case .output:
      put("↑", "^", x + 1, y + 1)
      // At the end only s has read everything: g has in the first column.
      if model.architecture.shape != .final {
        for between in (x + 2)..<beside { put("─", "-", between, y + 1) }
        put("╮", "+", beside, y + 1)
      }
      buffer.write("V", x: x + 3, y: y + 1, style: scene.theme.muted)
    case .target, .loss, .input, .cell, .context:
      drawBelow(row, column, x: x, y: y, step: 2, into: &buffer)
    }
  }

  /// The line up from the nearest node below, past rows that have none here.
  func drawBelow(
    _ row: GraphRow, _ column: Int, x: Int, y: Int, step: Int, into buffer: inout CellBuffer
  ) {
    guard row != .input, row != .context, model.has(row, at: column),
      model.columns[column].part != "context",
      let here = model.rows.firstIndex(of: row),
      let below = model.rows[(here + 1)...].firstIndex(where: {
        $0 != .context && model.has($0, at: column)
      })
    else { return }
    let (theme, appearance) = (scene.theme, scene.appearance)
    let carried = carried(from: row, to: model.rows[below], column)
    let style = carried ?? theme.faint
    for line in (y + 1)..<max(y + 1, y + (below - here) * step) {
      buffer[x + 1, line] = Cell(scene.appearance.glyph("│", ascii: "|"), style)
    }
    guard step == 2 else { return }
    let isDown = row == .target || hasGoneBack(row, column) && carried != nil
    let tip = isDown ? appearance.glyph("↓", ascii: "v") : appearance.glyph("↑", ascii: "^")
    buffer[x + 1, y + 1] = Cell(tip, style)
    buffer.write(
      model.edgeBelow(row, at: column), x: x + 3, y: y + 1, style: carried ?? theme.muted)
  }

  /// The colour of the gradient that has come down a line from row to row; nil where none has, or
  /// none was measured.
  private func carried(from row: GraphRow, to below: GraphRow, _ column: Int) -> Style? {
    if row == .output, measures.end == Place(row: below, column: column) {
      return gradientStyle(Place(row: below, column: column))
    }
    guard hasGoneBack(row, column), visited[Place(row: below, column: column)] == .backward else {
      return nil
    }
    return style(.backward, Place(row: row, column: column))
  }
}
