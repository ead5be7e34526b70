import TerminalGraphics
import TrainingEvents

/// True classes down, predicted classes across, and the mistakes the network was surest of.
struct ConfusionDrawing {
  let frame: ConfusionFrame

  func draw(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let count = frame.classes.count
    guard count > 0, frame.counts.count >= count * count else {
      return buffer.note("no validation yet", style: scene.theme.muted)
    }
    if area.width >= 72 {
      let matrixWidth = min(labelWidth + 1 + count * cellWidth(area.width * 3 / 5) + 2, area.width)
      let (left, right) = area.cutLeft(max(30, min(matrixWidth, area.width * 3 / 5)))
      drawMatrix(scene, in: left, into: &buffer)
      drawMistakes(scene, in: right, into: &buffer)
    } else {
      let (upper, lower) = area.cutTop(min(count + 5, max(4, area.height * 2 / 3)))
      drawMatrix(scene, in: upper, into: &buffer)
      drawMistakes(scene, in: lower, into: &buffer)
    }
  }

  /// Share of examples on the diagonal.
  var accuracy: Double {
    let count = frame.classes.count
    let total = frame.counts.prefix(count * count).reduce(0, +)
    let right = (0..<count).reduce(0) { $0 + frame.counts[$1 * count + $1] }
    return total > 0 ? Double(right) / Double(total) : .nan
  }

  /// What was counted, with the simple method's share.
  private var score: TaskScore {
    let count = frame.classes.count
    let total = frame.counts.prefix(count * count).reduce(0, +)
    return TaskScore(
      right: (0..<count).reduce(0) { $0 + frame.counts[$1 * count + $1] }, count: total,
      sequences: total, isHeldOut: frame.isHeldOut, baseline: frame.baseline)
  }

  private var labelWidth: Int {
    min(12, frame.classes.map { CharacterWidth.of($0) }.max() ?? 1)
  }

  /// Cells for one class: enough for its share in digits, or two for colour alone.
  private func cellWidth(_ width: Int) -> Int {
    let room = (width - labelWidth - 2) / max(1, frame.classes.count)
    let longest = frame.classes.map { CharacterWidth.of($0) }.max() ?? 1
    return room >= 4 ? min(room, max(5, min(10, longest + 1))) : room >= 2 ? 2 : 1
  }

  private func drawMatrix(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    let cell = cellWidth(area.width)
    let left = area.x + labelWidth + 2
    let head = ScoreText.styled(score, name: "accuracy", unit: "example", theme)
    let lines = head.lines(of: area.width - 2, atMost: area.height >= 8 ? 3 : 1)
    for (row, line) in lines.enumerated() {
      line.write(x: area.x + 1, y: area.y + row, limit: area.right, into: &buffer)
    }
    let area = area.cutTop(lines.count).rest
    let corner = ["↓true →predicted", "true ↓ →", "↓ true", "↓"]
    buffer.write(
      corner.first { CharacterWidth.of($0) < left - area.x - 1 } ?? "", x: area.x + 1, y: area.y,
      style: theme.faint)
    let columns = min(frame.classes.count, max(0, area.right - left) / cell)
    for column in 0..<columns {
      let name = frame.classes[column].cut(to: max(1, cell - 1)).rightAligned(to: cell)
      buffer.write(
        name, x: left + column * cell, y: area.y, style: theme.muted,
        limit: left + (column + 1) * cell)
    }
    // Square cells where there is room: a cell of the screen is twice as high as wide.
    let height = max(1, min(cell / 2, (area.height - 1) / frame.classes.count))
    for row in frame.classes.indices {
      let y = area.y + 1 + row * height
      guard y < area.bottom else { return }
      if y == area.bottom - 1, row + 1 < frame.classes.count {
        buffer.write(
          "and \(frame.classes.count - row) more", x: area.x + 1, y: y, style: theme.muted)
        return
      }
      buffer.write(
        frame.classes[row].cut(to: labelWidth).rightAligned(to: labelWidth), x: area.x + 1, y: y,
        style: theme.text)
      drawRow(
        row, columns: columns, cell: Size(width: cell, height: height), x: left, y: y,
        scene: scene, into: &buffer)
    }
  }

  private func drawRow(
    _ row: Int, columns: Int, cell: Size, x: Int, y: Int, scene: Scene,
    into buffer: inout CellBuffer
  ) {
    let shade = Shade(map: scene.theme.sequential, appearance: scene.appearance)
    let count = frame.classes.count
    let counts = frame.counts[(row * count)..<((row + 1) * count)]
    let total = counts.reduce(0, +)
    for column in 0..<columns {
      let number = frame.counts[row * count + column]
      let share = total > 0 ? Float(number) / Float(total) : 0
      let rect = Rect(x: x + column * cell.width, y: y, width: cell.width, height: cell.height)
      guard cell.width >= 4 else {
        buffer.fill(rect, with: shade.cell(Double(share)))
        continue
      }
      let style =
        number == 0 ? scene.theme.faint : shade.textStyle(share, lowest: 0, highest: 1)
      let text = number == 0 ? "·" : short(number, width: cell.width - 1)
      buffer.fill(rect, with: Cell(" ", style))
      buffer.write(
        text.rightAligned(to: cell.width), x: rect.x, y: y, style: style, limit: rect.right)
    }
  }

  private func short(_ count: Int, width: Int) -> String {
    let text = "\(count)"
    return text.count <= width ? text : "\(count / 1000)k".cut(to: width)
  }

  private func drawMistakes(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    guard area.height >= 2 else { return }
    let theme = scene.theme
    buffer.write(
      frame.mistakes.isEmpty ? "no mistakes" : "most confident mistakes", x: area.x + 1, y: area.y,
      style: theme.title, limit: area.right)
    var y = area.y + 1
    for mistake in frame.mistakes {
      let verdict = StyledText("\(NumberText.percent(mistake.confidence)) ", theme.bad)
        .adding("\(mistake.prediction)", theme.text, joined: true)
        .adding(", is \(mistake.truth)", theme.muted)
      let text = mistake.text.wrapped(to: area.width - 4).prefix(2)
      guard y < area.bottom else { return }
      verdict.fitting(area.width - 2).write(x: area.x + 1, y: y, limit: area.right, into: &buffer)
      y += 1
      for line in text where y < area.bottom {
        buffer.write(line, x: area.x + 3, y: y, style: theme.muted, limit: area.right)
        y += 1
      }
    }
  }
}
