import TerminalGraphics
import TrainingEvents

/// One node of the walk: its equation from the lecture and the numbers it has just now.
struct WalkDetails {
  let stop: GraphTrace.Stop
  let scene: Scene

  func draw(in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    guard area.height > 0 else { return }
    var y = drawEquation(in: area, into: &buffer)
    if area.bottom - y > Self.rows(of: stop) - 2 { y += 1 }
    y = drawTerms(y: y, in: area, into: &buffer)
    for line in stop.remark.wrapped(to: area.width - 6) where y < area.bottom {
      buffer.write(line, x: area.x + 4, y: y, style: theme.warning, limit: area.right)
      y += 1
    }
    if area.bottom - y > stop.units.count + 2 { y += 1 }
    drawUnits(y: y, in: area, into: &buffer)
  }

  /// Rows that a stop's words need: equation, terms, remark and units with a blank row.
  static func rows(of stop: GraphTrace.Stop) -> Int {
    let units = stop.units.isEmpty ? 0 : stop.units.count + 1
    return 2 + stop.terms.count + (stop.remark.isEmpty ? 0 : 1) + units
  }

  /// The equation, in two rows where one is too short, and where it stands in the lecture.
  private func drawEquation(in area: Rect, into buffer: inout CellBuffer) -> Int {
    let lines = stop.equation.wrapped(to: max(10, area.width - 4)).prefix(2)
    var (y, end) = (area.y, area.x)
    for (row, line) in lines.enumerated() where area.y + row < area.bottom {
      y = area.y + row
      end = buffer.write(
        line, x: area.x + 2 + 2 * row, y: y, style: scene.theme.title, limit: area.right - 1)
    }
    let width = CharacterWidth.of(stop.reference)
    let fits = end + 3 + width < area.right
    // Beside the equation, or in the blank row below it where there is one.
    if fits || area.bottom - y - 1 > Self.rows(of: stop) - 2 {
      buffer.write(
        stop.reference, x: max(area.x + 2, area.right - width - 2), y: fits ? y : y + 1,
        style: scene.theme.muted, limit: area.right - 1)
    }
    return y + 1
  }

  private func drawTerms(y: Int, in area: Rect, into buffer: inout CellBuffer) -> Int {
    let theme = scene.theme
    let labels = min(20, stop.terms.map { CharacterWidth.of($0.label) }.max() ?? 0)
    let symbols = min(
      area.width < 100 ? 24 : 32, stop.terms.map { CharacterWidth.of($0.symbol) }.max() ?? 0)
    let values = stop.terms.map(text)
    let numbers = values.map { CharacterWidth.of($0) }.max() ?? 0
    let largest = stop.terms.map { abs($0.value) }.filter(\.isFinite).max() ?? 0
    var y = y
    for (index, term) in stop.terms.enumerated() where y < area.bottom {
      let isResult = index == stop.terms.count - 1
      var x = area.x + 4
      buffer.write(term.label.cut(to: labels), x: x, y: y, style: theme.muted, limit: area.right)
      x += labels + 2
      buffer.write(
        term.symbol.cut(to: symbols), x: x, y: y, style: isResult ? theme.title : theme.text,
        limit: area.right)
      x += symbols + 2
      buffer.write(values[index], x: x, y: y, style: theme.text, limit: area.right)
      x += numbers + 2
      let room = min(40, area.right - x - 2)
      if largest > 0, room >= 6 {
        Bars.lie(
          abs(term.value) / largest, x: x, y: y, width: room,
          style: stop.direction == .forward ? theme.lag : theme.gradient,
          appearance: scene.appearance, into: &buffer)
      }
      y += 1
    }
    return y
  }

  private func text(_ term: GraphTrace.Term) -> String {
    let now = NumberText.significant(term.value, 3)
    guard let previous = term.previous else { return now }
    return "\(NumberText.significant(previous, 3)) → \(now)"
  }

  /// Every quantity over all units as a strip, and in numbers for the picked one.
  private func drawUnits(y: Int, in area: Rect, into buffer: inout CellBuffer) {
    guard !stop.units.isEmpty, y < area.bottom else { return }
    let theme = scene.theme
    let unit = scene.state.graph.unit
    var numbers = StyledText("unit \(unit) ", theme.accent)
    for quantity in stop.units where quantity.values.indices.contains(unit) {
      let value = Double(quantity.values[unit])
      numbers.add("  \(quantity.symbol) ", theme.muted)
      numbers.add(signed(value), theme.text, joined: true)
    }
    if let state = stop.units.first(where: { $0.symbol.hasPrefix("s") }),
      state.values.indices.contains(unit), abs(state.values[unit]) > 0.97
    {
      numbers.add("  saturated", theme.warning)
    }
    numbers.fitting(area.width - 6).write(
      x: area.x + 4, y: y, limit: area.right, into: &buffer)
    let labels = stop.units.map { CharacterWidth.of($0.symbol) }.max() ?? 1
    let shade = Shade(map: theme.diverging, appearance: scene.appearance)
    for (row, quantity) in stop.units.enumerated() where y + 1 + row < area.bottom {
      let line = y + 1 + row
      buffer.write(
        quantity.symbol.rightAligned(to: labels), x: area.x + 4, y: line, style: theme.muted)
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
    var next = y + 2 + stop.units.count
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
    guard let last = stop.units.last, area.bottom - y >= 3 else { return }
    let theme = scene.theme
    buffer.write(
      "largest \(last.symbol)", x: area.x + 4, y: y, style: theme.muted, limit: area.right)
    let order = last.values.indices.sorted { a, b in
      let (x, y) = (abs(last.values[a]), abs(last.values[b]))
      return x == y ? a < b : x > y
    }
    for (row, unit) in order.prefix(area.bottom - y - 1).enumerated() {
      var text = StyledText("unit " + "\(unit)".rightAligned(to: 4), theme.text)
      for quantity in stop.units where quantity.values.indices.contains(unit) {
        text.add("   \(quantity.symbol) ", theme.muted)
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
