import TrainingEvents

/// Why a panel has nothing to show, in one place: what is not there yet, what nobody recorded, and
/// what a network of this kind cannot have.
enum Absence {
  /// The sentence that stands in an empty panel; nil where there is something to draw.
  static func reason(of panel: PanelKind, in state: DashboardState) -> String? {
    switch panel {
    case .loss, .values:
      isSetByHand(state)
        ? "weights set by hand, not trained: there is no loss to follow; 6 shows what it decides"
        : state.history.isEmpty ? noStep(state) : nil
    case .gradientNorm:
      isSetByHand(state)
        ? setByHand
        : state.history.isEmpty
          ? noStep(state)
          : state.history.gradientNorm.hasValues ? nil : "no gradient norm was logged"
    case .gradientThroughTime:
      hasLagCurve(state.gradientByLag?.curves.first) ? nil : noGradientByLag(state)
    case .waterfall:
      state.frames.history(of: GradientByLag.self).entries
        .contains { hasLagCurve($0.frame.curves.first) } ? nil : noGradientByLag(state)
    case .hiddenStates, .unitHealth:
      (state.shownMap?.columns ?? 0) > 0 ? nil : missing("hidden states", state)
    case .unitReading:
      state.passage.map.columns > 0 ? nil : missing("hidden states", state)
    case .positionLoss: positionLoss(state)
    case .samples: state.samples == nil ? missing("samples", state) : nil
    case .run: state.run == nil ? "waiting for a run" : nil
    case .metric:
      state.bestMetric == nil
        ? isOver(state) ? "no validation in this run" : "no validation yet" : nil
    case .updateRatios:
      isSetByHand(state)
        ? setByHand
        : state.frames.history(of: NetworkStatistics.self).isEmpty
          ? missing("update norms", state) : nil
    case .parameters:
      isSetByHand(state)
        ? setByHand
        : state.statistics?.parameters.isEmpty ?? true ? missing("parameter norms", state) : nil
    case .task: state.task == nil ? missing("held-out examples", state) : nil
    case .log, .metrics, .reading, .graph: nil
    }
  }

  private static let setByHand = "weights set by hand, not trained: there is no gradient"

  private static func isSetByHand(_ state: DashboardState) -> Bool {
    state.run?.task == .handBuilt
  }

  private static func isOver(_ state: DashboardState) -> Bool {
    state.trainingState == .finished || state.trainingState == .diverged
  }

  private static func noStep(_ state: DashboardState) -> String {
    isOver(state) ? "no step in this run" : "no step yet"
  }

  private static func missing(_ what: String, _ state: DashboardState) -> String {
    if state.isLog { return "this log holds no \(what)" }
    return isOver(state) ? "no \(what) in this run’s record" : "no \(what) measured yet"
  }

  private static func hasLagCurve(_ curve: LagCurve?) -> Bool { (curve?.norms.count ?? 0) > 1 }

  private static func noGradientByLag(_ state: DashboardState) -> String {
    if isSetByHand(state) { return setByHand }
    // One step has no past; a curve with one point was measured all the same.
    guard state.gradientByLag == nil else {
      return "sequences of one step: a gradient has no time to go back through"
    }
    return missing("gradient by lag", state)
  }

  private static func positionLoss(_ state: DashboardState) -> String? {
    guard let frame = state.hiddenStates else { return missing("loss per step", state) }
    if frame.loss.contains(where: \.isFinite) { return nil }
    switch state.run?.architecture?.shape {
    case .final: return "one output at the sequence’s end: there is no loss at the steps before"
    case .encoderDecoder:
      return "the loss stands at the decoder’s steps, not at those of the source"
    case .vectorToSequence: return "the input is one vector: the loss stands at the output’s steps"
    case .handBuilt: return setByHand
    case .everyStep, .outputRecurrence, .autonomous, nil:
      return "no loss per step: the loss is over whole sequences"
    }
  }
}
