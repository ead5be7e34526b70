import TerminalGraphics

/// The panels that views are made of.
enum PanelKind: String, Sendable, CaseIterable {
  case loss
  case gradientNorm
  case gradientThroughTime
  case hiddenStates
  case samples
  case run
  case log
}

/// Where a panel stands.
struct PanelPlacement: Sendable, Equatable {
  var panel: PanelKind
  var rect: Rect
}
