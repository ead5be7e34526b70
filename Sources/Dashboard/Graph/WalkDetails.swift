import TerminalGraphics
import TrainingEvents

/// One node of the walk: its equation from the lecture and the numbers it has just now.
struct WalkDetails {
  let words: TraceWords
  let scene: Scene

  private var node: GraphTrace.Node { words.node }

  func draw(in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    guard area.height > 0 else { return }
    var y = drawEquation(in: area, into: &buffer)
    if area.bottom - y > Self.rows(of: words) - 2 { y += 1 }
    y = drawTerms(y: y, in: area, into: &buffer)
    for line in words.remark.wrapped(to: area.width - 6) where y < area.bottom {
      buffer.write(line, x: area.x + 4, y: y, style: theme.warning, limit: area.right)
      y += 1
    }
    if area.bottom - y > node.values.count + 2 { y += 1 }
    let rest = Rect(x: area.x, y: y, width: area.width, height: max(0, area.bottom - y))
    if node.place == .prediction, let shares = node.values.first?.values, shares.count > 1 {
      PredictionBars(shares: shares, words: words, scene: scene).draw(in: rest, into: &buffer)
    } else {
      drawUnits(y: y, in: area, into: &buffer)
    }
  }

  /// Rows that a node's words need: equation, terms, remark and units with a blank row.
  static func rows(of words: TraceWords) -> Int {
    let node = words.node
    let units = node.values.isEmpty ? 0 : node.values.count + 1
    return 2 + node.terms.count + (words.remark.isEmpty ? 0 : 1)
      + (node.place == .prediction ? max(units, 3) : units)
  }

  /// The equation, in two rows where one is too short, and where it stands in the lecture.
  private func drawEquation(in area: Rect, into buffer: inout CellBuffer) -> Int {
    let reference = words.reference
    let lines = words.equation.wrapped(to: max(10, area.width - 4)).prefix(2)
    var (y, end) = (area.y, area.x)
    for (row, line) in lines.enumerated() where area.y + row < area.bottom {
      y = area.y + row
      end = buffer.write(
        line, x: area.x + 2 + 2 * row, y: y, style: scene.theme.title, limit: area.right - 1)
    }
    let width = CharacterWidth.of(reference)
    let fits = end + 3 + width < area.right
    // Beside the equation, or in the blank row below it where there is one.
    if fits || area.bottom - y - 1 > Self.rows(of: words) - 2 {
      buffer.write(
        reference, x: max(area.x + 2, area.right - width - 2), y: fits ? y : y + 1,
        style: scene.theme.muted, limit: area.right - 1)
    }
    return y + 1
  }

  private func drawTerms(y: Int, in area: Rect, into buffer: inout CellBuffer) -> Int {
    let theme = scene.theme
    let labels = min(20, node.terms.map { CharacterWidth.of(words.label($0)) }.max() ?? 0)
    let symbols = min(
      area.width < 100 ? 24 : 32, node.terms.map { CharacterWidth.of(words.symbol($0)) }.max() ?? 0)
    let values = node.terms.map(text)
    let numbers = values.map { CharacterWidth.of($0) }.max() ?? 0
    var y = y
    for (index, term) in node.terms.enumerated() where y < area.bottom {
      let isResult = index == node.terms.count - 1
      var x = area.x + 4
      buffer.write(
        words.label(term).cut(to: labels), x: x, y: y, style: theme.muted, limit: area.right)
      x += labels + 2
      buffer.write(
        words.symbol(term).cut(to: symbols), x: x, y: y, style: isResult ? theme.title : theme.text,
        limit: area.right)
      x += symbols + 2
      buffer.write(values[index], x: x, y: y, style: theme.text, limit: area.right)
      x += numbers + 2
      let room = min(40, area.right - x - 2)
      let largest =
        node.terms.filter { scale($0) == scale(term) }.map { abs($0.value) }
        .filter(\.isFinite).max() ?? 0
      if largest > 0, room >= 6 {
        Bars.lie(
          abs(term.value) / largest, x: x, y: y, width: room,
          style: node.direction == .forward ? theme.lag : theme.gradient,
          appearance: scene.appearance, into: &buffer)
      }
      y += 1
    }
    return y
  }

  /// What is drawn against one another: addends with their sum, gates, parameters.
  private enum Scale {
    case addends, means, parameters
  }

  private func scale(_ term: GraphTrace.Term) -> Scale {
    switch (term.role, term.measure) {
    case (.share, _), (.total, _): .parameters
    case (_, .mean): .means
    default: .addends
    }
  }

  private func text(_ term: GraphTrace.Term) -> String {
    let now = NumberText.significant(term.value, 3)
    guard let previous = term.previous else { return now }
    return "\(NumberText.significant(previous, 3)) → \(now)"
  }

  /// A unit's number, with the gate that it is of where there are several, or the symbol that an output
  /// stands for.
  private func unitName(_ unit: Int) -> String {
    if let place = node.values.lazy.compactMap({ $0.unit(at: unit) }).first {
      return "unit \(place.unit) of \(place.block)"
    }
    let isOutput = node.place == .output && words.trace.outputNames.indices.contains(unit)
    return isOutput ? words.outputName(unit) : "unit \(unit)"
  }

