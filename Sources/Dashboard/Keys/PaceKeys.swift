import TerminalGraphics
import TrainingEvents

extension KeyBindings {
  static let pace: [KeyBinding] = [
    KeyBinding(
      [.character("[")], "[", hint: "pace", as: "[ ]", rank: 9,
      "slower: fewer steps a second; results stay the same", .training
    ) { $0.changePace(faster: false) },
    KeyBinding(
      [.character("]")], "]", "faster, up to full speed", .training
    ) { $0.changePace(faster: true) },
  ]
}

extension DashboardState {
  /// Steps a second that the keys go through; beyond the last there is no limit.
  static let paces: [Double] = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

  mutating func changePace(faster: Bool) -> [DashboardAction] {
    guard !isViewing, !isReplaying else { return [.changeSpeed(faster: faster)] }
    guard trainingState != .finished, trainingState != .diverged else {
      return train(.pace(pace))
    }
    if faster {
      guard let now = pace else {
        show("training runs at full speed already")
        return []
      }
      pace = Self.paces.first { $0 > now * 1.001 }
    } else {
      let now = pace ?? rates.stepsPerSecond ?? .infinity
      pace = Self.paces.last { $0 < now * 0.999 } ?? Self.paces[0]
    }
    show(
      pace.map { "at most \(NumberText.brief($0, 3)) steps a second · ]: faster" }
        ?? "full speed · [: slower")
    return [.send(.pace(pace))]
  }
}
