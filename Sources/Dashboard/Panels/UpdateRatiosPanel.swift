import TerminalGraphics
import TrainingEvents

/// ‖update‖ / ‖weights‖ of every parameter over the run, about 1e−3 where learning is healthy.
struct UpdateRatiosPanel: FrameChart {
  var name: String { "Update ÷ weight" }
  var summary: String {
    "Norm of each update divided by the norm of the weights that it changes: about 0.001 is usual, "
      + "\(UpdateVerdict.range)."
  }
  var interests: ProbeRequest.Interests { [.statistics] }
  var context: KeyBinding.Context? { .chart }

  func absence(in state: DashboardState) -> String? {
    Absence.isSetByHand(state)
      ? Absence.setByHand
      : state.frames.history(of: NetworkStatistics.self).isEmpty
        ? Absence.missing("update norms", state) : nil
  }

  /// The usual advice for a healthy ratio.
  static let healthy = 1e-3

  var kind: PanelKind { .updateRatios }
  var isUsuallyLogarithmic: Bool { true }

  func title(_ scene: Scene) -> StyledText {
    let dashes = scene.appearance.hasUnicode ? "╌╌" : "- -"
    return curveNames(
      scene,
      behind: StyledText("Update ÷ weight", scene.theme.title)
        .adding("  \(dashes) usual 1e−3", scene.theme.limit)
        .adding("  \(UpdateVerdict.range)", scene.theme.muted))
  }

  var healthyValue: Double? { Self.healthy }

  func curves(_ scene: Scene) -> [FrameCurve] {
    let frames: FrameHistory<NetworkStatistics> = scene.state.frames.history()
    return (frames.newest?.parameters ?? []).enumerated().map { index, parameter in
      FrameCurve(
        name: parameter.symbol.isEmpty ? String(parameter.name.suffix(6)) : parameter.symbol,
        points: scene.points(of: frames) { frame in
          frame.parameters.indices.contains(index) ? frame.parameters[index].updateRatio : nil
        })
    }
  }
}

extension PanelKind {
  static let updateRatios = PanelKind(UpdateRatiosPanel())
}
