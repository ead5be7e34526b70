import TerminalGraphics
import TrainingEvents

/// The graph with one column for every step of time (slides 9–20).
struct UnfoldedDrawing {
  let model: GraphModel
  let scene: Scene
  /// Where the walk stands, and every node it has come by, by direction.
  let stop: GraphTrace.Stop?
  private let visited: [Node: GraphTrace.Stop.Direction]

  private struct Node: Hashable {
    var row: GraphRow
    var column: Int
  }

  /// Cells of the left margin, which holds s(0) and its arrow.
  private static let margin = 13
  private static let nodeWidth = 6

  init(_ scene: Scene) {
    self.scene = scene
    let architecture =
      scene.state.run?.architecture
      ?? Architecture(shape: .everyStep, cell: "tanh", inputSize: 1, hiddenSize: 1, outputSize: 1)
    let model = GraphModel(architecture, columns: scene.state.graphColumns)
    self.model = model
    stop = scene.state.walkStop
    var visited: [Node: GraphTrace.Stop.Direction] = [:]
    if stop != nil, let trace = scene.state.trace {
      for past in trace.stops.prefix(scene.state.graph.stop + 1) {
        visited[Node(row: model.row(of: past), column: past.column)] = past.direction
      }
    }
    self.visited = visited
  }

  /// Rows that the drawing takes with lines between nodes, and without where there is little room.
  func height(in area: Rect) -> Int {
    isSpacious(area) ? 2 * model.rows.count : model.rows.count + 1
  }

  private func isSpacious(_ area: Rect) -> Bool {
    area.height >= 2 * model.rows.count + (stop == nil ? 0 : 7)
  }

  func draw(in area: Rect, into buffer: inout CellBuffer) {
    guard area.width > Self.margin + 8, area.height > model.rows.count, !model.columns.isEmpty
    else { return }
    let step = isSpacious(area) ? 2 : 1
    let room = area.width - Self.margin
    let pitch = min(16, max(11, room / max(1, model.columns.count)))
    let shown = max(1, min(model.columns.count, room / pitch))
    let first = firstColumn(shown)
    for (line, row) in model.rows.enumerated() {
      let y = area.y + line * step
      for place in 0..<shown {
        let x = area.x + Self.margin + place * pitch
        drawNode(row, first + place, x: x, y: y, pitch: pitch, into: &buffer)
        drawAcross(row, first + place, x: x, y: y, pitch: pitch, step: step, into: &buffer)
        if step == 2 { drawBelow(row, first + place, x: x, y: y + 1, into: &buffer) }
      }
      drawStart(row, first: first, area: area, y: y, into: &buffer)
    }
    let y = area.y + model.rows.count * step - (step == 2 ? 1 : 0)
    for place in 0..<shown {
      let x = area.x + Self.margin + place * pitch
      drawSymbols(first + place, x: x, y: y, pitch: pitch, into: &buffer)
    }
    if first + shown < model.columns.count {
      buffer.write(
        scene.appearance.hasUnicode ? "⋯" : "..", x: area.right - 2, y: area.y,
        style: scene.theme.muted)
    }
  }

  /// The first column on screen: the walk's own stays in the middle.
  private func firstColumn(_ shown: Int) -> Int {
    let last = max(0, model.columns.count - shown)
    guard let stop else { return min(max(0, scene.state.graph.firstColumn), last) }
    return min(max(0, stop.column - shown / 2), last)
  }

  private func isHere(_ row: GraphRow, _ column: Int) -> Bool {
    guard let stop else { return false }
    return stop.column == column && model.row(of: stop) == row
  }

  private func style(_ row: GraphRow, _ column: Int) -> Style {
    let theme = scene.theme
    guard stop != nil else { return theme.text }
    switch visited[Node(row: row, column: column)] {
    case .forward: return theme.title
    case .backward: return theme.gradient
    case nil: return theme.faint
    }
  }

  private func drawNode(
    _ row: GraphRow, _ column: Int, x: Int, y: Int, pitch: Int, into buffer: inout CellBuffer
  ) {
    guard model.has(row, at: column) else { return }
    var name = model.name(row, at: column)
    if row == .loss, let loss = model.columns[column].loss {
      // Fewer digits where the next column is near.
      let digits = CharacterWidth.of(name) + 6 < pitch ? 3 : 2
      name = "\(name) \(NumberText.significant(loss, digits))".cut(to: pitch - 1)
    }
    guard isHere(row, column), let stop else {
      buffer.write(name, x: x, y: y, style: style(row, column))
      return
    }
    let (left, right) = scene.appearance.hasUnicode ? ("▐", "▌") : ("[", "]")
    buffer.write(left, x: x - 1, y: y, style: scene.theme.accent)
    let end = buffer.write(stop.symbol.cut(to: 9), x: x, y: y, style: scene.theme.chosen)
    buffer.write(right, x: end, y: y, style: scene.theme.accent)
  }

