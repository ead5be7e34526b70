import TerminalGraphics

extension KeyBindings {
  static let past: [KeyBinding] = [
    KeyBinding(
      [.character("(")], "(", hint: "rewind, play", as: "( )", rank: 7,
      "rewind: back through the run as it was; ( again stops", .past
    ) { $0.playPast(forward: false) },
    KeyBinding(
      [.character(")")], ")", "play: forward through the run as it was, up to now", .past
    ) { $0.playPast(forward: true) },
    KeyBinding(
      [.character("F")], "F", hint: "now", rank: 3,
      "now: the newest step, in place of the cursor’s", .past
    ) { $0.showNow() },
  ]
}
