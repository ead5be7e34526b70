import TerminalGraphics

/// One key of the chooser; hints come from the same table.
struct ChooserKey: Sendable {
  enum Context: Sendable, CaseIterable {
    case list
    case filter
    case settings
  }

  var keys: [Key]
  var label: String
  var hint: String
  var context: Context
  var perform: @Sendable (inout ChooserState) -> [ChooserAction]

  init(
    _ keys: [Key], _ label: String, _ hint: String, in context: Context = .list,
    perform: @escaping @Sendable (inout ChooserState) -> [ChooserAction]
  ) {
    (self.keys, self.label, self.hint) = (keys, label, hint)
    (self.context, self.perform) = (context, perform)
  }

  static let all: [ChooserKey] = list + filter + settings

  private static let list: [ChooserKey] = [
    ChooserKey([.enter], "enter", "start") { $0.start() },
    ChooserKey([.character("l")], "l", "lessons") { _ in [.lessons] },
    moving([.down, .character("j")], "↑ ↓", "choose") { $0.move(by: 1) },
    moving([.up, .character("k")], "", "") { $0.move(by: -1) },
    moving([.pageDown], "", "") { $0.move(by: 10) },
    moving([.pageUp], "", "") { $0.move(by: -10) },
    moving([.home], "", "") { $0.move(by: .min / 2) },
    moving([.end], "", "") { $0.move(by: .max / 2) },
    moving([.character("/")], "/", "find") { $0.isFiltering = true },
    moving([.character(",")], ",", "settings") { $0.page = SettingsPage(settings: $0.settings) },
    ChooserKey([.character("q"), .escape, .control("c")], "q", "quit") { state in
      if state.filter != nil {
        state.filter = nil
        state.index = 0
        return []
      }
      return [.quit]
    },
    ChooserKey([.control("l")], "", "") { _ in [.redraw] },
    ChooserKey([.control("z")], "", "") { _ in [.suspend] },
  ]

  private static let filter: [ChooserKey] = [
    moving([.enter, .down], "enter", "to the list", in: .filter) { $0.isFiltering = false },
    moving([.escape], "esc", "show all", in: .filter) { state in
      (state.isFiltering, state.filter, state.index) = (false, nil, 0)
    },
    moving([.backspace], "", "", in: .filter) { state in state.edit { $0.deleteBackward() } },
    moving([.control("u")], "", "", in: .filter) { state in state.edit { $0.deleteToStart() } },
    moving([.control("w")], "", "", in: .filter) { state in state.edit { $0.deleteWord() } },
  ]

  private static let settings: [ChooserKey] = [
    moving([.down, .character("j")], "↑ ↓", "choose", in: .settings) { $0.page?.choose(by: 1) },
    moving([.up, .character("k")], "", "", in: .settings) { $0.page?.choose(by: -1) },
    ChooserKey([.right, .enter, .character(" ")], "← →", "change", in: .settings) {
      $0.changeSetting(forward: true)
    },
    ChooserKey([.left], "", "", in: .settings) { $0.changeSetting(forward: false) },
    moving([.escape, .character("q"), .character(",")], "esc", "close", in: .settings) {
      $0.page = nil
    },
  ]

  private static func moving(
    _ keys: [Key], _ label: String, _ hint: String, in context: Context = .list,
    change: @escaping @Sendable (inout ChooserState) -> Void
  ) -> ChooserKey {
    ChooserKey(keys, label, hint, in: context) { state in
      change(&state)
      return []
    }
  }
}

extension ChooserState {
  /// What takes the keys now.
  var context: ChooserKey.Context {
    page != nil ? .settings : isFiltering ? .filter : .list
  }

  /// Does what a key stands for.
  public mutating func handle(_ key: Key) -> [ChooserAction] {
    if case .mouse(let event) = key { return handle(event) }
    needsRedraw = true
    message = nil
    if let found = ChooserKey.all.first(where: {
      $0.context == context && $0.keys.contains(key)
    }) {
      return found.perform(&self)
    }
    guard context == .filter else { return [] }
    switch key {
    case .character(let character): edit { $0.insert(String(character)) }
    case .paste(let text): edit { $0.insert(text) }
    default: break
    }
    return []
  }

  mutating func changeSetting(forward: Bool) -> [ChooserAction] {
    guard var page else { return [] }
    page.change(forward: forward)
    (self.page, settings) = (page, page.settings)
    return [.use(settings)]
  }

  /// A click chooses, a second one on the same line starts; the wheel moves.
  public mutating func handle(_ event: MouseEvent) -> [ChooserAction] {
    guard context != .settings else { return [] }
    switch event.action {
    case .scrollDown: move(by: 1)
    case .scrollUp: move(by: -1)
    case .press:
      guard let line = line(at: event) else { return [] }
      needsRedraw = true
      if line == index { return start() }
      index = line
    case .release, .drag: return []
    }
    needsRedraw = true
    return []
  }
}
