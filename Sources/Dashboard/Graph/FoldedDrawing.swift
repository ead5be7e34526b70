import TerminalGraphics
import TrainingEvents

/// The graph with time folded away: boxes for what is computed, a square for a delay of one step
/// (slide 12).
struct FoldedDrawing {
  struct Node {
    var name: String
    /// How many numbers it holds, in words.
    var size: String
  }

  struct Loop {
    var from: Int
    var to: Int
    var label: String
    /// Whether it runs below the boxes, against time.
    var isBelow = false
  }

  let nodes: [Node]
  /// The line from each node to the next.
  let edges: [String]
  let loops: [Loop]
  let scene: Scene

  init(_ architecture: Architecture, _ scene: Scene) {
    self.scene = scene
    var (nodes, edges, loops): ([Node], [String], [Loop]) = ([], [], [])
    let units = "\(architecture.hiddenSize) units"
    func add(_ name: String, _ size: String, by edge: String = "") {
      if !nodes.isEmpty { edges.append(edge) }
      nodes.append(Node(name: name, size: size))
    }
    /// Not known before the data is read.
    func width(_ size: Int) -> String { size > 0 ? "\(size)" : "" }
    func addStates(_ letter: String, first: String) {
      let layers = max(1, architecture.layers)
      let shown = layers <= 3 ? Array(1...layers) : [1, layers]
      let up = architecture.isResidual ? "U, +" : "U"
      for (index, layer) in shown.enumerated() {
        let number = layers > 1 ? "\(layer)" : ""
        add("\(letter)\(number)", units, by: index == 0 ? first : up + (layers > 3 ? " ⋯" : ""))
        let isGrid = architecture.twoDimensional && letter == "s"
        let way = architecture.recurrence
        loops.append(
          Loop(from: nodes.count - 1, to: nodes.count - 1, label: isGrid ? "Wᵥ ↓, Wₕ →" : way))
        // What is written comes one symbol after the other: a decoder has one direction.
        if architecture.bidirectional, letter == "s" {
          nodes[nodes.count - 1].name = "\(letter)\(number) → ← g\(number)"
          loops.append(
            Loop(from: nodes.count - 1, to: nodes.count - 1, label: way, isBelow: true))
        }
      }
    }
    switch architecture.shape {
    case .autonomous: addStates("s", first: "")
    case .encoderDecoder:
      add("x", width(architecture.inputSize))
      addStates("s", first: "U")
      add(
        "C", architecture.attention ? (architecture.bidirectional ? "Σ α [s; g]" : "Σ α s") : units,
        by: architecture.attention ? "α" : "t = τ")
      addStates("d", first: "C")
    case .vectorToSequence:
      add("x", width(architecture.inputSize))
      addStates("s", first: "R")
    default:
      add("x", width(architecture.inputSize))
      addStates("s", first: "U")
    }
    let state = nodes.count - 1
    let hasOutput = architecture.shape != .autonomous || architecture.outputSize > 0
    if hasOutput {
      add("o", width(architecture.outputSize), by: architecture.shape == .final ? "V, t = τ" : "V")
      if architecture.shape != .handBuilt { add("L", "", by: "y") }
    }
    switch architecture.shape {
    case .outputRecurrence:
      loops = [Loop(from: state + 1, to: state, label: "W")]
    case .encoderDecoder, .vectorToSequence:
      loops.append(Loop(from: state + 1, to: state, label: "U, y(t−1)", isBelow: true))
    default: break
    }
    (self.nodes, self.edges, self.loops) = (nodes, edges, loops)
  }

  func draw(in area: Rect, into buffer: inout CellBuffer) {
    var nodes = nodes
    var widths = nodes.map { width(of: $0) }
    let least = edges.map { CharacterWidth.of($0) + 4 }
    if widths.reduce(0, +) + least.reduce(0, +) > area.width - 2 {
      // Numbers alone take less room than numbers with their noun.
      for index in nodes.indices { nodes[index].size = nodes[index].size.firstWord }
      widths = nodes.map { width(of: $0) }
    }
    let needed = widths.reduce(0, +) + least.reduce(0, +)
    guard needed <= area.width - 2, area.height >= (loops.contains(where: \.isBelow) ? 9 : 7) else {
      return drawInWords(in: area, into: &buffer)
    }
    let spare = edges.isEmpty ? 0 : min(8, (area.width - 2 - needed) / edges.count)
    let total = needed + spare * edges.count
    var x = area.x + (area.width - total) / 2
    let y = area.y + 3 + min(3, max(0, (area.height - 14) / 3))
    var lefts: [Int] = []
    for (index, node) in nodes.enumerated() {
      lefts.append(x)
      drawNode(node, Rect(x: x, y: y, width: widths[index], height: 4), into: &buffer)
      x += widths[index]
      guard index < edges.count else { break }
      drawEdge(edges[index], x: x, y: y + 1, width: least[index] + spare, into: &buffer)
      x += least[index] + spare
    }
    for loop in loops { draw(loop, lefts: lefts, widths: widths, y: y, into: &buffer) }
    drawLegend(y: y + 8, in: area, into: &buffer)
  }

