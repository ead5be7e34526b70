import TerminalGraphics

/// The prompt in the last row, and above it the ways to go on.
enum PromptDrawing {
  /// Candidates shown at once.
  private static let most = 8

  static func draw(_ prompt: Prompt, _ scene: Scene, into buffer: inout CellBuffer) {
    let (width, y) = (buffer.size.width, buffer.size.height - 1)
    buffer.fill(Rect(x: 0, y: y, width: width, height: 1), with: .blank)
    let start = buffer.write(prompt.label, x: 1, y: y, style: scene.theme.accent)
    // The place that is written at stays in sight: what is far before it is cut away.
    let before = prompt.line.beforeCursor.cutFront(to: max(1, width - start - 2))
    let cursor = buffer.write(before, x: start, y: y, style: scene.theme.text)
    let end = buffer.write(
      prompt.line.afterCursor, x: cursor, y: y, style: scene.theme.text, limit: width - 1)
    let under = buffer[cursor, y].glyph
    buffer[cursor, y] = Cell(
      under == Cell.continuation.glyph ? " " : under,
      Style(
        scene.theme.text.foreground, on: scene.theme.text.background,
        scene.theme.text.attributes.union(.reverse)))
    if let mistake = prompt.mistake {
      return draw(mistake, x: max(end, cursor + 1) + 2, y: y, scene, into: &buffer)
    }
    drawHint(prompt, x: max(end, cursor + 1) + 2, y: y, scene, into: &buffer)
    drawCandidates(prompt, x: start, bottom: y, scene, into: &buffer)
  }

  /// What is wrong with the line: behind it, or right above it where it is too long.
  private static func draw(
    _ mistake: String, x: Int, y: Int, _ scene: Scene, into buffer: inout CellBuffer
  ) {
    let style = scene.theme.warning
    let width = buffer.size.width
    guard x + CharacterWidth.of(mistake) >= width else {
      return _ = buffer.write(mistake, x: x, y: y, style: style)
    }
    let lines = Array(mistake.wrapped(to: width - 4).prefix(4))
    for (index, line) in lines.enumerated() {
      let row = y - lines.count + index
      buffer.fill(Rect(x: 0, y: row, width: width, height: 1), with: .blank)
      buffer.write(line, x: 2, y: row, style: style, limit: width - 1)
    }
  }

  private static func drawHint(
    _ prompt: Prompt, x: Int, y: Int, _ scene: Scene, into buffer: inout CellBuffer
  ) {
    guard prompt.line.isEmpty else { return }
    let hint =
      switch prompt.kind {
      case .command: "a command: tab completes, ↑ goes back, esc leaves"
      case .reading: "a word or a sentence, then enter"
      case .place: "a directory, such as /tmp, then enter"
      case .console: "words of lines; an empty line shows all"
      case .metric: "parts of names, such as val loss; an empty line shows all"
      case .pattern: "inside quotes, position in word, or any letters: tab completes"
      }
    buffer.write(hint, x: x, y: y, style: scene.theme.faint, limit: buffer.size.width - 1)
  }

  private static func drawCandidates(
    _ prompt: Prompt, x: Int, bottom: Int, _ scene: Scene, into buffer: inout CellBuffer
  ) {
    let all =
      prompt.offered.isEmpty
      ? Completion(prompt, scene.state).candidates : prompt.offered
    guard !prompt.line.isEmpty || !prompt.offered.isEmpty, !all.isEmpty,
      ![.reading, .place].contains(prompt.kind)
    else { return }
    let count = min(all.count, Self.most, max(0, bottom - 3))
    // The chosen one stays in sight.
    let first = max(0, min((prompt.chosen ?? 0) - count / 2, all.count - count))
    let shown = Array(all[first..<(first + count)])
    let wide = shown.map { CharacterWidth.of($0.text) }.max() ?? 0
    let summaries = shown.map { CharacterWidth.of($0.summary) }.max() ?? 0
    let width = min(buffer.size.width - 2, wide + summaries + 6)
    let rect = Rect(x: max(0, x - 2), y: bottom - count - 2, width: width, height: count + 2)
    buffer.fill(rect, with: .blank)
    let more = all.count > count ? "\(all.count) candidates" : ""
    Box(style: scene.theme.focus).draw(
      rect, title: StyledText(more, scene.theme.muted), appearance: scene.appearance, into: &buffer)
    for (row, candidate) in shown.enumerated() {
      let y = rect.y + 1 + row
      let isChosen = prompt.chosen == first + row
      let style = isChosen ? scene.theme.chosen : scene.theme.accent
      buffer.write(candidate.text, x: rect.x + 2, y: y, style: style, limit: rect.right - 1)
      buffer.write(
        candidate.summary, x: rect.x + 4 + wide, y: y, style: scene.theme.muted,
        limit: rect.right - 1)
    }
  }
}
