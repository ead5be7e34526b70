import TerminalGraphics
import TrainingEvents

/// A network built by hand deciding one string: its stack is one number, symbol by symbol.
struct StackDrawing {
  let frame: StackFrame

  func draw(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    guard let last = frame.rows.last else {
      return buffer.note("no string read yet", style: theme.muted)
    }
    verdict(last, scene).fitting(area.width - 2).write(
      x: area.x + 1, y: area.y, limit: area.right, into: &buffer)
    var y = area.y + 1
    if let caution = frame.caution {
      for line in caution.wrapped(to: area.width - 2) where y < area.bottom {
        buffer.write(line, x: area.x + 1, y: y, style: theme.warning, limit: area.right)
        y += 1
      }
    }
    // The verdict stands with the last symbol: where not all rows fit, the first ones leave.
    let rows = frame.rows.suffix(max(0, area.bottom - y - 1))
    let columns = Columns(frame, in: area)
    columns.head(y: y, theme, into: &buffer)
    for (index, row) in rows.enumerated() {
      columns.draw(row, y: y + 1 + index, scene: scene, into: &buffer)
    }
    drawLegend(from: y + rows.count + 2, theme, in: area, into: &buffer)
  }

  /// What the columns hold, where rows are left for it whole.
  private func drawLegend(
    from y: Int, _ theme: Theme, in area: Rect, into buffer: inout CellBuffer
  ) {
    let lines = legend.flatMap { $0.wrapped(to: area.width - 2) }
    guard !lines.isEmpty, y + lines.count <= area.bottom else { return }
    for (row, line) in lines.enumerated() {
      buffer.write(line, x: area.x + 1, y: y + row, style: theme.muted, limit: area.right)
    }
  }

  /// The design's own names of its units; none for a design that is not known here.
  private var legend: [String] {
    let units = Set(frame.unitNames)
    if units.isSuperset(of: ["u0", "u1", "v0", "v1", "eA", "eB", "eC"]) {
      return [
        "number: the stack in one number, u0 + u1 + v0 + v1: its symbols as digits in base 4, "
          + "1 for ( and 3 for [, the newest first",
        "u0, u1: the number after a ( or a [ was pushed",
        "v0, v1: the number after a ( or a [ was popped",
        "eA–eC: 1 for good once a closing bracket did not match: rejected",
      ]
    }
    guard units.isSuperset(of: ["p", "r", "e"]) else { return [] }
    let (open, close) = units.contains("sB") ? ("an a", "a b") : ("a (", "a )")
    let lines = [
      "number: the stack in one number, p + r = 2^−depth",
      "p, r: the number after \(open) was pushed (p) or popped by \(close) (r)",
      "e: 1 for good once \(close) found the stack empty: rejected",
    ]
    guard units.contains("sB") else { return lines }
    return lines + [
      "sB: 1 once a b was read", "e2: 1 for good once an a followed a b: rejected",
    ]
  }

  private func verdict(_ last: StackFrame.Row, _ scene: Scene) -> StyledText {
    let text = frame.rows.map(\.symbol).joined()
    let word = last.accepted ? "is in the language" : "is not in the language"
    let sign = scene.appearance.hasUnicode ? (last.accepted ? "✓" : "✗") : ""
    return StyledText("\(sign) \(text.cutFront(to: 40)) ", scene.theme.title)
      .adding(word, last.accepted ? scene.theme.good : scene.theme.bad)
      .adding("  greatest depth \(frame.deepest)", scene.theme.muted)
  }

  /// Symbol read, depth, what the stack holds, a bar that is full when the stack is as deep as it
  /// gets in this string, the number that holds it, and the units.
  private struct Columns {
    let frame: StackFrame
    let area: Rect
    private let stackLeft: Int
    private let stackWidth: Int
    private let barLeft: Int
    private let barWidth: Int
    private let numberLeft: Int
    private let unitsLeft: Int

    init(_ frame: StackFrame, in area: Rect) {
      self.frame = frame
      self.area = area
      stackLeft = area.x + 8
      stackWidth = min(max(frame.deepest, 8), 24, max(0, area.width - 12))
      barLeft = stackLeft + stackWidth + 2
      barWidth = area.width >= 50 ? min(20, max(0, area.width - stackWidth - 40)) : 0
      numberLeft = barLeft + (barWidth > 0 ? barWidth + 2 : 0)
      unitsLeft = numberLeft + 11
    }

    private var limit: Int { area.right - 3 }

    func head(y: Int, _ theme: Theme, into buffer: inout CellBuffer) {
      guard y < area.bottom else { return }
      let style = theme.muted
      buffer.write("symbol", x: area.x + 1, y: y, style: style, limit: limit)
      buffer.write("stack".cut(to: stackWidth), x: stackLeft, y: y, style: style, limit: limit)
      if barWidth > 0 { buffer.write("depth", x: barLeft, y: y, style: style, limit: limit) }
      if numberLeft + 9 <= limit {
        buffer.write("number", x: numberLeft, y: y, style: style, limit: limit)
      }
      var x = unitsLeft
      for name in frame.unitNames where x + 8 <= limit {
        buffer.write(name.cut(to: 7).rightAligned(to: 7), x: x, y: y, style: style)
        x += 8
      }
    }

    func draw(_ row: StackFrame.Row, y: Int, scene: Scene, into buffer: inout CellBuffer) {
      let theme = scene.theme
      buffer.write(
        ReadableSymbol.text(row.symbol).rightAligned(to: 4), x: area.x + 1, y: y,
        style: theme.title, limit: area.right)
      let held = row.held.map { $0.isEmpty ? "empty" : $0.cutFront(to: stackWidth) }
      buffer.write(
        (held ?? (row.isLost ? "rejected" : "–")).cut(to: stackWidth), x: stackLeft, y: y,
        style: row.isLost ? theme.bad : row.held?.isEmpty ?? true ? theme.faint : theme.lag,
        limit: limit)
      if barWidth > 0, let depth = row.held?.count {
        let text = "\(depth)".padded(to: 3)
        buffer.write(text, x: barLeft, y: y, style: theme.text, limit: limit)
        Bars.lie(
          Double(depth) / Double(max(1, frame.deepest)), x: barLeft + 3, y: y,
          width: barWidth - 3, style: theme.lag, appearance: scene.appearance, into: &buffer)
      }
      if numberLeft + 9 <= limit {
        // Enough digits to tell the deepest stacks apart.
        buffer.write(
          NumberText.significant(row.stack, 6).padded(to: 10), x: numberLeft, y: y,
          style: theme.text, limit: limit)
      }
      var x = unitsLeft
      for value in row.units.prefix(frame.unitNames.count) where x + 8 <= limit {
        buffer.write(
          NumberText.brief(value, 4).cut(to: 7).rightAligned(to: 7), x: x, y: y,
          style: theme.muted)
        x += 8
      }
      let sign =
        row.accepted
        ? scene.appearance.glyph("✓", ascii: "y") : scene.appearance.glyph("·", ascii: "-")
      buffer[area.right - 2, y] = Cell(sign, row.accepted ? theme.good : theme.faint)
    }
  }
}

extension StackFrame {
  /// The most symbols that the stack holds in this string.
  var deepest: Int { rows.compactMap { $0.held?.count }.max() ?? 0 }
}