  private func width(of node: Node) -> Int {
    max(CharacterWidth.of(node.name), CharacterWidth.of(node.size)) + 4
  }

  private func drawNode(_ node: Node, _ rect: Rect, into buffer: inout CellBuffer) {
    Box(style: scene.theme.border).draw(rect, appearance: scene.appearance, into: &buffer)
    for (row, text) in [node.name, node.size].enumerated() {
      buffer.write(
        text, x: rect.x + (rect.width - CharacterWidth.of(text)) / 2, y: rect.y + 1 + row,
        style: row == 0 ? scene.theme.title : scene.theme.muted)
    }
  }

  private func drawEdge(
    _ label: String, x: Int, y: Int, width: Int, into buffer: inout CellBuffer
  ) {
    let appearance = scene.appearance
    for column in x..<(x + width - 1) {
      buffer[column, y + 1] = Cell(appearance.glyph("─", ascii: "-"), scene.theme.faint)
    }
    buffer[x + width - 1, y + 1] = Cell(appearance.glyph("►", ascii: ">"), scene.theme.faint)
    buffer.write(
      label, x: x + (width - CharacterWidth.of(label)) / 2, y: y, style: scene.theme.accent)
  }

  /// Out of one box, through the square, and into another or the same.
  private func draw(
    _ loop: Loop, lefts: [Int], widths: [Int], y: Int, into buffer: inout CellBuffer
  ) {
    guard lefts.indices.contains(loop.from), lefts.indices.contains(loop.to) else { return }
    let appearance = scene.appearance
    let style = scene.theme.faint
    let isOwn = loop.from == loop.to
    let into = lefts[loop.to] + (isOwn ? 1 : widths[loop.to] / 2 - 1)
    let out =
      isOwn ? lefts[loop.from] + widths[loop.from] - 2 : lefts[loop.from] + widths[loop.from] / 2
    let (edge, rail) = loop.isBelow ? (y + 4, y + 6) : (y - 1, y - 3)
    let corners: (Unicode.Scalar, Unicode.Scalar) = loop.isBelow ? ("╰", "╯") : ("╭", "╮")
    let rows = loop.isBelow ? (edge...(rail - 1)) : ((rail + 1)...edge)
    for row in rows {
      for column in [into, out] {
        buffer[column, row] = Cell(appearance.glyph("│", ascii: "|"), style)
      }
    }
    let tip: (Unicode.Scalar, Unicode.Scalar) = loop.isBelow ? ("▲", "^") : ("▼", "v")
    buffer[into, edge] = Cell(appearance.glyph(tip.0, ascii: tip.1), style)
    for column in min(into, out)...max(into, out) {
      buffer[column, rail] = Cell(appearance.glyph("─", ascii: "-"), style)
    }
    buffer[min(into, out), rail] = Cell(appearance.glyph(corners.0, ascii: "+"), style)
    buffer[max(into, out), rail] = Cell(appearance.glyph(corners.1, ascii: "+"), style)
    let middle = (into + out) / 2
    buffer[middle, rail] = Cell(appearance.glyph("■", ascii: "#"), scene.theme.marker)
    buffer.write(
      loop.label, x: max(into, out) + 2, y: loop.isBelow ? rail - 1 : rail + 1,
      style: scene.theme.accent)
  }

  private func drawLegend(y: Int, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    let square = scene.appearance.hasUnicode ? "■" : "#"
    var lines = [
      StyledText("\(square) ", theme.marker)
        .adding(
          "a delay of one time step: in at t, out at t + 1", theme.muted,
          joined: true)
    ]
    for parameter in scene.state.statistics?.parameters ?? [] {
      lines.append(
        StyledText(parameter.symbol.padded(to: 3), theme.accent)
          .adding("‖θ‖ \(NumberText.significant(parameter.norm, 3))".padded(to: 13), theme.text)
          .adding(
            "‖∇θ‖ \(NumberText.significant(parameter.gradientNorm, 3))".padded(to: 15),
            theme.gradient
          )
          .adding(parameter.name, theme.muted))
    }
    for (row, line) in lines.enumerated() where y + row < area.bottom {
      line.fitting(area.width - 6).write(
        x: area.x + 4, y: y + row, limit: area.right, into: &buffer)
    }
  }

  /// Where boxes do not fit: the same in one line.
  private func drawInWords(in area: Rect, into buffer: inout CellBuffer) {
    var text = ""
    for (index, node) in nodes.enumerated() {
      text += node.name
      if index < edges.count { text += " ─\(edges[index])→ " }
    }
    let delays = loops.map {
      "\(nodes[$0.from].name) ─\($0.label)→ \(nodes[$0.to].name) one time step later"
    }
    let lines =
      (text.wrapped(to: area.width - 4) + delays.flatMap { $0.wrapped(to: area.width - 4) })
    for (row, line) in lines.enumerated() where row < area.height {
      buffer.write(
        line, x: area.x + 2, y: area.y + row, style: scene.theme.text, limit: area.right)
    }
  }
}

extension String {
  /// What stands before the first blank.
  fileprivate var firstWord: String { split(separator: " ").first.map(String.init) ?? self }
}
