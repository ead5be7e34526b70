import TerminalGraphics
import TrainingEvents

/// Lines that go further than to the next column: to the output or the context from where the other
/// direction ended, to a loss of all outputs together, and to what attention picks.
extension UnfoldedDrawing {
  func drawBuses(_ raster: Raster, into buffer: inout CellBuffer) {
    let pen = Pen(drawing: self, raster: raster)
    let last = model.columns.count - 1
    // Which lines there are is the model's matter; here they get their way on screen.
    func isRead(_ source: GraphRow, by row: GraphRow, _ column: Int) -> Bool {
      model.sources(of: row, at: column).contains { $0.row == source }
    }
    if isRead(.backwardState(model.top), by: .output, last) {
      pen.drawReversedEnd(to: .output, column: last, into: &buffer)
    }
    if isRead(.output, by: .loss, last) { pen.drawJointLoss(column: last, into: &buffer) }
    if let meeting = model.columns.firstIndex(where: { $0.part == "context" }) {
      pen.joinContext(meeting, into: &buffer)
      if isRead(.backwardState(model.top), by: .state(model.top), meeting) {
        pen.drawReversedEnd(to: .state(model.top), column: meeting, into: &buffer)
      }
      // Without rows between the nodes, names alone say what attention does.
      if model.rows.contains(.context), raster.step == 2 {
        pen.drawWeighed(meeting, into: &buffer)
        for column in (meeting + 1)..<model.columns.count {
          pen.drawQuery(column, into: &buffer)
        }
      }
    }
  }

  /// Draws lines that bend, and that cross others without cutting them.
  private struct Pen {
    let drawing: UnfoldedDrawing
    let raster: Raster
    private var model: GraphModel { drawing.model }

    /// A column's left edge; nil where it is not on screen.
    private func x(_ column: Int) -> Int? {
      raster.shown.firstIndex(of: column).map { raster.left + $0 * raster.pitch }
    }

    private func y(_ row: GraphRow) -> Int? {
      model.rows.firstIndex(of: row).map { raster.top + $0 * raster.step }
    }

    private func put(
      _ glyph: Unicode.Scalar, _ ascii: Unicode.Scalar, _ x: Int, _ y: Int,
      into buffer: inout CellBuffer
    ) {
      guard x >= 0, y >= 0, x < buffer.size.width - 1, y < buffer.size.height else { return }
      let appearance = drawing.scene.appearance
      var cell = Cell(appearance.glyph(glyph, ascii: ascii), drawing.scene.theme.faint)
      let (across, down) = (
        appearance.glyph("─", ascii: "-"), appearance.glyph("│", ascii: "|")
      )
      let there = buffer[x, y].glyph
      if there != " " {
        let isCrossing =
          glyph == "─" && there == Cell(down, cell.style).glyph
          || glyph == "│" && there == Cell(across, cell.style).glyph
        let isBranch = glyph == "┬" && there == Cell(across, cell.style).glyph
        let isFork =
          glyph == "│" && there == Cell(appearance.glyph("╭", ascii: "+"), cell.style).glyph
        // Names and tips of arrows stay.
        guard isCrossing || isBranch || isFork else { return }
        if isCrossing { cell = Cell(appearance.glyph("┼", ascii: "+"), cell.style) }
        if isFork { cell = Cell(appearance.glyph("├", ascii: "+"), cell.style) }
      }
      buffer[x, y] = cell
    }

    private func across(_ from: Int, _ to: Int, _ y: Int, into buffer: inout CellBuffer) {
      for x in from..<max(from, to) { put("─", "-", x, y, into: &buffer) }
    }

    private func down(_ x: Int, _ from: Int, _ to: Int, into buffer: inout CellBuffer) {
      for y in from..<max(from, to) { put("│", "|", x, y, into: &buffer) }
    }

