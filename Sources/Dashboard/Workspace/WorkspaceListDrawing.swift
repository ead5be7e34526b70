import TerminalGraphics
import TrainingEvents

/// Where the rows of the list stand in its panel.
struct ListPlace {
  /// The row of column names.
  var header: Rect
  var rows: Rect
  /// What is said of the run under the cursor.
  var details: Rect
  /// The first row on screen.
  var first: Int

  /// - Parameter inner: the cells inside the panel's border
  init(_ state: WorkspaceState, inner: Rect) {
    let (header, rest) = inner.cutTop(1)
    let height = rest.height >= 12 ? 4 : rest.height >= 7 ? 2 : 0
    let (rows, details) = rest.cutBottom(height)
    (self.header, self.rows, self.details) = (header, rows, details)
    let row = state.row ?? 0
    first = max(0, min(row - rows.height / 2, state.rows.count - rows.height))
  }
}

extension WorkspaceState {
  func drawList(_ appearance: Appearance, into buffer: inout CellBuffer) {
    let theme = appearance.theme
    let place = ListPlace(self, inner: buffer.inside)
    guard !runs.isEmpty else {
      return buffer.note("looking for runs …", style: theme.muted)
    }
    let columns = ListColumns(in: place.header)
    for column in columns.columns {
      let isSorted = column.column == order.column
      let name =
        column.column == .run
        ? column.column.name
        : column.column.name.rightAligned(
          to: column.column == .state ? 0 : column.width)
      buffer.write(
        name, x: column.x, y: place.header.y, style: isSorted ? theme.accent : theme.muted,
        limit: column.x + column.width)
    }
    guard !rows.isEmpty else {
      return buffer.note("no run matches", style: theme.muted)
    }
    for (offset, index) in rows.dropFirst(place.first).prefix(place.rows.height).enumerated() {
      let y = place.rows.y + offset
      draw(runs[index], isCurrent: place.first + offset == row, y: y, columns, appearance, &buffer)
    }
    drawDetails(in: place.details, theme, into: &buffer)
  }

  private func draw(
    _ run: RunOverview, isCurrent: Bool, y: Int, _ columns: ListColumns, _ appearance: Appearance,
    _ buffer: inout CellBuffer
  ) {
    let theme = appearance.theme
    let inner = buffer.inside
    if isCurrent {
      buffer.fill(
        Rect(x: inner.x, y: y, width: inner.width, height: 1), with: Cell(" ", theme.chosen))
      buffer[inner.x, y] = Cell(appearance.glyph("›", ascii: ">"), theme.chosen)
    }
    func style(_ style: Style) -> Style { isCurrent ? theme.chosen : style }
    if pinned.contains(run.id) {
      buffer[inner.x + 1, y] = Cell(appearance.glyph("★", ascii: "*"), style(theme.accent))
    }
    if let hue = chosen[run.id] {
      buffer[inner.x + 3, y] = Cell(OverlayHue.letter(hue), OverlayHue.style(hue, theme))
    }
    let numbers = columns.columns.filter { ![.run, .state].contains($0.column) }
    for column in columns.columns {
      let limit = column.x + column.width
      switch column.column {
      case .run:
        buffer.write(
          name(of: run, width: column.width), x: column.x, y: y, style: style(theme.text),
          limit: limit)
      case .state:
        buffer.write(
          run.state?.word ?? "…", x: column.x, y: y,
          style: style(run.state?.style(theme) ?? theme.muted), limit: limit)
      default: break
      }
    }
    // What is wrong with a run stands in its own row, where its numbers would stand.
    if let problem = run.problem, run.state == .unreadable || run.state == .gone,
      let left = numbers.first?.x
    {
      // The row is the run's own: its path need not be said again.
      let text =
        [": ", "/"].first { problem.hasPrefix(run.id + $0) }
        .map { problem.dropFirst(run.id.count + $0.count) } ?? problem[...]
      let room = inner.right - left
      buffer.write(
        String(text).cut(to: room), x: left, y: y, style: style(theme.bad), limit: inner.right)
      return
    }
    for column in numbers {
      let text = Self.number(run, column.column)
      buffer.write(
        text.rightAligned(to: column.width), x: column.x, y: y,
        style: style(text == "–" ? theme.muted : theme.text), limit: column.x + column.width)
    }
  }

  /// A name as far as there is room: what all names have in common leaves first.
  private func name(of run: RunOverview, width: Int) -> String {
    guard CharacterWidth.of(run.name) > width else { return run.name }
    let own = labels.ownPart(of: run.name)
    return (own == run.name ? own : "…" + own).cut(to: width)
  }

  /// A run's number in a column; a dash where there is none.
  private static func number(_ run: RunOverview, _ column: WorkspaceOrder.Column) -> String {
    switch column {
    case .best:
      run.best.map { ($0.isValidation ? "◆" : "") + NumberText.significant($0.loss, 4) } ?? "–"
    case .last: run.lastLoss.map { NumberText.significant($0, 4) } ?? "–"
    case .step: run.step.map(NumberText.grouped) ?? "–"
    case .run, .state: ""
    }
  }

  /// The run under the cursor in words: what it was set up with, how good it was, what is wrong.
  private func drawDetails(in rect: Rect, _ theme: Theme, into buffer: inout CellBuffer) {
    guard rect.height > 0, let run = current else { return }
    let width = rect.width - 2
    var lines = [StyledText(run.name.cut(to: width), theme.title)]
    if let problem = run.problem {
      lines += problem.wrapped(to: width).prefix(2).map { StyledText($0, theme.warning) }
    }
    if let best = run.best {
      let unit = LossText.unit(run.description)
      let kind = best.isValidation ? "◆ best validation loss " : "lowest loss of a training step "
      lines.append(
        StyledText(kind, theme.muted)
          .adding(NumberText.significant(best.loss, 4), theme.validation, joined: true)
          .adding(unit.isEmpty ? "" : " \(unit)", theme.muted)
          .adding(" at step \(NumberText.grouped(best.step))", theme.muted).fitting(width))
    }
    let differing = labels.settings(of: run)
    let settings = differing.isEmpty ? run.description?.network ?? "" : differing
    if !settings.isEmpty { lines.insert(StyledText(settings.cut(to: width), theme.text), at: 1) }
    for (offset, line) in lines.prefix(rect.height).enumerated() {
      line.write(x: rect.x + 1, y: rect.y + offset, limit: rect.right, into: &buffer)
    }
  }
}
