import TerminalGraphics
import TrainingEvents

extension ChooserState {
  private var areas: (list: Rect, details: Rect) {
    let area = Rect(x: 0, y: 1, width: size.width, height: size.height - 2)
    if area.width >= 96 {
      let (left, right) = area.cutLeft(area.width * 42 / 100)
      return (left, right)
    }
    let (upper, lower) = area.cutTop(max(6, area.height * 45 / 100))
    return (upper, lower)
  }

  /// The first line of the list on screen: the chosen one stays in sight.
  private var firstLine: Int {
    let rows = max(1, areas.list.height - 2)
    return max(0, min(index - rows / 2, shown.count - rows))
  }

  /// The line of the list under the mouse.
  func line(at event: MouseEvent) -> Int? {
    let inner = areas.list.inset(1, 1)
    guard inner.contains(x: event.x, y: event.y) else { return nil }
    let line = event.y - inner.y + firstLine
    return line < shown.count ? line : nil
  }

  /// The whole screen as cells. Any size will do, even none.
  public func render(size: Size, appearance: Appearance) -> CellBuffer {
    var state = self
    state.size = size
    return state.draw(appearance)
  }

  private func draw(_ appearance: Appearance) -> CellBuffer {
    var buffer = CellBuffer(size: size)
    let scene = Scene(state: DashboardState(), appearance: appearance)
    guard !DashboardState.isTooSmall(size) else {
      TooSmallNotice.draw(scene, into: &buffer)
      return buffer
    }
    let theme = appearance.theme
    StyledText("unfold", theme.accent)
      .adding("  choose what to train", theme.title)
      .adding("   recurrent networks, live", theme.muted)
      .fitting(size.width - 2)
      .write(x: 1, y: 0, limit: size.width, into: &buffer)
    buffer.placeBox(areas.list, title: listTitle(theme), isHeavy: true, appearance) {
      drawList(appearance, into: &$0)
    }
    let title = StyledText(chosen?.title ?? "", theme.title)
    buffer.placeBox(areas.details, title: title, isHeavy: false, appearance) {
      drawDetails(scene, into: &$0)
    }
    drawLastRow(theme, into: &buffer)
    page?.draw(appearance, into: &buffer)
    return appearance.hasUnicode ? buffer : buffer.spelledInASCII()
  }

  private func listTitle(_ theme: Theme) -> StyledText {
    let text = StyledText("Presets", theme.title)
    guard filter != nil || isFiltering else {
      return text.adding("  \(presets.count)", theme.muted)
    }
    return text.adding("  /\(filter?.text ?? "")", theme.accent)
      .adding(isFiltering ? "▏" : "", theme.accent, joined: true)
      .adding("  \(shown.count) of \(presets.count)", theme.muted)
  }

  private func drawList(_ appearance: Appearance, into buffer: inout CellBuffer) {
    let theme = appearance.theme
    let inner = buffer.inside
    let shown = shown
    guard !shown.isEmpty else { return buffer.note("no preset matches", style: theme.muted) }
    let names = min(20, shown.map { CharacterWidth.of($0.name) }.max() ?? 0)
    for (row, preset) in shown.dropFirst(firstLine).prefix(inner.height).enumerated() {
      let y = inner.y + row
      let isChosen = firstLine + row == index
      let style = isChosen ? theme.chosen : theme.text
      buffer.fill(Rect(x: inner.x, y: y, width: inner.width, height: 1), with: Cell(" ", style))
      let sign = preset.hasData ? "●" : "○"
      buffer.write(
        sign, x: inner.x + 1, y: y,
        style: isChosen ? style : preset.hasData ? theme.good : theme.muted)
      buffer.write(
        preset.name.cut(to: names), x: inner.x + 3, y: y, style: style, limit: inner.right)
      let left = inner.x + 5 + names
      buffer.write(
        preset.title.cut(to: max(0, inner.right - left - 1)), x: left, y: y,
        style: isChosen ? style : theme.muted, limit: inner.right)
    }
  }

  private func drawDetails(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let chosen else { return }
    let theme = scene.theme
    let area = buffer.inside
    var y = area.y
    func write(_ text: StyledText) {
      guard y < area.bottom else { return }
      text.fitting(area.width - 2).write(
        x: area.x + 1, y: y, limit: area.right, into: &buffer)
      y += 1
    }
    for line in chosen.lecture.wrapped(to: area.width - 2) { write(StyledText(line, theme.accent)) }
    write(
      StyledText(chosen.network, theme.text).adding(
        chosen.hasData ? "   ● data is here" : "   ○ data is not here",
        chosen.hasData ? theme.good : theme.warning))
    if !chosen.hasData, let command = chosen.fetchCommand {
      write(StyledText("this brings it: ", theme.muted).adding(command, theme.title, joined: true))
    }
    y += area.height >= 14 ? 1 : 0
    let pictureHeight = area.height - (y - area.y)
    let words = chosen.summary.split(whereSeparator: \.isNewline)
      .flatMap { String($0).wrapped(to: area.width - 2) }
    for line in words.prefix(max(2, pictureHeight - 10)) {
      write(StyledText(line, theme.text))
    }
    let picture = Rect(
      x: area.x, y: y + 1, width: area.width, height: area.bottom - y - 1)
    guard picture.height >= 2 else { return }
    FoldedDrawing(chosen.architecture, scene).draw(in: picture, into: &buffer)
  }

  private func drawLastRow(_ theme: Theme, into buffer: inout CellBuffer) {
    let y = size.height - 1
    if let message {
      buffer.write(message.cut(to: size.width - 2), x: 1, y: y, style: theme.warning)
      return
    }
    var text = StyledText()
    for key in ChooserKey.all where key.context == context && !key.label.isEmpty {
      let isBack = isOverRun && context == .list && key.label == "q" && filter == nil
      text.add((text.isEmpty ? "" : "   ") + (isBack ? "esc" : key.label), theme.accent)
      text.add(" \(isBack ? "back to the run" : key.hint)", theme.muted, joined: true)
    }
    text.fitting(size.width - 2).write(x: 1, y: y, limit: size.width, into: &buffer)
  }
}
