import TerminalGraphics

extension KeyBindings {
  static let log: [KeyBinding] = [
    scroll([.up], "↑", hint: "scroll", as: "↑ ↓", "older entries") { $0.scroll(by: 1) },
    scroll([.down], "↓", "newer entries") { $0.scroll(by: -1) },
    scroll([.pageUp], "page up", "ten older entries") { $0.scroll(by: 10) },
    scroll([.pageDown], "page down", "ten newer entries") { $0.scroll(by: -10) },
    scroll([.home], "home", "the oldest entry") { $0.scroll(by: .max / 2) },
    scroll([.end], "end", "the newest entry, and those to come") { $0.scrollToNewest() },
  ]

  private static func scroll(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    _ summary: String, change: @escaping @Sendable (inout EventLog) -> Void
  ) -> KeyBinding {
    KeyBinding(keys, label, hint: hint, as: hintLabel, rank: 5, summary, .log, in: .log) { state in
      change(&state.log)
      return []
    }
  }
}
