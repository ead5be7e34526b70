import TerminalGraphics
import TrainingEvents

/// The graph with one column for every step of time (slides 9–20).
struct UnfoldedDrawing {
  let model: GraphModel
  let scene: Scene
  /// Where the walk stands, and every node it has come by, by direction.
  let here: GraphTrace.Node?
  /// What it is called.
  let symbol: String
  let visited: [Place: GraphTrace.Node.Direction]
  /// How large the last quantity of a node is beside the largest of its row, 0…1.
  let strengths: [Place: Float]
  /// Rows that the words below need at most, so that the picture stays as it is from node to node.
  private let detailRows: Int
  /// Cells of the longest name in the walk.
  private let longestName: Int

  typealias Place = GraphModel.Place

  /// Cells of the left margin, which holds s(0) and its arrow.
  static let margin = 13
  static let nodeWidth = 6
  private static let longestSymbol = 9

  init(_ scene: Scene) {
    self.scene = scene
    let architecture =
      scene.state.run?.architecture
      ?? Architecture(shape: .everyStep, cell: "tanh", inputSize: 1, hiddenSize: 1, outputSize: 1)
    let model = GraphModel(
      architecture, columns: scene.state.graphColumns,
      showsTargets: scene.state.walkNode == nil)
    self.model = model
    here = scene.state.walkNode
    symbol = (scene.state.walkWords?.symbol ?? "").cut(to: Self.longestSymbol)
    var visited: [Place: GraphTrace.Node.Direction] = [:]
    var strengths: [Place: Float] = [:]
    var (rows, longest) = (0, 0)
    if here != nil, let trace = scene.state.trace {
      for past in trace.nodes.prefix(scene.state.graph.node + 1) {
        let place = Place(row: model.row(of: past), column: past.column)
        visited[place] = past.direction
        if case .parameter? = past.name?.quantity { continue }
        if let size = Self.size(past) { strengths[place] = size }
      }
      for row in model.rows {
        for direction in [GraphTrace.Node.Direction.forward, .backward] {
          let same = strengths.keys.filter { $0.row == row && visited[$0] == direction }
          let largest = same.compactMap { strengths[$0] }.max() ?? 0
          for place in same where largest > 0 { strengths[place, default: 0] /= largest }
        }
      }
      for node in trace.nodes {
        let words = TraceWords(node, in: trace)
        rows = max(rows, WalkDetails.rows(of: words))
        longest = max(longest, CharacterWidth.of(words.symbol.cut(to: Self.longestSymbol)))
      }
      rows += 1
    }
    (self.visited, self.strengths) = (visited, strengths)
    (detailRows, longestName) = (rows, longest)
  }

  /// Rows that the drawing takes with lines between nodes, and without where there is little room.
  func height(in area: Rect) -> Int {
    isSpacious(area) ? 2 * model.rows.count : model.rows.count + 1
  }

  private func isSpacious(_ area: Rect) -> Bool {
    area.height >= 2 * model.rows.count + detailRows
  }

  /// Cells from one column to the next: what is asked for, but never so few that nodes touch.
  private func pitch(room: Int) -> Int {
    var widest = Self.nodeWidth - 1
    for index in [0, model.columns.count - 1] {
      for row in model.rows where model.has(row, at: index) && row != .loss {
        widest = max(widest, CharacterWidth.of(model.name(row, at: index)))
      }
    }
    widest = max(widest, longestName)
    // Two states side by side, and the lines between.
    let least = model.architecture.bidirectional ? max(widest + 6, 15) : widest + 6
    return min(max(16, least), max(least, room / max(1, model.columns.count)))
  }

  /// Digits of the losses beside L(t): fewer where columns are narrow, and nil where not all of them
  /// have room or there is none, so that a number never stands beside some only.
  private func lossDigits(pitch: Int, _ shown: [Int?]) -> Int? {
    let columns = shown.compactMap { $0 }.filter {
      model.has(.loss, at: $0) && model.columns[$0].loss != nil
    }
    guard !columns.isEmpty else { return nil }
    return [3, 2, 1].first { digits in
      columns.allSatisfy { CharacterWidth.of(lossText($0, digits)) < pitch }
    }
  }

