import TerminalGraphics
import TrainingEvents

extension KeyBindings {
  static let openingPages: [KeyBinding] = [
    KeyBinding([.character(",")], ",", "settings: theme, drawing, mouse, bell, views", .program) {
      state in
      state.overlay = .settings(SettingsPage(settings: state.settings))
      return []
    },
    KeyBinding(
      [.character("P")], "P", "choose another preset; asks first when steps would be lost",
      .program
    ) { $0.askToChoose() },
  ]

  static let settings: [KeyBinding] = [
    page([.down, .character("j")], "↓", hint: "choose", as: "↑ ↓", "the next setting") {
      $0.chooseSetting(by: 1)
    },
    page([.up, .character("k")], "↑", "the previous setting") { $0.chooseSetting(by: -1) },
    page(
      [.right, .enter, .character(" ")], "→ enter", hint: "change", as: "← →", "the next choice"
    ) { $0.changeSetting(forward: true) },
    page([.left], "←", "the previous choice") { $0.changeSetting(forward: false) },
    page([.escape, .character("q"), .character(",")], "esc", hint: "close", "close the page") {
      state in
      state.overlay = nil
      return []
    },
  ]

  private static func page(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    _ summary: String, perform: @escaping @Sendable (inout DashboardState) -> [DashboardAction]
  ) -> KeyBinding {
    KeyBinding(
      keys, label, hint: hint, as: hintLabel, summary, .settings, in: .settings, perform: perform)
  }
}

extension DashboardState {
  /// Leaves this run for the chooser; asks before steps are lost.
  mutating func askToChoose() -> [DashboardAction] {
    guard lesson == nil, !isViewing, unsavedSteps > 0, trainingState != .diverged else {
      return [.choosePreset]
    }
    overlay = .confirm(.choosePreset)
    return []
  }
}
