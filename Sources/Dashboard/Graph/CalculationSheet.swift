import TerminalGraphics
import TrainingEvents

/// Every number of a small network's walk at once, to be checked with a pocket calculator: its
/// parameters, what is computed at each time step forward and backward, and the gradients.
struct CalculationSheet {
  let trace: GraphTrace
  let scene: Scene

  /// Digits behind the decimal point; what is recomputed from them is right to about the last one.
  static let decimals = 4
  private static let cell = 9

  /// A line, and the quantity that it is part of.
  struct Line {
    var text: StyledText
    var variable: GraphTrace.Variable?
  }

  private var theme: Theme { scene.theme }

  func draw(in area: Rect, into buffer: inout CellBuffer) {
    let lines = lines(in: area.size)
    let most = max(0, lines.count - area.height)
    let first = min(max(0, scene.state.graph.scroll), most)
    for (row, line) in lines.dropFirst(first).prefix(area.height).enumerated() {
      line.text.write(x: area.x + 1, y: area.y + row, limit: area.right, into: &buffer)
    }
    let marks = [(first > 0, "↑", "^", area.y), (first < most, "↓", "v", area.bottom - 1)]
    for (isShown, glyph, ascii, y) in marks where isShown {
      buffer.write(
        scene.appearance.hasUnicode ? glyph : ascii, x: area.right - 1, y: y, style: theme.accent)
    }
  }

  /// All lines, with blank ones between where there is room for them.
  func lines(in size: Size) -> [Line] {
    guard !trace.columns.contains(where: { $0.cell != nil }) else {
      return "The sheet has a column for each time step, and an image has blocks: walk on with →."
        .wrapped(to: size.width - 2).map { Line(text: StyledText($0, theme.muted)) }
    }
    guard !trace.parameters.isEmpty else {
      let count = scene.state.run.map { "\(NumberText.grouped($0.parameterCount)) parameters" }
      return
        "This network has \(count ?? "many parameters"), too many for one sheet. The preset tiny has few."
        .wrapped(to: size.width - 2).map { Line(text: StyledText($0, theme.muted)) }
    }
    let width = size.width - 2
    let parts = [
      matrices(width, gradients: false), times(.forward, width), times(.backward, width),
      matrices(width, gradients: true),
    ]
    let isSpaced = parts.reduce(parts.count - 1) { $0 + $1.count } <= size.height
    return parts.enumerated().flatMap { index, part in
      (isSpaced && index > 0 ? [Line(text: StyledText())] : []) + part
    }
  }

  /// What is one of many is written as 0 and 1.
  private func number(_ value: Float, isInput: Bool = false) -> String {
    if isInput, value == 0 || value == 1 { return value == 1 ? "1" : "0" }
    let text = NumberText.fixed(Double(value), Self.decimals)
    return CharacterWidth.of(text) < Self.cell
      ? text : NumberText.significant(Double(value), Self.decimals)
  }

  // MARK: Parameters

  /// Cells of a matrix's name and the gap behind it.
  private func label(_ symbol: String) -> Int { max(3, CharacterWidth.of(symbol) + 1) }

  /// Matrices side by side, as many as there is room for.
  private func matrices(_ width: Int, gradients: Bool) -> [Line] {
    var (lines, row): ([Line], [(symbol: String, numbers: [[Float]])]) = ([], [])
    var used = 0
    func finish() {
      let height = row.map(\.numbers.count).max() ?? 0
      lines += (0..<height).map { y in
        var text = StyledText()
        for (symbol, numbers) in row {
          text.add((y == 0 ? symbol : "").padded(to: label(symbol)), theme.accent)
          let cells = numbers.indices.contains(y) ? numbers[y].map { number($0) } : []
          let blank = String(repeating: " ", count: Self.cell)
          text.add(
            (cells.map { $0.rightAligned(to: Self.cell) }
              + Array(repeating: blank, count: max(0, (numbers.first?.count ?? 0) - cells.count)))
              .joined() + " ", theme.text)
        }
        return Line(text: text)
      }
    }
    for parameter in trace.parameters {
      let all = gradients ? parameter.gradient : parameter.values
      let numbers = (0..<parameter.rows).map { row in
        Array(all[row * parameter.columns..<(row + 1) * parameter.columns])
      }
      let symbol = (gradients ? "∇" : "") + parameter.symbol
      let needed = label(symbol) + Self.cell * parameter.columns + 1
      if used + needed > width, !row.isEmpty {
        finish()
        (row, used) = ([], 0)
      }
      row.append((symbol, numbers))
      used += needed
    }
    finish()
    guard gradients else { return lines }
    return lines + words(of: shares, width).map { Line(text: StyledText($0, theme.muted)) }
  }