  /// The line up from the row below.
  private func drawBelow(
    _ row: GraphRow, _ column: Int, x: Int, y: Int, into buffer: inout CellBuffer
  ) {
    let below = model.rows.firstIndex(of: row).map { $0 + 1 } ?? model.rows.count
    guard row != .input, below < model.rows.count, model.has(row, at: column),
      model.has(model.rows[below], at: column)
    else { return }
    let arrow = scene.appearance.hasUnicode ? "↑" : "^"
    let end = buffer.write(arrow, x: x + 1, y: y, style: scene.theme.faint)
    buffer.write(
      " " + model.edgeBelow(row, at: column), x: end, y: y, style: scene.theme.muted)
  }

  /// Under a column: what is read, and what was likeliest.
  private func drawSymbols(
    _ index: Int, x: Int, y: Int, pitch: Int, into buffer: inout CellBuffer
  ) {
    let column = model.columns[index]
    guard model.architecture.shape != .autonomous || !column.input.isEmpty else { return }
    let text = column.input.isEmpty ? "" : ReadableSymbol.text(column.input)
    let end = buffer.write(text.cut(to: pitch - 2), x: x + 1, y: y, style: scene.theme.accent)
    guard !column.output.isEmpty, model.has(.output, at: index) else { return }
    let output = "→ " + ReadableSymbol.text(column.output)
    if end + 1 + CharacterWidth.of(output) < x + pitch {
      buffer.write(output, x: end + 1, y: y, style: scene.theme.muted)
    }
  }
}

extension UnfoldedDrawing {
  /// The line on to the next column.
  fileprivate func drawAcross(
    _ row: GraphRow, _ column: Int, x: Int, y: Int, pitch: Int, step: Int,
    into buffer: inout CellBuffer
  ) {
    guard column + 1 < model.columns.count, x + pitch < buffer.size.width - 1 else { return }
    let joins =
      model.columns[column].part == "encoder" && model.columns[column + 1].part == "decoder"
    switch row {
    case .state where model.architecture.shape == .outputRecurrence:
      let isBack = stop?.direction == .backward && column >= (stop?.column ?? 0)
      drawFromOutput(x: x, y: y, pitch: pitch, step: step, isGradient: isBack, into: &buffer)
    case .state:
      let isBack = stop?.direction == .backward && column >= (stop?.column ?? 0)
      arrow(
        from: x + Self.nodeWidth, to: x + pitch - 1, y: y, label: joins ? "C" : "W",
        forward: !isBack, isGradient: isBack, into: &buffer)
    case .backwardState:
      let isHere = stop.map { model.row(of: $0) == .backwardState } ?? false
      let isBack = stop?.direction == .backward && isHere && column < (stop?.column ?? 0)
      arrow(
        from: x + Self.nodeWidth, to: x + pitch - 1, y: y, label: "W", forward: isBack,
        isGradient: isBack, into: &buffer)
    case .loss, .output, .input: break
    }
  }

  /// `──W──►` forward, `◄━Wᵀ━━` for a gradient on its way back.
  private func arrow(
    from left: Int, to right: Int, y: Int, label: String, forward: Bool, isGradient: Bool,
    into buffer: inout CellBuffer
  ) {
    guard right - left >= 3 else { return }
    let appearance = scene.appearance
    let style = isGradient ? scene.theme.gradient : scene.theme.faint
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
        style: isGradient ? style : scene.theme.muted)
    }
  }

  /// From the output of one step into the state of the next (fig. 10.4).
  private func drawFromOutput(
    x: Int, y: Int, pitch: Int, step: Int, isGradient: Bool, into buffer: inout CellBuffer
  ) {
    let appearance = scene.appearance
    let style = isGradient ? scene.theme.gradient : scene.theme.faint
    let bend = x + Self.nodeWidth + 2
    let top = y - step
    for place in (x + 5)..<bend {
      buffer[place, top] = Cell(appearance.glyph("─", ascii: "-"), style)
    }
    buffer[bend, top] = Cell(appearance.glyph("╮", ascii: "+"), style)
    for between in (top + 1)..<max(top + 1, y) {
      buffer[bend, between] = Cell(appearance.glyph("│", ascii: "|"), style)
    }
    buffer[bend, y] = Cell(appearance.glyph("╰", ascii: "+"), style)
    buffer.write("W", x: bend + 1, y: y, style: scene.theme.muted)
    buffer[min(bend + 2, x + pitch - 1), y] = Cell(appearance.glyph("►", ascii: ">"), style)
  }

  /// Where the chains begin: s(0) at the left; a sign where earlier columns are off screen.
  fileprivate func drawStart(
    _ row: GraphRow, first: Int, area: Rect, y: Int, into buffer: inout CellBuffer
  ) {
    guard case .state = row, model.architecture.shape != .outputRecurrence else { return }
    guard first == 0 else {
      buffer.write(
        scene.appearance.hasUnicode ? "⋯" : "..", x: area.x + Self.margin - 8, y: y,
        style: scene.theme.muted)
      arrow(
        from: area.x + Self.margin - 6, to: area.x + Self.margin - 1, y: y, label: "W",
        forward: true, isGradient: false, into: &buffer)
      return
    }
    let isBack = stop?.direction == .backward && (stop?.column ?? 0) == 0
    buffer.write("s(0)", x: area.x + 1, y: y, style: scene.theme.faint)
    arrow(
      from: area.x + 6, to: area.x + Self.margin - 1, y: y, label: "W", forward: !isBack,
      isGradient: isBack, into: &buffer)
  }
}