  private func lossText(_ column: Int, _ digits: Int) -> String {
    let name = model.name(.loss, at: column)
    guard let loss = model.columns[column].loss else { return name }
    return "\(name) \(NumberText.significant(loss, digits))"
  }

  /// Whether losses stand beside L(t).
  func showsLosses(in area: Rect) -> Bool {
    let pitch = pitch(room: area.width - Self.margin)
    return lossDigits(pitch: pitch, places(in: area, pitch: pitch)) != nil
  }

  private func places(in area: Rect, pitch: Int) -> [Int?] {
    places(max(1, min(model.columns.count, (area.width - Self.margin) / pitch)))
  }

  /// Where rows and columns stand.
  func raster(in area: Rect) -> Raster {
    let pitch = pitch(room: area.width - Self.margin)
    return Raster(
      shown: places(in: area, pitch: pitch), left: area.x + Self.margin, top: area.y, pitch: pitch,
      step: isSpacious(area) ? 2 : 1)
  }

  func draw(in area: Rect, into buffer: inout CellBuffer) {
    guard area.width > Self.margin + 8, area.height > model.rows.count, !model.columns.isEmpty
    else { return }
    let raster = raster(in: area)
    let (step, pitch, shown) = (raster.step, raster.pitch, raster.shown)
    let digits = lossDigits(pitch: pitch, shown)
    for (line, row) in model.rows.enumerated() {
      let y = area.y + line * step
      for (place, column) in shown.enumerated() {
        let x = area.x + Self.margin + place * pitch
        guard let column else {
          drawGap(row, x: x, y: y, pitch: pitch, into: &buffer)
          continue
        }
        if x + pitch < buffer.size.width - 1, place + 1 < shown.count {
          drawAcross(row, column, x: x, y: y, pitch: pitch, step: step, into: &buffer)
        }
        if step == 2, model.isBothWays(column) {
          drawBothWays(row, column, x: x, y: y, into: &buffer)
        } else {
          drawBelow(row, column, x: x, y: y, step: step, into: &buffer)
        }
        drawNode(
          row, column, x: x + shift(row, column, step), y: y, lossDigits: digits, into: &buffer)
      }
      drawStart(row, first: shown.first.flatMap { $0 } ?? 0, area: area, y: y, into: &buffer)
    }
    drawBuses(raster, into: &buffer)
    let y = area.y + model.rows.count * step - (step == 2 ? 1 : 0)
    for (place, column) in shown.enumerated() {
      guard let column else { continue }
      let x = area.x + Self.margin + place * pitch
      drawSymbols(column, x: x, y: y, pitch: pitch, into: &buffer)
    }
    if let last = shown.last, last != model.columns.count - 1 {
      buffer.write(
        scene.appearance.hasUnicode ? "⋯" : "..", x: area.right - 2, y: area.y,
        style: scene.theme.muted)
    }
  }

  /// The columns on screen, with a gap before the last one where some are left out: the end, where
  /// a final output stands, is always in sight. The walk's own column stays in the middle.
  private func places(_ room: Int) -> [Int?] {
    let count = model.columns.count
    guard count > room, room >= 4 else {
      let first = firstColumn(room)
      return (first..<min(count, first + room)).map { $0 }
    }
    let first = firstColumn(room - 2)
    guard first + room < count else { return (count - room..<count).map { $0 } }
    return (first..<first + room - 2).map { $0 } + [nil, count - 1]
  }

  /// The first column on screen: the walk's own stays in the middle.
  private func firstColumn(_ shown: Int) -> Int {
    let last = max(0, model.columns.count - shown)
    guard let here else { return min(max(0, scene.state.graph.firstColumn), last) }
    return min(max(0, here.column - shown / 2), last)
  }

