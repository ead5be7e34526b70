import TerminalGraphics

extension KeyBindings {
  static let metrics: [KeyBinding] = [
    scroll([.up], "↑", hint: "scroll", as: "↑ ↓", "metrics above", by: -1),
    scroll([.down], "↓", "metrics below", by: 1),
    scroll([.pageUp], "page up", "ten metrics above", by: -10),
    scroll([.pageDown], "page down", "ten metrics below", by: 10),
    scroll([.home], "home", "the first metric", by: .min / 2),
    scroll([.end], "end", "the last metric", by: .max / 2),
    KeyBinding(
      [.character("/")], "/", hint: "filter", rank: 3, "type parts of the names to be shown",
      .metrics, in: .metrics
    ) { state in
      let filter = state.metrics.filter
      return state.open(.metric, text: filter)
    },
    KeyBinding([.backspace], "backspace", "show all metrics again", .metrics, in: .metrics) {
      state in
      state.metrics = MetricsControls()
      return []
    },
  ]

  private static func scroll(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    _ summary: String, by rows: Int
  ) -> KeyBinding {
    KeyBinding(keys, label, hint: hint, as: hintLabel, rank: 5, summary, .metrics, in: .metrics) {
      state in
      state.scrollMetrics(by: rows)
      return []
    }
  }
}
