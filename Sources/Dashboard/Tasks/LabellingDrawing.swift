import TerminalGraphics
import TrainingEvents

/// What is read, the right label and the network's at every step, in lines that wrap together.
struct LabellingDrawing {
  let frame: LabellingFrame

  func draw(_ scene: Scene, in area: Rect, into buffer: inout CellBuffer) {
    let theme = scene.theme
    var top = area.y
    for line in summary(theme, width: area.width - 2) where top < area.bottom {
      line.write(x: area.x + 1, y: top, limit: area.right, into: &buffer)
      top += 1
    }
    if let recall = frame.recall {
      top = drawRecall(recall, scene, y: top, in: area, into: &buffer)
    }
    let labelWidth = 9
    let rows = frame.freeRunning.isEmpty ? 3 : 4
    let symbols = frame.inputs + frame.truth + frame.prediction
    let widest = symbols.map { CharacterWidth.of(ReadableSymbol.text($0)) }.max() ?? 1
    let cell = min(8, widest + 1)
    let perLine = max(1, (area.width - labelWidth - 2) / cell)
    var (first, y) = (0, min(top + 1, max(top, area.bottom - rows)))
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
        "\(count - first) more time steps", x: area.x + 1, y: area.bottom - 1, style: theme.muted)
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
      Line(label: "input", symbols: frame.inputs) { _ in theme.text },
      Line(label: "target", symbols: frame.truth) { _ in theme.title },
      Line(label: "output", symbols: frame.prediction, style: judged(frame.prediction)),
    ]
    if !frame.freeRunning.isEmpty {
      lines.append(
        Line(label: "free-run", symbols: frame.freeRunning, style: judged(frame.freeRunning)))
    }
    return lines
  }

  /// Share of labels that are right; NaN without any.
  static func share(_ guess: [String], of truth: [String]) -> Double {
    guard !truth.isEmpty else { return .nan }
    let right = zip(guess, truth).count { $0 == $1 }
    return Double(right) / Double(truth.count)
  }

  private func summary(_ theme: Theme, width: Int) -> [StyledText] {
    let own = TaskScore(
      right: zip(frame.prediction, frame.truth).count { $0 == $1 }, count: frame.truth.count,
      sequences: 1)
    let isWhole = frame.inputs.isEmpty
    var lines = [
      ScoreText.styled(
        frame.score ?? own, name: isWhole ? "exact match" : "accuracy",
        unit: isWhole ? "sequence" : "label", theme
      ).fitting(width)
    ]
    if let free = frame.freeScore {
      lines.append(
        ScoreText.labelled(
          ["free-running, on its own outputs: ", "free-running: "], free, name: "accuracy",
          width: width, theme))
    }
    return lines
  }

  /// What is to be kept in memory, and what became of it: the rest of the labels needs no memory.
  private func drawRecall(
    _ recall: LabellingFrame.Recall, _ scene: Scene, y: Int, in area: Rect,
    into buffer: inout CellBuffer
  ) -> Int {
    let theme = scene.theme
    let width = area.width - 2
    var score = ScoreText.labelled(
      ["from memory: "], recall.score, name: "accuracy", width: width,
      theme)
    score.add("  n = \(NumberText.grouped(recall.score.count))", theme.muted)
    if let baseline = recall.score.baseline {
      score.add("  \(baseline.name): \(ScoreText.percent(baseline.value))", theme.muted)
    }
    score.fitting(width).write(x: area.x + 1, y: y, limit: area.right, into: &buffer)
    func symbols(_ range: Range<Int>, of symbols: [String]) -> [String] {
      Array(symbols[range.clamped(to: symbols.indices)])
    }
    let asked = symbols(recall.asked, of: frame.truth)
    let answered = symbols(recall.asked, of: frame.prediction)
    let delay = recall.asked.lowerBound - recall.kept.lowerBound
    let lines = [
      StyledText("read      ", theme.muted).adding(
        symbols(recall.kept, of: frame.inputs).joined(separator: " "), theme.title, joined: true
      ).adding("   to repeat \(delay) time steps later", theme.muted),
      answered.enumerated().reduce(into: StyledText("repeated  ", theme.muted)) { text, answer in
        let isRight = answer.offset < asked.count && asked[answer.offset] == answer.element
        text.add(
          (answer.offset > 0 ? " " : "") + ReadableSymbol.text(answer.element),
          isRight ? theme.good : theme.bad, joined: true)
      },
    ]
    // A label never stands without its symbols.
    guard
      lines.allSatisfy({
        $0.pieces.prefix(2).reduce(0) { $0 + CharacterWidth.of($1.text) } <= width
      })
    else {
      return y + 1
    }
    for (row, line) in lines.enumerated() where y + 1 + row < area.bottom {
      line.fitting(width).write(
        x: area.x + 1, y: y + 1 + row, limit: area.right, into: &buffer)
    }
    return y + 1 + lines.count
  }
}