  /// Where columns are left out.
  private func drawGap(
    _ row: GraphRow, x: Int, y: Int, pitch: Int, into buffer: inout CellBuffer
  ) {
    switch row {
    case .state, .backwardState:
      buffer.write(
        scene.appearance.hasUnicode ? "⋯" : "..", x: x + pitch / 3, y: y,
        style: scene.theme.muted)
    default: break
    }
  }

  /// g stands beside s, so that lines from below and from above reach both.
  func shift(_ row: GraphRow, _ column: Int, _ step: Int) -> Int {
    guard case .backwardState = row, step == 2, model.isBothWays(column) else { return 0 }
    return max(4, CharacterWidth.of(model.name(row, at: column)))
  }

  /// Lines of a column with two states: what is read goes into both of them, and whatever stands
  /// above reads both.
  private func drawBothWays(
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
    case .target, .loss, .input, .context:
      drawBelow(row, column, x: x, y: y, step: 2, into: &buffer)
    }
  }

  func isHere(_ row: GraphRow, _ column: Int) -> Bool {
    guard let here else { return false }
    return here.column == column && model.row(of: here) == row
  }

  private func style(_ row: GraphRow, _ column: Int) -> Style {
    let theme = scene.theme
    guard here != nil else { return theme.text }
    switch visited[Place(row: row, column: column)] {
    case let direction?: return style(direction, Place(row: row, column: column))
    case nil: return theme.faint
    }
  }

  /// The colour of a signal on its way forward, or of a gradient on its way back: the stronger, the
  /// farther from the middle of the colours.
  func style(_ direction: GraphTrace.Node.Direction, _ place: Place) -> Style {
    guard let strength = strengths[place], strength.isFinite else {
      return direction == .forward ? scene.theme.title : scene.theme.gradient
    }
    // Weak ones can still be read.
    let value = 0.35 + 0.65 * strength
    return Shade(map: scene.theme.diverging, appearance: scene.appearance)
      .textStyle(direction == .forward ? value : -value, lowest: -1, highest: 1)
  }

  /// The norm of what a node computed, which stands last.
  private static func size(_ node: GraphTrace.Node) -> Float? {
    node.values.last.map { values in
      values.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
  }

  private func drawNode(
    _ row: GraphRow, _ column: Int, x: Int, y: Int, lossDigits: Int?, into buffer: inout CellBuffer
  ) {
    guard model.has(row, at: column) else { return }
    let losses = row == .loss ? lossDigits : nil
    let name = losses.map { lossText(column, $0) } ?? model.name(row, at: column)
    // A context stands beside the line that passes it by.
    let x = row == .context ? x + 3 : x
    guard isHere(row, column) else {
      buffer.write(name, x: x, y: y, style: style(row, column))
      return
    }
    let (left, right) = scene.appearance.hasUnicode ? ("▐", "▌") : ("[", "]")
    buffer.write(left, x: x - 1, y: y, style: scene.theme.accent)
    let symbol = row == .context ? symbol.cut(to: 6) : symbol
    let end = buffer.write(symbol, x: x, y: y, style: scene.theme.chosen)
    buffer.write(right, x: end, y: y, style: scene.theme.accent)
  }

  /// Where the line on from a node may begin.
  func end(of row: GraphRow, _ column: Int) -> Int {
    let name = isHere(row, column) ? symbol : nil
    return max(Self.nodeWidth, CharacterWidth.of(name ?? model.name(row, at: column)) + 1)
  }

  /// The line up from the nearest node below, past rows that have none here.
  private func drawBelow(
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
    for line in (y + 1)..<max(y + 1, y + (below - here) * step) {
      buffer[x + 1, line] = Cell(scene.appearance.glyph("│", ascii: "|"), theme.faint)
    }
    guard step == 2 else { return }
    let tip = row == .target ? appearance.glyph("↓", ascii: "v") : appearance.glyph("↑", ascii: "^")
    buffer[x + 1, y + 1] = Cell(tip, theme.faint)
    buffer.write(model.edgeBelow(row, at: column), x: x + 3, y: y + 1, style: theme.muted)
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