  /// Every quantity over all units as a strip, and in numbers for the picked one.
  private func drawUnits(y: Int, in area: Rect, into buffer: inout CellBuffer) {
    guard !node.values.isEmpty, y < area.bottom else { return }
    let theme = scene.theme
    let count = node.values.map(\.values.count).max() ?? 0
    let unit = min(scene.state.graph.unit, max(0, count - 1))
    var numbers = StyledText("\(unitName(unit)) ", theme.accent)
    for quantity in node.values where quantity.values.indices.contains(unit) {
      let value = Double(quantity.values[unit])
      numbers.add("  \(words.label(quantity.variable)) ", theme.muted)
      numbers.add(signed(value), theme.text, joined: true)
    }
    if let state = node.values.first(where: {
      $0.variable.quantity == .state && !$0.variable.isGradient
    }), state.values.indices.contains(unit), abs(state.values[unit]) > 0.97 {
      numbers.add("  saturated", theme.warning)
    }
    numbers.fitting(area.width - 6).write(
      x: area.x + 4, y: y, limit: area.right, into: &buffer)
    let labels = node.values.map { CharacterWidth.of(words.label($0.variable)) }.max() ?? 1
    let shade = Shade(map: theme.diverging, appearance: scene.appearance)
    for (row, quantity) in node.values.enumerated() where y + 1 + row < area.bottom {
      let line = y + 1 + row
      buffer.write(
        words.label(quantity.variable).rightAligned(to: labels), x: area.x + 4, y: line,
        style: theme.muted)
      let left = area.x + 5 + labels
      let room = max(0, area.right - left - 1)
      // The picked unit stays in sight.
      let first = max(0, min(unit - room / 2, quantity.values.count - room))
      let widest = quantity.values.filter(\.isFinite).map { abs($0) }.max() ?? 0
      let limit = max(widest, 1e-12)
      for place in 0..<min(room, quantity.values.count) {
        var cell = shade.cell(quantity.values[first + place], lowest: -limit, highest: limit)
        if first + place == unit {
          cell.glyph = scene.appearance.glyph("◆", ascii: "o")
          cell.style = shade.textStyle(
            quantity.values[first + place], lowest: -limit, highest: limit)
        }
        buffer[left + place, line] = cell
      }
    }
    var next = y + 2 + node.values.count
    if let note = scene.state.trace?.note, !note.isEmpty {
      for line in note.wrapped(to: area.width - 6) where next < area.bottom {
        buffer.write(line, x: area.x + 4, y: next, style: theme.muted, limit: area.right)
        next += 1
      }
      next += 1
    }
    drawLargest(y: next, in: area, into: &buffer)
  }

  /// The units that matter most at this node: those whose last quantity is largest.
  private func drawLargest(y: Int, in area: Rect, into buffer: inout CellBuffer) {
    guard let last = node.values.last, area.bottom - y >= 3 else { return }
    let theme = scene.theme
    buffer.write(
      "largest \(words.label(last.variable))", x: area.x + 4, y: y, style: theme.muted,
      limit: area.right)
    let order = last.values.indices.sorted { a, b in
      let (x, y) = (abs(last.values[a]), abs(last.values[b]))
      return x == y ? a < b : x > y
    }
    let shown = order.prefix(area.bottom - y - 1)
    let width = shown.map { CharacterWidth.of(unitName($0)) }.max() ?? 0
    for (row, unit) in shown.enumerated() {
      var text = StyledText(unitName(unit).padded(to: width), theme.text)
      for quantity in node.values where quantity.values.indices.contains(unit) {
        text.add("   \(words.label(quantity.variable)) ", theme.muted)
        text.add(
          signed(Double(quantity.values[unit])).padded(to: 9), theme.text, joined: true)
      }
      text.fitting(area.width - 8).write(
        x: area.x + 6, y: y + 1 + row, limit: area.right, into: &buffer)
    }
  }

  private func signed(_ value: Double) -> String {
    (value > 0 ? "+" : "") + NumberText.significant(value, 3)
  }
}

/// ŷ as bars from 0 to 1: every output by its symbol, what is right and what was guessed.
struct PredictionBars {
  let shares: [Float]
  let words: TraceWords
  let scene: Scene

  func draw(in area: Rect, into buffer: inout CellBuffer) {
    guard area.height > 0, area.width > 24 else { return }
    let shown = shown(area.height)
    let names = shown.map { words.outputName($0) }
    let width = min(16, names.map { CharacterWidth.of($0) }.max() ?? 0)
    let bar = max(4, min(60, area.width - width - 34))
    for (row, index) in shown.enumerated() {
      let y = area.y + row
      let (isRight, isGuess) = (index == words.node.target, index == words.node.guess)
      let style = isRight ? scene.theme.title : scene.theme.text
      buffer.write(names[row].cut(to: width), x: area.x + 4, y: y, style: style, limit: area.right)
      buffer.write(
        NumberText.significant(Double(shares[index]), 3), x: area.x + 6 + width, y: y,
        style: style, limit: area.right)
      let left = area.x + 17 + width
      Bars.lie(
        Double(shares[index]), x: left, y: y, width: bar,
        style: isRight ? scene.theme.accent : scene.theme.lag, appearance: scene.appearance,
        into: &buffer)
      let mark = [isRight ? "target" : "", isGuess ? "guess" : ""].filter { !$0.isEmpty }
      buffer.write(
        mark.joined(separator: ", "), x: left + bar + 1, y: y,
        style: isRight ? scene.theme.accent : scene.theme.muted, limit: area.right - 1)
    }
  }

  /// All outputs in their order; the likeliest and the right one where there is no room for all.
  private func shown(_ room: Int) -> [Int] {
    guard shares.count > room else { return Array(shares.indices) }
    let order = shares.indices.sorted {
      shares[$0] == shares[$1] ? $0 < $1 : shares[$0] > shares[$1]
    }
    var first = Array(order.prefix(room))
    if let target = words.node.target, shares.indices.contains(target), !first.contains(target) {
      first[first.count - 1] = target
    }
    return first
  }
}