    /// From the first column, where the direction from end to start ends, to what reads it.
    func drawReversedEnd(to row: GraphRow, column: Int, into buffer: inout CellBuffer) {
      guard let level = y(.output), let from = y(.backwardState(model.top)), let goal = y(row),
        let end = x(column), column > 0
      else { return }
      var start = raster.left - 2
      if let first = x(0) {
        start = first + 1 + drawing.shift(.backwardState(model.top), 0, raster.step)
        put("╭", "+", start, level, into: &buffer)
        down(start, level + 1, from, into: &buffer)
      }
      if row == .output {
        across(start + 1, end - 1, level, into: &buffer)
        put("►", ">", end - 1, level, into: &buffer)
      } else {
        across(start + 1, end + 1, level, into: &buffer)
        put("╮", "+", end + 1, level, into: &buffer)
        down(end + 1, level + 1, goal - 1, into: &buffer)
        put("▼", "v", end + 1, goal - 1, into: &buffer)
      }
    }

    /// From every output to the one loss of all of them.
    func drawJointLoss(column: Int, into buffer: inout CellBuffer) {
      guard let level = y(.loss), let outputs = y(.output), let end = x(column) else { return }
      let others = raster.shown.compactMap { $0 }.filter {
        $0 != column && model.has(.output, at: $0)
      }
      guard let first = others.first.flatMap({ x($0) }) else { return }
      for (index, other) in others.enumerated() {
        guard let x = x(other) else { continue }
        put(index == 0 ? "╭" : "┬", "+", x + 1, level, into: &buffer)
        down(x + 1, level + 1, outputs, into: &buffer)
      }
      across(first + 2, end - 1, level, into: &buffer)
      put("►", ">", end - 1, level, into: &buffer)
    }

    /// The context stands in the row of every layer that starts from it, and is one node.
    func joinContext(_ meeting: Int, into buffer: inout CellBuffer) {
      guard let x = x(meeting), let top = y(.state(model.top)), let bottom = y(.state(1)) else {
        return
      }
      down(x, top + 1, bottom, into: &buffer)
    }

    /// From every state of the source to what each step of the decoder picks of them.
    func drawWeighed(_ meeting: Int, into buffer: inout CellBuffer) {
      guard let context = y(.context), let outputs = y(.output), let states = y(.state(model.top)),
        let meetingX = x(meeting)
      else { return }
      // The row above is where the other direction's end goes along.
      let level = model.isBothWays(0) ? y(.loss) ?? outputs : outputs
      let top = model.isBothWays(0) ? y(.backwardState(model.top)) ?? states : states
      let (drop, bus) = (meetingX + 3, context + 1)
      var start: Int?
      for column in raster.shown.compactMap({ $0 }) where column < meeting {
        guard let x = x(column) else { continue }
        let shift = drawing.shift(.backwardState(model.top), column, raster.step)
        // Of two states side by side, both.
        for place in shift > 0 ? [x + 1, x + 1 + shift] : [x + 1] {
          let from = place == x + 1 ? states : top
          put(start == nil ? "╭" : "┬", "+", place, level, into: &buffer)
          down(place, level + 1, from, into: &buffer)
          start = start ?? place
        }
      }
      across((start ?? raster.left - 2) + 1, drop, level, into: &buffer)
      put("╮", "+", drop, level, into: &buffer)
      down(drop, level + 1, bus, into: &buffer)
      put("╰", "+", drop, bus, into: &buffer)
      let readers = raster.shown.compactMap { $0 }.filter { model.has(.context, at: $0) }
        .compactMap { x($0) }
      for reader in readers {
        put(reader == readers.last ? "╯" : "┴", "+", reader + 4, bus, into: &buffer)
      }
      if let last = readers.last { across(drop + 1, last + 4, bus, into: &buffer) }
    }

    /// From the decoder's state before to what is picked now: it asks.
    func drawQuery(_ column: Int, into buffer: inout CellBuffer) {
      guard let here = x(column), let before = x(column - 1), here == before + raster.pitch,
        let context = y(.context), let states = y(.state(model.top))
      else { return }
      let branch = before + 8
      guard branch < here else { return }
      put("┬", "+", branch, states, into: &buffer)
      down(branch, states + 1, context, into: &buffer)
      put("╰", "+", branch, context, into: &buffer)
      across(branch + 1, here + 2, context, into: &buffer)
      put("►", ">", here + 2, context, into: &buffer)
    }
  }
}
