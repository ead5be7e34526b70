import TerminalGraphics
import TrainingEvents

/// One corner's recurrence over an image: s(i−1, j) ─Wᵥ→ s(i, j) and s(i, j−1) ─Wₕ→ s(i, j), as far as
/// there is room for blocks.
struct ImagePanel {
  let graph: UnfoldedDrawing
  /// From 1.
  let corner: Int
  /// Whether other corners have no room.
  let isAlone: Bool

  /// A heading, two rows of states with what they read, and a gap.
  static let leastHeight = 6

  private var model: GraphModel { graph.model }
  private var scene: Scene { graph.scene }
  private var arrow: String { model.corners[corner - 1] }
  private var row: GraphRow { .cell(corner) }
  private var here: GraphTrace.Cell? {
    graph.here.flatMap { node in
      model.columns.indices.contains(node.column) ? model.columns[node.column].cell : nil
    }
  }

  /// Cells from the first block of a row to the next.
  private var pitch: Int { nodeWidth + 6 }
  private var nodeWidth: Int {
    let size = model.imageSize
    let name = "s(\(size.rows),\(size.columns))".count
    return graph.here == nil ? name : max(name, 9)
  }
  private static let gapWidth = 6

  /// Returns the row behind the last one.
  func draw(in area: Rect, into buffer: inout CellBuffer) -> Int {
    guard model.corners.indices.contains(corner - 1), area.height > 1 else { return area.y }
    heading.fitting(area.width).write(x: area.x, y: area.y, limit: area.right, into: &buffer)
    let size = model.imageSize
    let columns = Self.shown(
      size.columns, room: columnsFitting(area.width), here: here.map { $0.column })
    let lines = area.height - 1
    let tall = 3 * size.rows <= lines
    let rows = Self.shown(
      size.rows, room: 2 * size.rows <= lines ? size.rows : min(size.rows - 1, (lines - 1) / 2 + 1),
      here: here.map { $0.row })
    var y = area.y + 1
    for (index, row) in rows.enumerated() {
      var x = area.x
      let isLast = index == rows.count - 1
      for (place, column) in columns.enumerated() {
        if let row, let column {
          drawBlock(row, column, x: x, y: y, isTall: tall, into: &buffer)
          if !isLast {
            drawVertical(
              row, column, isGap: rows[index + 1] == nil, x: x, y: y + (tall ? 2 : 1), into: &buffer
            )
          }
        } else if row == nil || place > 0 {
          let sign = column == nil ? "⋯" : "⋮"
          let ascii = column == nil ? ".." : ":"
          buffer.write(
            scene.appearance.hasUnicode ? sign : ascii, x: x + 1, y: y, style: scene.theme.muted)
        }
        if let row, place < columns.count - 1 {
          drawHorizontal(row, column, columns[place + 1], x: x, y: y, into: &buffer)
        }
        x += column == nil ? Self.gapWidth : pitch
      }
      y += row == nil ? 1 : tall ? 3 : 2
    }
    return y
  }

  private var heading: StyledText {
    let words =
      switch arrow {
      case "↘": "from the top left"
      case "↖": "from the bottom right"
      case "↙": "from the top right"
      default: "from the bottom left"
      }
    var text = StyledText(arrow, scene.theme.accent).adding(
      " \(words)", scene.theme.muted, joined: true)
    if isAlone {
      text.add("   of \(model.corners.joined(separator: " "))", scene.theme.faint)
    }
    return text
  }

  // MARK: Which blocks

  private func columnsFitting(_ width: Int) -> Int {
    let all = model.imageSize.columns
    guard all * pitch - 5 > width else { return all }
    return max(1, min(all - 1, (width + 5 - Self.gapWidth) / pitch + 1))
  }

