import TerminalGraphics
import TrainingEvents

/// What training is doing, told by a sign and a word as well as by colour.
struct StateText {
  let state: TrainingState?
  /// Whether weights were set by hand: such a network runs, and nothing trains.
  let isSetByHand: Bool

  init(_ state: DashboardState) {
    self.state = state.trainingState
    isSetByHand = Absence.isSetByHand(state)
  }

  func styled(_ scene: Scene) -> StyledText {
    let sign = scene.appearance.glyph(glyph.unicode, ascii: glyph.ascii)
    return StyledText("\(sign) \(word)", style(scene.theme))
  }

  func style(_ theme: Theme) -> Style {
    switch state {
    case .training, .following: theme.good
    case .paused: theme.warning
    case .finished: theme.accent
    case .diverged: theme.bad
    case .silent, nil: theme.muted
    }
  }

  private var word: String {
    switch state {
    case .silent: "ENDED?"
    case .training where isSetByHand: "RUNNING"
    case let state?: state.rawValue.uppercased()
    case nil: "WAITING"
    }
  }

  private var glyph: (unicode: Unicode.Scalar, ascii: Unicode.Scalar) {
    switch state {
    case .training, .following: ("▶", ">")
    case .paused: ("‖", "=")
    case .finished: ("■", "#")
    case .diverged: ("✗", "x")
    case .silent, nil: ("·", ".")
    }
  }
}
