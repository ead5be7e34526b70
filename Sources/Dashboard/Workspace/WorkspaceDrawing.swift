import TerminalGraphics
import TrainingEvents

extension WorkspaceState {
  /// The whole screen as cells. Any size will do, even none.
  public func render(size: Size, appearance: Appearance) -> CellBuffer {
    var state = self
    state.size = size
    return state.draw(appearance)
  }

  private func draw(_ appearance: Appearance) -> CellBuffer {
    var buffer = CellBuffer(size: size)
    let scene = Scene(state: DashboardState(), appearance: appearance)
    let smallest = WorkspaceLayout.smallestSize
    guard size.width >= smallest.width, size.height >= smallest.height else {
      TooSmallNotice.draw(scene, needed: smallest, into: &buffer)
      return buffer
    }
    drawHeader(appearance.theme, into: &buffer)
    let layout = WorkspaceLayout(size, focus: focus)
    if let rect = layout.list {
      buffer.placeBox(rect, title: listTitle(appearance), isHeavy: focus == .list, appearance) {
        drawList(appearance, into: &$0)
      }
    }
    if let rect = layout.chart {
      let drawing = OverlayDrawing(self, scene)
      buffer.placeBox(rect, title: drawing.title, isHeavy: focus == .chart, appearance) {
        drawing.draw(into: &$0)
      }
    }
    drawLastRow(appearance, into: &buffer)
    if let helpScroll { WorkspaceHelp.draw(scroll: helpScroll, scene, into: &buffer) }
    return appearance.hasUnicode ? buffer : buffer.spelledInASCII()
  }

  // MARK: The first row

  /// The folder, how many runs there are, and how they are doing.
  private func drawHeader(_ theme: Theme, into buffer: inout CellBuffer) {
    var text = StyledText("unfold", theme.accent)
    text.add("  \(title.cut(to: max(8, size.width / 3)))", theme.title)
    text.add("  \(count(runs.count, "run"))", theme.text)
    for state in RunOverview.State.allCases {
      let count = runs.count { $0.state == state }
      guard count > 0 else { continue }
      text.add("  \(NumberText.grouped(count)) \(state.word)", state.style(theme))
    }
    var right = StyledText()
    if unread > 0, !runs.isEmpty {
      right.add("reading \(runs.count - unread) of \(runs.count)", theme.muted)
    }
    let start = size.width - right.width - 1
    right.write(x: start, y: 0, limit: size.width, into: &buffer)
    text.fitting(start - 2).write(x: 1, y: 0, limit: start - 1, into: &buffer)
  }

  private func count(_ count: Int, _ thing: String) -> String {
    "\(NumberText.grouped(count)) \(thing)\(count == 1 ? "" : "s")"
  }

  private func listTitle(_ appearance: Appearance) -> StyledText {
    let theme = appearance.theme
    var text = StyledText("Runs", theme.title)
    if typing == .filter || !filter.isEmpty {
      text.add("  /\(filter.text)", theme.accent)
      if typing == .filter { text.add("▏", theme.accent, joined: true) }
      text.add("  \(rows.count) of \(runs.count)", theme.muted)
    }
    let arrow =
      order.isFalling ? appearance.glyph("▼", ascii: "v") : appearance.glyph("▲", ascii: "^")
    if order.column != .run || order.isReversed {
      text.add("  by \(order.column.name) \(String(Character(arrow)))", theme.muted)
    }
    return text
  }

  // MARK: The last row

  /// A message, what is wrong with the filter, or the keys that work now.
  private func drawLastRow(_ appearance: Appearance, into buffer: inout CellBuffer) {
    let (theme, y) = (appearance.theme, size.height - 1)
    if let text = message ?? (typing == .filter ? filter.problem : nil) {
      buffer.write(text.cut(to: size.width - 2), x: 1, y: y, style: theme.warning)
      return
    }
    WorkspaceKeys.hints(contexts, width: size.width, theme).write(
      x: 1, y: y, limit: size.width, into: &buffer)
  }
}
