import TerminalGraphics
import TrainingEvents

/// The mean ‖s(t)‖ of every layer over the run.
struct StateNormsPanel: FrameChart {
  var name: String { "State norms" }
  var summary: String {
    "Mean norm of every layer's hidden states over training: states that grow or fade away."
  }
  var interests: ProbeRequest.Interests { [.stateNorms] }
  var context: KeyBinding.Context? { .chart }
  var kind: PanelKind { .stateNorms }

  func absence(in state: DashboardState) -> String? {
    let frames: FrameHistory<StateNorms> = state.frames.history()
    return frames.newest?.layers.contains { $0.norm > 0 } ?? false
      ? nil : Absence.missing("state norms", state)
  }

  func title(_ scene: Scene) -> StyledText {
    let title = StyledText("State norms", scene.theme.title)
    return curveNames(scene, behind: title.adding("  mean ‖s(t)‖", scene.theme.muted))
  }

  func curves(_ scene: Scene) -> [FrameCurve] {
    let frames: FrameHistory<StateNorms> = scene.state.frames.history()
    let layers = frames.newest?.layers ?? []
    let names = DirectedLayers(layers.map(\.name))
    return layers.enumerated().map { index, layer in
      FrameCurve(
        name: names.shown(layer.name),
        points: scene.points(of: frames) { frame in
          frame.layers.indices.contains(index) ? frame.layers[index].norm : nil
        })
    }
  }
}

/// Names of a network's layers, in which an arrow tells the direction that each reads in; names of a
/// network with one direction stay as they are.
struct DirectedLayers {
  private static let reversed = " backward"
  private let all: Set<String>

  init(_ names: [String]) { all = Set(names) }

  func shown(_ name: String) -> String {
    if name.hasSuffix(Self.reversed) { return name.dropLast(Self.reversed.count) + " ←" }
    return all.contains(name + Self.reversed) ? name + " →" : name
  }
}

extension PanelKind {
  static let stateNorms = PanelKind(StateNormsPanel())
}