  /// The first and the last of so many, from 1, with a gap where some are left out; where the walk
  /// stands, too.
  static func shown(_ count: Int, room: Int, here: Int?) -> [Int?] {
    guard count > room else { return (1...max(1, count)).map { $0 } }
    guard room >= 3 else { return [here ?? 1] }
    let end = (room - 1) / 2
    let start = room - 1 - end
    guard let here, here > start, here <= count - end else {
      return (1...start).map { $0 } + [nil] + (count - end + 1...count).map { $0 }
    }
    return room >= 5 ? [1, nil, here, nil, count] : [nil, here, nil]
  }

  // MARK: Drawing

  private func drawBlock(
    _ row: Int, _ column: Int, x: Int, y: Int, isTall: Bool, into buffer: inout CellBuffer
  ) {
    guard let place = model.place(row: row, column: column) else { return }
    let name = "s(\(row),\(column))"
    _ = graph.drawNamed(self.row, place, name: name, x: x, y: y, into: &buffer)
    let tip = scene.appearance.hasUnicode ? "↖" : "^"
    buffer.write(tip, x: x + 4, y: y + 1, style: scene.theme.faint)
    let read = isTall || nodeWidth > 8 ? model.name(.input, at: place) : "x"
    _ = graph.drawNamed(.input, place, name: read, x: x + 5, y: y + 1, into: &buffer)
  }

  /// Whether the gradient has gone back over the line into a block, and in which colour.
  private func carried(into row: Int, _ column: Int) -> Style? {
    guard let place = model.place(row: row, column: column),
      graph.visited[GraphModel.Place(row: self.row, column: place)] == .backward,
      !graph.isHere(self.row, place)
    else { return nil }
    return graph.style(.backward, GraphModel.Place(row: self.row, column: place))
  }

  /// The line between a block and the one below it.
  private func drawVertical(
    _ row: Int, _ column: Int, isGap: Bool, x: Int, y: Int, into buffer: inout CellBuffer
  ) {
    let isUp = GraphModel.startsAtBottom(arrow)
    let carried = carried(into: isUp ? row : row + 1, column)
    let style = carried ?? scene.theme.faint
    let pointsUp = isUp != (carried != nil)
    let (glyph, ascii) = pointsUp ? ("▲", "^") : ("▼", "v")
    buffer.write(scene.appearance.hasUnicode ? glyph : ascii, x: x, y: y, style: style)
    buffer.write(
      carried == nil ? "Wᵥ" : "Wᵥᵀ", x: x + 1, y: y, style: carried ?? scene.theme.muted)
  }

  /// The line from a block, or from a gap, to the one at its right.
  private func drawHorizontal(
    _ row: Int, _ column: Int?, _ next: Int?, x: Int, y: Int, into buffer: inout CellBuffer
  ) {
    guard let left = column ?? next.map({ $0 - 1 }) else { return }
    let isBack = GraphModel.startsAtRight(arrow)
    let carried = carried(into: row, isBack ? left : left + 1)
    let style = carried ?? scene.theme.faint
    let pointsLeft = isBack != (carried != nil)
    let place = column.flatMap { model.place(row: row, column: $0) }
    let isHere = place.map { graph.isHere(self.row, $0) } ?? false
    let name =
      isHere ? CharacterWidth.of(graph.symbol) : column.map { "s(\(row),\($0))".count } ?? 2
    let (from, to) = (x + name, x + (column == nil ? Self.gapWidth : pitch) - 1)
    guard to - from >= 2 else { return }
    let unicode = scene.appearance.hasUnicode
    let line = carried == nil ? (unicode ? "─" : "-") : (unicode ? "━" : "=")
    buffer.write(String(repeating: line, count: to - from), x: from, y: y, style: style)
    if pointsLeft {
      buffer.write(unicode ? "◄" : "<", x: from, y: y, style: style)
    } else {
      buffer.write(unicode ? "►" : ">", x: to - 1, y: y, style: style)
    }
    let label = carried == nil ? "Wₕ" : "Wₕᵀ"
    if to - from >= CharacterWidth.of(label) + 2 {
      buffer.write(
        label, x: from + (to - from - CharacterWidth.of(label)) / 2, y: y,
        style: carried ?? scene.theme.muted)
    }
  }
}
