import TerminalGraphics

/// The second row: every view by number and name, the one on screen in brackets.
enum ViewTabs {
  /// One view's place in the row.
  struct Tab: Equatable {
    var view: ViewKind
    var text: String
    var x: Int
    var width: Int
  }

  /// Lower screens need the row for panels; there the hints name the keys.
  static func isShown(in size: Size) -> Bool { size.height >= 20 }

  static func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard isShown(in: buffer.size) else { return }
    let theme = scene.theme
    for tab in tabs(
      width: buffer.size.width, chosen: scene.state.view, ofLog: scene.state.listsMetricsAlone)
    {
      let isChosen = tab.view == scene.state.view
      let digits = tab.text.prefix { !$0.isLetter }
      let x = buffer.write(
        String(digits), x: tab.x, y: 1, style: isChosen ? theme.chosen : theme.accent,
        limit: buffer.size.width)
      buffer.write(
        String(tab.text.dropFirst(digits.count)), x: x, y: 1,
        style: isChosen ? theme.chosen : theme.muted, limit: buffer.size.width)
    }
  }

  /// The view whose tab stands under a cell of the screen.
  static func view(
    x: Int, y: Int, in size: Size, chosen: ViewKind, ofLog: Bool = false
  ) -> ViewKind? {
    guard isShown(in: size), y == 1 else { return nil }
    return tabs(width: size.width, chosen: chosen, ofLog: ofLog)
      .first { x >= $0.x && x < $0.x + $0.width }?.view
  }

  /// Tabs for a row of this width: names leave before numbers do.
  /// - Parameter ofLog: whether the run is another program's log, whose views have other names.
  static func tabs(width: Int, chosen: ViewKind, ofLog: Bool = false) -> [Tab] {
    let full = row(chosen: chosen) { "\($0.rawValue) \($0.name(ofLog: ofLog))" }
    if let last = full.last, last.x + last.width <= width { return full }
    return row(chosen: chosen) { view in
      view == chosen ? "\(view.rawValue) \(view.name(ofLog: ofLog))" : "\(view.rawValue)"
    }
  }

  private static func row(chosen: ViewKind, _ words: (ViewKind) -> String) -> [Tab] {
    var x = 0
    return ViewKind.allCases.map { view in
      let isChosen = view == chosen
      let text = (isChosen ? "[" : " ") + words(view) + (isChosen ? "]" : " ")
      defer { x += CharacterWidth.of(text) }
      return Tab(view: view, text: text, x: x, width: CharacterWidth.of(text))
    }
  }
}