  /// How a parameter's gradient is made, for the second time step: such as `∇W(2) = δ(2) s(1)ᵀ`.
  private var shares: [String] {
    var seen: Set<GraphTrace.Quantity> = []
    let nodes = trace.nodes.filter { node in
      guard let name = node.name, case .parameter = name.quantity, name.time == 2 else {
        return false
      }
      return seen.insert(name.quantity).inserted
    }
    return nodes.map { TraceWords($0, in: trace).equation }
  }

  private func words(of shares: [String], _ width: Int) -> [String] {
    guard !shares.isEmpty else { return [] }
    return ("Sums over time steps: " + shares.joined(separator: ",  ")).wrapped(to: width)
  }

  // MARK: Time steps

  /// One line for each unit of each quantity, one cell for each time step.
  private func times(_ direction: GraphTrace.Node.Direction, _ width: Int) -> [Line] {
    var order: [GraphTrace.Variable] = []
    var values: [GraphTrace.Variable: [Float]] = [:]
    for node in trace.nodes where node.direction == direction {
      for shown in node.values + read(node) where belongs(shown.variable, direction) {
        values[shown.variable] = shown.values
        let plain = untimed(shown.variable)
        if !order.contains(plain) { order.append(plain) }
      }
    }
    let columns = trace.columns.prefix(max(1, (width - 9) / Self.cell))
    var lines = direction == .forward ? [heading(columns)] : []
    for variable in order {
      let timed = columns.map { column -> [Float]? in
        var one = variable
        one.time = column.time
        guard let part = variable.layer?.part, !column.part.isEmpty else { return values[one] }
        return part.rawValue == column.part ? values[one] : nil
      }
      lines += units(variable, timed, Array(columns), width)
    }
    return direction == .forward ? lines + losses(Array(columns), width) : lines
  }

  private func untimed(_ variable: GraphTrace.Variable) -> GraphTrace.Variable {
    GraphTrace.Variable(
      variable.quantity, layer: variable.layer, isGradient: variable.isGradient)
  }

  private func belongs(
    _ variable: GraphTrace.Variable, _ direction: GraphTrace.Node.Direction
  ) -> Bool {
    if case .parameter = variable.quantity { return false }
    guard variable.quantity != .target else { return false }
    return variable.time != nil && variable.isGradient == (direction == .backward)
  }

  /// A symbol that is read, as the vector that U is multiplied by.
  private func read(_ node: GraphTrace.Node) -> [GraphTrace.Values] {
    guard node.place == .input, node.values.isEmpty, let equation = node.equations.first,
      equation.result.quantity == .input, case .oneHot(let symbol) = equation.expression,
      let count = trace.parameters.first(where: { $0.symbol.hasPrefix("U") })?.columns
    else { return [] }
    return [GraphTrace.Values(equation.result, (0..<count).map { $0 == symbol ? 1 : 0 })]
  }

  private func heading(_ columns: ArraySlice<GraphTrace.Column>) -> Line {
    var text = StyledText("t".padded(to: 9), theme.muted)
    for column in columns { text.add("\(column.time)".rightAligned(to: Self.cell), theme.muted) }
    let rest = trace.columns.count - columns.count
    if rest > 0 { text.add("  and \(rest) more", theme.muted) }
    return Line(text: text)
  }

