import TerminalGraphics

/// The help in a box over the view.
enum HelpOverlay {
  static func draw(_ page: HelpPage, _ scene: Scene, into buffer: inout CellBuffer) {
    let place = Place(page, scene.state, size: buffer.size)
    let rect = place.frame
    Dialog.draw(rect, title: page.title(scene.state), scene: scene, into: &buffer)
    let inner = rect.inset(2, 1)
    let theme = scene.theme
    let hidden = place.lines.count - page.scroll - place.visible
    if hidden > 0 {
      let more = " \(hidden) more: \(scene.appearance.hasUnicode ? "↓" : "down") "
      buffer.write(more, x: rect.x + 3, y: rect.bottom - 1, style: theme.muted)
    }
    let shown = place.lines.dropFirst(page.scroll).prefix(place.visible)
    for (index, line) in shown.enumerated() {
      let x = inner.x + index / max(1, inner.height) * (place.columnWidth + 2)
      let y = inner.y + index % max(1, inner.height)
      let limit = min(inner.right, x + place.columnWidth)
      switch line {
      case .heading(let text): buffer.write(text, x: x, y: y, style: theme.title, limit: limit)
      case .words(let text): buffer.write(text, x: x, y: y, style: theme.text, limit: limit)
      case .key(let label, let summary):
        buffer.write(label, x: x + 2, y: y, style: theme.accent, limit: limit)
        buffer.write(summary, x: x + HelpPage.keyWidth, y: y, style: theme.text, limit: limit)
      case .space: break
      }
    }
  }

  /// Where the lines of a page stand on a screen.
  private struct Place {
    var lines: [HelpLine]
    var frame: Rect
    var columnWidth: Int
    /// Lines on screen at once.
    var visible: Int

    init(_ page: HelpPage, _ state: DashboardState, size: Size) {
      let area = DashboardState.area(of: size)
      let isOnePage = !page.showsAll && page.search == nil
      // The smallest screen that the dashboard uses holds one column.
      columnWidth = isOnePage ? min(72, area.width - 6) : 56
      let columns = !isOnePage && size.width >= 124 ? 2 : 1
      lines = page.lines(state, width: columnWidth, height: area.height - 2)
      let height = (lines.count + columns - 1) / columns + 2
      frame = area.centred(
        width: columns * (columnWidth + 2) + 2, height: min(area.height, height))
      visible = max(0, frame.height - 2) * columns
    }
  }

  /// Lines that can be scrolled away.
  static func mostScroll(_ page: HelpPage, _ state: DashboardState) -> Int {
    let place = Place(page, state, size: state.size)
    return max(0, place.lines.count - place.visible)
  }
}

extension DashboardState {
  /// The help that is open; nil when none is.
  var helpPage: HelpPage? {
    if case .help(let page) = overlay { page } else { nil }
  }

  /// Changes the open help; what was scrolled stays in sight.
  mutating func changeHelp(_ change: (inout HelpPage) -> Void) -> [DashboardAction] {
    guard var page = helpPage else { return [] }
    change(&page)
    page.scroll = min(max(0, page.scroll), HelpOverlay.mostScroll(page, self))
    overlay = .help(page)
    return []
  }

  mutating func scrollHelp(by lines: Int) -> [DashboardAction] {
    changeHelp { $0.scroll += lines }
  }
}
