import TerminalGraphics

extension KeyBindings {
  static let unsaved: [KeyBinding] = [
    answer([.character("r"), .enter], "r enter", hint: "retry", "try again", .saveAgain),
    KeyBinding(
      [.character("e")], "e", hint: "elsewhere", "save in another directory", .unsaved,
      in: .unsaved
    ) { state in
      state.overlay = nil
      return state.open(.place)
    },
    answer([.character("l")], "l", hint: "lose", "leave and lose the steps", .leaveUnsaved),
    answer([.escape, .character("n")], "esc", hint: "stay", "stay", .stay),
  ]

  private static func answer(
    _ keys: [Key], _ label: String, hint: String, _ summary: String, _ action: DashboardAction
  ) -> KeyBinding {
    KeyBinding(keys, label, hint: hint, summary, .unsaved, in: .unsaved) {
      $0.answerUnsaved(action)
    }
  }
}
