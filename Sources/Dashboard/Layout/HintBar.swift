import TerminalGraphics

/// The last row: keys that work now, or for a few seconds a message.
enum HintBar {
  static func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let y = buffer.size.height - 1
    if let message = scene.state.message {
      let style = style(of: message.severity, scene.theme)
      buffer.write(
        message.text.cut(to: buffer.size.width - 2), x: 1, y: y, style: style)
      return
    }
    var bindings = scene.state.contexts.flatMap { context in
      KeyBindings.all.filter { $0.context == context && $0.hint != nil }
    }
    while text(bindings, scene).width > buffer.size.width - 2,
      let last = bindings.indices.max(by: { bindings[$0].rank < bindings[$1].rank })
    {
      bindings.remove(at: last)
    }
    text(bindings, scene).write(x: 1, y: y, limit: buffer.size.width, into: &buffer)
  }

  private static func text(_ bindings: [KeyBinding], _ scene: Scene) -> StyledText {
    bindings.reduce(into: StyledText()) { text, binding in
      if !text.isEmpty { text.add("   ") }
      text.add(binding.hintLabel ?? binding.label, scene.theme.accent)
      text.add(" \(word(binding.hint ?? "", scene.state))", scene.theme.muted)
    }
  }

  private static func word(_ hint: String, _ state: DashboardState) -> String {
    hint == "pause" && state.trainingState == .paused ? "resume" : hint
  }

  private static func style(of severity: EventLog.Severity, _ theme: Theme) -> Style {
    switch severity {
    case .plain, .stray: theme.text
    case .good: theme.good
    case .warning: theme.warning
    case .bad: theme.bad
    }
  }
}
