import TerminalGraphics

extension KeyBindings {
  static let openingAlert = KeyBinding(
    [.character("!")], "!", hint: "alert", rank: 1,
    "the newest active alert: what was measured, what to do", .looking
  ) { $0.openAlert() }

  static let alert: [KeyBinding] = [
    KeyBinding(
      [.character("b")], "b", hint: "best weights", rank: 1,
      "go back to the weights of the best validation; asks first", .alert, in: .overfitting
    ) { $0.ask(.best) },
    KeyBinding(
      [.character("d"), .delete], "d", hint: "dismiss", rank: 2,
      "dismiss: hide it until it is raised again", .alert, in: .alert
    ) { $0.dismissAlert() },
    KeyBinding(
      [.character("n"), .tab, .right, .down], "n", hint: "next", rank: 4,
      "the next active alert", .alert, in: .alert
    ) { $0.turnAlertPage(by: 1) },
    KeyBinding(
      [.character("N"), .backTab, .left, .up], "N", "the previous alert", .alert, in: .alert
    ) { $0.turnAlertPage(by: -1) },
    KeyBinding([.character("?"), .function(1)], "?", "help on the panel", .alert, in: .alert) {
      $0.openHelp()
    },
    KeyBinding(
      [.escape, .character("q"), .enter], "esc", hint: "close", rank: 1, "close the page", .alert,
      in: .alert
    ) { state in
      state.overlay = nil
      return []
    },
  ]
}
