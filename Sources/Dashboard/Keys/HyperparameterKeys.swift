import TerminalGraphics
import TrainingEvents

extension KeyBindings {
  static let openingHyperparameters: [KeyBinding] = [
    KeyBinding(
      [.character("k")], "k", hint: "hyperparameters", rank: 8,
      "hyperparameters that can change while it trains", .training
    ) { state in
      state.overlay = .hyperparameters(0)
      return []
    },
    KeyBinding([.character("c")], "c", "halve the clip norm", .training) {
      $0.turn(.clipNorm, up: false)
    },
    KeyBinding([.character("C")], "C", "double the clip norm", .training) {
      $0.turn(.clipNorm, up: true)
    },
    KeyBinding(
      [.character("t")], "t", "a higher sampling temperature: less conservative samples", .looking
    ) { state in
      state.setTemperature(state.probe.temperature + 0.1)
      return []
    },
    KeyBinding(
      [.character("T")], "T", "a lower sampling temperature: more conservative, 0 is greedy",
      .looking
    ) { state in
      state.setTemperature(state.probe.temperature - 0.1)
      return []
    },
    KeyBinding([.character("n")], "n", "show the next sequence of the batch", .looking) {
      state in
      state.setSequence(state.probe.sequence + 1)
      return []
    },
    KeyBinding([.character("N")], "N", "show the previous sequence of the batch", .looking) {
      state in
      state.setSequence(state.probe.sequence - 1)
      return []
    },
    KeyBinding(
      [.character("u")], "u", "undo the last change of a hyperparameter; no training is lost",
      .training
    ) { $0.takeBack() },
    KeyBinding(
      [.character("U")], "U", "go back to the last snapshot; asks first", .training
    ) { $0.ask(.undo) },
    KeyBinding(
      [.character("R")], "R",
      "restart: the same run from its first step; asks first. A replay goes back to its beginning",
      .training
    ) { state in
      if state.isViewing, state.isReplaying { return [.replay(.restart)] }
      return state.ask(.restart)
    },
  ]

  static let hyperparameters: [KeyBinding] = [
    hyperparameter([.down, .character("j")], "↓", hint: "choose", as: "↑ ↓", "choose the next") {
      $0.chooseHyperparameter(by: 1)
    },
    hyperparameter([.up, .character("k")], "↑", "choose the previous one") {
      $0.chooseHyperparameter(by: -1)
    },
    hyperparameter(
      [.right, .character("+"), .character("=")], "→ +", hint: "change", as: "← →", "raise it"
    ) {
      $0.turnChosenHyperparameter(up: true)
    },
    hyperparameter([.left, .character("-")], "← −", "lower it") {
      $0.turnChosenHyperparameter(up: false)
    },
    hyperparameter([.enter], "enter", hint: "type", "type a value") {
      $0.typeChosenHyperparameter()
    },
    hyperparameter([.escape, .character("q")], "esc", hint: "close", "close the box") { state in
      state.overlay = nil
      return []
    },
    hyperparameter([.character(" ")], "space", "pause or resume") { $0.togglePause() },
  ]

  static let confirming: [KeyBinding] = [
    KeyBinding(
      [.enter, .character("y")], "enter", hint: "do it", "do it", .confirming, in: .confirm
    ) { $0.confirm() },
    KeyBinding(
      [.escape, .character("n")], "esc", hint: "stay", "change nothing", .confirming,
      in: .confirm
    ) { state in
      state.overlay = nil
      return []
    },
  ]

  private static func hyperparameter(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    _ summary: String, perform: @escaping @Sendable (inout DashboardState) -> [DashboardAction]
  ) -> KeyBinding {
    KeyBinding(
      keys, label, hint: hint, as: hintLabel, summary, .hyperparameters, in: .hyperparameters,
      perform: perform)
  }
}
