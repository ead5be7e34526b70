import TerminalGraphics
import TrainingEvents

/// What a person set for the pictures of the network as a dynamic system.
struct DynamicsControls: Sendable, Equatable {
  /// What points of a trajectory are coloured by.
  enum Coloring: String, Sendable, CaseIterable {
    case time
    case symbol
  }

  /// The components that are drawn against each other.
  enum Plane: Int, Sendable, CaseIterable {
    case first, second, third

    /// Indices of the component to the right and of the one upwards.
    var axes: (right: Int, up: Int) {
      switch self {
      case .first: (0, 1)
      case .second: (0, 2)
      case .third: (1, 2)
      }
    }
  }

  var coloring = Coloring.time
  var plane = Plane.first

  /// The plane that is drawn of so many components.
  func axes(of count: Int) -> (right: Int, up: Int)? {
    guard count > 1 else { return nil }
    return count > 2 ? plane.axes : (0, 1)
  }
}

extension DashboardState {
  var dynamics: DynamicsFrame? { seen(.dynamics)?.content as? DynamicsFrame }

  /// The position of the trajectory under the heatmap's cursor, which counts from the first column of
  /// the states on screen: both end with the last step.
  var dynamicsCursor: Int? {
    guard let frame = dynamics, let column = heatmap.column, let map = shownMap else { return nil }
    let position = frame.path.count - map.columns + column
    return frame.path.indices.contains(position) ? position : nil
  }

  /// The sentence of a panel that has nothing to show of the system.
  func dynamicsAbsence(_ what: String) -> String? {
    if dynamics != nil { return nil }
    if Absence.isSetByHand(self) {
      return "weights set by hand: unfold analyse tells of its fixed points"
    }
    let graph = run?.architecture
    if graph?.shape == .vectorToSequence {
      return "one vector enters every time step: there is no system s(t+1) = g(s(t), x) with one g"
    }
    if graph?.twoDimensional ?? false {
      return "states run over an image in two dimensions: there is no s(t+1) = g(s(t), x)"
    }
    if graph?.unsharedSteps != nil {
      return "every time step has its own weights: there is no s(t+1) = g(s(t), x) with one g"
    }
    return Absence.missing(what, self)
  }
}

extension KeyBindings {
  static let dynamics: [KeyBinding] = [
    key([.left], "←", hint: "position", as: "← →", rank: 5, "the position before") {
      $0.pickColumn(by: -1)
    },
    key([.right], "→", "the position after") { $0.pickColumn(by: 1) },
    key([.home], "home", "the first position") { state in
      state.heatmap.column = 0
      state.pickColumn(by: 0)
    },
    key([.end], "end", "the last position") { state in
      state.heatmap.column = max(0, (state.shownMap?.columns ?? 1) - 1)
      state.pickColumn(by: 0)
    },
    key(
      [.character("a")], "a", hint: "axes", rank: 7, "draw other principal components"
    ) { state in
      guard (state.dynamics?.shares.count ?? 0) > 2 else {
        return state.show("there is one plane of principal components")
      }
      let next = (state.dynamicsControls.plane.rawValue + 1) % DynamicsControls.Plane.allCases.count
      state.dynamicsControls.plane = DynamicsControls.Plane(rawValue: next) ?? .first
      let axes = state.dynamicsControls.plane.axes
      state.show("principal components \(axes.right + 1) and \(axes.up + 1)")
    },
    key(
      [.character("o")], "o", hint: "colour", rank: 8, "colour the trajectory by time or by symbol"
    ) { state in
      let isTime = state.dynamicsControls.coloring == .time
      state.dynamicsControls.coloring = isTime ? .symbol : .time
      state.show("coloured by \(state.dynamicsControls.coloring.rawValue)")
    },
  ]

  private static func key(
    _ keys: [Key], _ label: String, hint: String? = nil, as hintLabel: String? = nil,
    rank: Int = 8, _ summary: String, change: @escaping @Sendable (inout DashboardState) -> Void
  ) -> KeyBinding {
    .changing(
      keys, label, hint: hint, as: hintLabel, rank: rank, summary, .dynamics, in: .dynamics,
      change: change)
  }
}