  private func units(
    _ variable: GraphTrace.Variable, _ timed: [[Float]?], _ columns: [GraphTrace.Column],
    _ width: Int
  ) -> [Line] {
    let here = scene.state.walkNode?.equations.map(\.result) ?? []
    let count = timed.compactMap { $0?.count }.max() ?? 0
    let node = trace.nodes.first { node in
      node.equations.contains { untimed($0.result) == variable } && node.name?.time == 2
    }
    let maker =
      node ?? trace.nodes.first { $0.equations.contains { untimed($0.result) == variable } }
    let name = maker.map { TraceWords($0, in: trace).label(variable) } ?? ""
    let shown = maker?.values.first { untimed($0.variable) == variable }
    return (0..<count).map { unit in
      var text = StyledText((unit == 0 ? name : "").padded(to: 4), theme.title)
      let label = shown?.unit(at: unit).map { "\($0.block)\($0.unit)" } ?? unitName(variable, unit)
      text.add(label.cut(to: 4).padded(to: 5), theme.muted)
      for (values, column) in zip(timed, columns) {
        var one = variable
        one.time = column.time
        let cell =
          values.flatMap {
            $0.indices.contains(unit) ? number($0[unit], isInput: variable.quantity == .input) : nil
          } ?? ""
        text.add(
          cell.rightAligned(to: Self.cell), here.contains(one) ? theme.accent : theme.text)
      }
      if unit == 0, let maker, variable.quantity != .input {
        addWords(TraceWords(maker, in: trace).equation, to: &text, width)
      }
      return Line(text: text, variable: variable)
    }
  }

  private func unitName(_ variable: GraphTrace.Variable, _ unit: Int) -> String {
    let isOutput = variable.quantity == .output || variable.quantity == .prediction
    guard isOutput, trace.outputNames.indices.contains(unit) else { return "\(unit)" }
    return trace.outputNames[unit]
  }

  /// What stands behind the numbers, where there is room for all of it.
  private func addWords(_ words: String, to text: inout StyledText, _ width: Int) {
    if text.width + 3 + CharacterWidth.of(words) <= width {
      text.add("   " + words, theme.muted)
    }
  }

  private func losses(_ columns: [GraphTrace.Column], _ width: Int) -> [Line] {
    guard columns.contains(where: { $0.loss != nil }) else { return [] }
    var target = StyledText("y".padded(to: 9), theme.title)
    var loss = StyledText("L".padded(to: 9), theme.title)
    let here = scene.state.walkNode
    for (index, column) in columns.enumerated() {
      target.add(column.target.cut(to: Self.cell - 1).rightAligned(to: Self.cell), theme.text)
      let isHere = here?.place == .loss && here?.column == index && here?.direction == .forward
      loss.add(
        (column.loss.map { number(Float($0)) } ?? "").rightAligned(to: Self.cell),
        isHere ? theme.accent : theme.text)
    }
    let total = trace.columns.compactMap(\.loss).reduce(0, +)
    addWords("L = Σ L(t) = \(NumberText.fixed(total, Self.decimals))", to: &loss, width)
    let isSymbol = columns.contains { !$0.target.isEmpty }
    let quantity = GraphTrace.Variable(.loss)
    return (isSymbol ? [Line(text: target)] : []) + [Line(text: loss, variable: quantity)]
  }
}

extension DashboardState {
  /// The sheet's lines and the room that it has; nil where it is not on screen.
  private var sheet: (lines: [CalculationSheet.Line], height: Int)? {
    guard showsSheet, let trace,
      let panel = placements(in: size).first(where: { $0.panel == .graph })
    else { return nil }
    let area = panel.rect.inset(1, 1)
    let scene = Scene(state: self, appearance: Appearance())
    return (CalculationSheet(trace: trace, scene: scene).lines(in: area.size), area.height)
  }

  mutating func scrollSheet(by lines: Int) {
    guard let sheet else { return }
    let most = max(0, sheet.lines.count - sheet.height)
    graph.scroll = min(max(0, min(graph.scroll, most) + lines), most)
  }

  /// Keeps the numbers of the node in sight.
  mutating func followOnSheet() {
    guard let sheet, let name = walkNode?.name else { return }
    let plain = GraphTrace.Variable(
      name.quantity, layer: name.layer, isGradient: name.isGradient)
    let row =
      sheet.lines.firstIndex { $0.variable == plain }
      ?? (walkNode?.direction == .backward ? sheet.lines.count - 1 : 0)
    guard row < graph.scroll || row + 3 > graph.scroll + sheet.height else { return }
    scrollSheet(by: row - sheet.height / 2 - graph.scroll)
  }
}
