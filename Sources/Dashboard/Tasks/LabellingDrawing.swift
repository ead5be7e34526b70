import TerminalGraphics
import TrainingEvents

/// What is read, the right label and the network's at every step, in lines that wrap together.
struct LabellingDrawing {
  let frame: LabellingFrame

  func draw(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    summary(theme).fitting(area.width - 2).write(
      x: area.x + 1, y: area.y, limit: area.right, into: &buffer)
    let labelWidth = 9
    let rows = frame.freeRunning.isEmpty ? 3 : 4
    let symbols = frame.inputs + frame.truth + frame.prediction
    let widest = symbols.map { CharacterWidth.of(ReadableSymbol.text($0)) }.max() ?? 1
    let cell = min(8, widest + 1)
    let perLine = max(1, (area.width - labelWidth - 2) / cell)
    var (first, y) = (0, area.y + 2)
    let count = max(frame.inputs.count, frame.truth.count)
    while first < count, y + rows <= area.bottom {
      let columns = first..<min(count, first + perLine)
      for (row, line) in lines(theme).enumerated() {
        buffer.write(
          line.label.rightAligned(to: labelWidth), x: area.x, y: y + row, style: theme.muted)
        for (place, column) in columns.enumerated() where column < line.symbols.count {
          let text = ReadableSymbol.text(line.symbols[column])
          buffer.write(
            text.cut(to: cell - 1), x: area.x + labelWidth + 1 + place * cell, y: y + row,
            style: line.style(column), limit: area.right)
        }
      }
      first += perLine
      y += rows + 1
    }
    if first < count {
      buffer.write(
        "\(count - first) more steps", x: area.x + 1, y: area.bottom - 1, style: theme.muted)
    }
  }

  private struct Line {
    var label: String
    var symbols: [String]
    var style: (Int) -> Style
  }

  private func lines(_ theme: Theme) -> [Line] {
    func judged(_ guess: [String]) -> (Int) -> Style {
      { column in
        column < frame.truth.count && column < guess.count && guess[column] == frame.truth[column]
          ? theme.good : theme.bad
      }
    }
    var lines = [
      Line(label: "reads", symbols: frame.inputs) { _ in theme.text },
      Line(label: "truth", symbols: frame.truth) { _ in theme.title },
      Line(label: "network", symbols: frame.prediction, style: judged(frame.prediction)),
    ]
    if !frame.freeRunning.isEmpty {
      lines.append(
        Line(label: "alone", symbols: frame.freeRunning, style: judged(frame.freeRunning)))
    }
    return lines
  }

  /// Share of labels that are right; NaN without any.
  static func share(_ guess: [String], of truth: [String]) -> Double {
    guard !truth.isEmpty else { return .nan }
    let right = zip(guess, truth).count { $0 == $1 }
    return Double(right) / Double(truth.count)
  }

  private func summary(_ theme: Theme) -> StyledText {
    var text = StyledText("right ", theme.muted).adding(
      NumberText.percent(Self.share(frame.prediction, of: frame.truth)), theme.text, joined: true)
    if !frame.freeRunning.isEmpty {
      text.add("   alone, on its own outputs ", theme.muted)
      text.add(
        NumberText.percent(Self.share(frame.freeRunning, of: frame.truth)), theme.text,
        joined: true)
    }
    return text
  }
}
