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
  let detailRows: Int
  /// Cells of the longest name in the walk.
  let longestName: Int
  /// What is known of states and gradients where nobody walks.
  let measures: GraphMeasures

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
    measures = GraphMeasures(scene.state, model)
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
      for row in Set(strengths.keys.map(\.row)) {
        for direction in [GraphTrace.Node.Direction.forward, .backward] {
          let same = strengths.keys.filter { $0.row == row && visited[$0] == direction }
          let largest = same.compactMap { strengths[$0] }.max() ?? 0
          for place in same where largest > 0 { strengths[place, default: 0] /= largest }
        }
      }
      // Of an image's many nodes one stands for all.
      var image = Set<Bool>()
      for node in trace.nodes {
        if case .cell = node.place, !image.insert(node.direction == .forward).inserted { continue }
        let words = TraceWords(node, in: trace)
        rows = max(rows, WalkDetails.rows(of: words))
        longest = max(longest, CharacterWidth.of(words.symbol.cut(to: Self.longestSymbol)))
      }
      rows += 1
    }
    (self.visited, self.strengths) = (visited, strengths)
    (detailRows, longestName) = (rows, longest)
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
      drawStart(
        row, first: shown.first.flatMap { $0 } ?? model.cellCount, area: area, y: y, into: &buffer)
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

  func isHere(_ row: GraphRow, _ column: Int) -> Bool {
    guard let here else { return false }
    return here.column == column && model.row(of: here) == row
  }

  func style(_ row: GraphRow, _ column: Int) -> Style {
    let theme = scene.theme
    let place = Place(row: row, column: column)
    guard here != nil else {
      return measures.strength(state: place).map { style($0, .forward) } ?? theme.text
    }
    switch visited[place] {
    case let direction?: return style(direction, place)
    case nil: return theme.faint
    }
  }

  /// The colour of a signal on its way forward, or of a gradient on its way back: the stronger, the
  /// farther from the middle of the colours.
  func style(_ direction: GraphTrace.Node.Direction, _ place: Place) -> Style {
    guard let strength = strengths[place], strength.isFinite else {
      return direction == .forward ? scene.theme.title : scene.theme.gradient
    }
    return style(strength, direction)
  }

  func style(_ strength: Float, _ direction: GraphTrace.Node.Direction) -> Style {
    // Weak ones can still be read.
    let value = 0.35 + 0.65 * strength
    return Shade(map: scene.theme.diverging, appearance: scene.appearance)
      .textStyle(direction == .forward ? value : -value, lowest: -1, highest: 1)
  }

  /// The colour of the gradient that was measured at a state; nil where none was.
  func gradientStyle(_ place: Place) -> Style? {
    measures.strength(gradient: place).map { style($0, .backward) }
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
      let end = buffer.write(name, x: x, y: y, style: style(row, column))
      if let gradient = gradientStyle(Place(row: row, column: column)) {
        buffer.write("∇", x: end, y: y, style: gradient)
      }
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
