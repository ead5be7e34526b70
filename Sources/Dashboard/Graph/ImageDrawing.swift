import TerminalGraphics
import TrainingEvents

/// The unfolded graph over an image: for every corner that a recurrence begins in, the blocks beside the
/// corner and those opposite to it, and behind them what reads where the recurrences end.
struct ImageDrawing {
  let graph: UnfoldedDrawing
  private var model: GraphModel { graph.model }
  private var scene: Scene { graph.scene }

  /// Rows of the words below that stay free.
  private func wordRows(_ height: Int) -> Int {
    graph.here == nil ? height >= 30 ? 7 : 3 : max(8, graph.detailRows)
  }

  /// Returns the row behind the last one.
  func draw(in area: Rect, into buffer: inout CellBuffer) -> Int {
    let rows = model.architecture.shape == .final ? 0 : model.rows.count
    let free = max(0, area.height - wordRows(area.height) - 1)
    let least = 2 * ImagePanel.leastHeight
    let below = rows == 0 ? 0 : free >= 2 * rows + least ? 2 * rows : rows + 1
    let panels = panels(in: area, height: free - below)
    let size = panelSize(panels, in: area, height: free - below)
    var bottom = area.y
    for (index, corner) in panels.enumerated() {
      let perRow = panelsPerRow(panels.count, area.width)
      let rect = Rect(
        x: area.x + 1 + index % perRow * size.width,
        y: area.y + index / perRow * (size.height + 1), width: size.width - 1,
        height: size.height)
      let panel = ImagePanel(
        graph: graph, corner: corner, isAlone: panels.count < model.corners.count)
      bottom = max(bottom, panel.draw(in: rect, into: &buffer))
    }
    drawEnds(y: bottom + 1, in: area, into: &buffer)
    guard rows > 0 else { return bottom + 2 }
    let chain = Rect(x: area.x, y: bottom + 2, width: area.width, height: below)
    graph.draw(in: chain, into: &buffer)
    return chain.bottom
  }

  // MARK: Room

  private func panelsPerRow(_ count: Int, _ width: Int) -> Int {
    count > 1 && width >= 70 ? 2 : 1
  }

  /// All corners, or where there is no room for so many the one that the walk is at.
  private func panels(in area: Rect, height: Int) -> [Int] {
    let all = Array(1...max(1, model.corners.count))
    let perRow = panelsPerRow(all.count, area.width)
    let lines = (all.count + perRow - 1) / perRow
    guard lines * (ImagePanel.leastHeight + 1) > height + 1 else { return all }
    if case .cell(let corner)? = graph.here?.place { return [min(corner, all.count)] }
    return [1]
  }

  private func panelSize(_ panels: [Int], in area: Rect, height: Int) -> Size {
    let perRow = panelsPerRow(panels.count, area.width)
    let lines = (panels.count + perRow - 1) / perRow
    return Size(
      width: (area.width - 2) / perRow, height: max(0, (height + 1) / max(1, lines) - 1))
  }

  // MARK: What reads the ends

  /// `[s↘(7,7); s↖(1,1)] ──V──► o ──► L`, or what C is.
  private func drawEnds(y: Int, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    let ends = model.imageEnds.map { model.name($0.row, at: $0.column) }
    let isSum = model.architecture.grid?.isSum == true
    let text =
      ends.count == 1
      ? ends[0]
      : isSum
        ? ends.joined(separator: " + ")
        : "[" + ends.joined(separator: "; ") + "]"
    var x = buffer.write(text, x: area.x + 2, y: y, style: theme.text, limit: area.right - 1)
    guard model.architecture.shape == .final else {
      x = arrow("", x: x, y: y, into: &buffer)
      buffer.write("C", x: x, y: y, style: theme.text, limit: area.right - 1)
      return
    }
    let last = model.columns.count - 1
    x = arrow("V", x: x, y: y, into: &buffer)
    x = graph.drawNamed(.output, last, x: x, y: y, into: &buffer)
    x = arrow("", x: x, y: y, into: &buffer)
    x = graph.drawNamed(.loss, last, x: x, y: y, into: &buffer)
    if let loss = model.columns[last].loss {
      x = buffer.write(
        " " + NumberText.significant(loss, 3), x: x, y: y, style: theme.muted, limit: area.right - 1
      )
    }
    let read = model.columns[last]
    let words = [
      read.target.isEmpty ? nil : "y \(ReadableSymbol.text(read.target))",
      read.output.isEmpty ? nil : "→ \(ReadableSymbol.text(read.output))",
    ].compactMap { $0 }.joined(separator: "  ")
    buffer.write("  " + words, x: x, y: y, style: theme.muted, limit: area.right - 1)
  }

  private func arrow(
    _ label: String, x: Int, y: Int, into buffer: inout CellBuffer
  ) -> Int {
    let (line, tip) = scene.appearance.hasUnicode ? ("─", "►") : ("-", ">")
    let text = label.isEmpty ? " \(line)\(line)\(tip) " : " \(line)\(label)\(line)\(tip) "
    return buffer.write(text, x: x, y: y, style: scene.theme.faint, limit: buffer.size.width - 1)
  }
}

extension UnfoldedDrawing {
  /// A node by its name, or by what the walk is at there. Returns the column behind it.
  func drawNamed(
    _ row: GraphRow, _ column: Int, name: String? = nil, x: Int, y: Int,
    into buffer: inout CellBuffer
  ) -> Int {
    guard isHere(row, column) else {
      return buffer.write(
        name ?? model.name(row, at: column), x: x, y: y, style: style(row, column),
        limit: buffer.size.width - 1)
    }
    return buffer.write(
      symbol, x: x, y: y, style: scene.theme.chosen, limit: buffer.size.width - 1)
  }
}
