import TerminalGraphics
import TrainingEvents

/// Words for panels that have nothing to show: what is not there yet, what nobody recorded, and
/// what a network of this kind cannot have.
enum Absence {
  static let setByHand = "weights set by hand, not trained: there is no gradient"

  static func isSetByHand(_ state: DashboardState) -> Bool {
    state.run?.task == .handBuilt
  }

  static func isOver(_ state: DashboardState) -> Bool {
    state.trainingState == .finished || state.trainingState == .diverged
  }

  static func noStep(_ state: DashboardState) -> String {
    isOver(state) ? "no step in this run" : "no step yet"
  }

  static func missing(_ what: String, _ state: DashboardState) -> String {
    if let step = state.pastStep {
      return "no \(what) recorded at step \(NumberText.grouped(step)) or before"
    }
    if state.isLog { return "this log holds no \(what)" }
    return isOver(state) ? "no \(what) in this run’s record" : "no \(what) measured yet"
  }

  static func hasLagCurve(_ curve: LagCurve?) -> Bool { (curve?.norms.count ?? 0) > 1 }

  static func noGradientByLag(_ state: DashboardState) -> String {
    if isSetByHand(state) { return setByHand }
    // One step has no past; a curve with one point was measured all the same.
    guard state.gradientByLag == nil else {
      return "sequences of one time step: a gradient has no time to go back through"
    }
    return missing("gradient by lag", state)
  }
}
