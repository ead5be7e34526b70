import TerminalGraphics
import TrainingEvents

/// The first row: what runs, and how far it is.
enum HeaderBar {
  static func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let width = buffer.size.width
    // The name of the run needs some twenty cells; what is left decides how much is said.
    let room = max(width * 11 / 20, width - 40)
    let choices = [
      status(scene, epoch: true), status(scene, epoch: false),
      status(scene, epoch: false, units: 1),
    ]
    let status = choices.first { $0.width <= room } ?? choices[2].fitting(room)
    let start = width - status.width - 1
    status.write(x: start, y: 0, limit: width, into: &buffer)
    name(scene, size: buffer.size).fitting(start - 3).write(
      x: 1, y: 0, limit: start - 1, into: &buffer)
  }

  private static func name(_ scene: Scene, size: Size) -> StyledText {
    let theme = scene.theme
    var text = StyledText("unfold", theme.accent)
    if scene.state.view != .overview, !ViewTabs.isShown(in: size) {
      text.add("  \(scene.state.view.name(ofLog: scene.state.listsMetricsAlone))", theme.accent)
    }
    guard let run = scene.state.run else { return text }
    text.add("  \(run.ownData ?? run.name)", theme.title)
    if run.ownData != nil { text.add(" · \(run.name)", theme.text) }
    // Another program's run may tell neither.
    if !run.network.isEmpty { text.add(" · \(run.network)", theme.text) }
    if run.parameterCount > 0 {
      text.add(" · \(NumberText.grouped(run.parameterCount)) parameters", theme.muted)
    }
    return text
  }

  private static func status(_ scene: Scene, epoch: Bool, units: Int = 2) -> StyledText {
    let state = scene.state
    let theme = scene.theme
    var text = StateText(state).styled(scene)
    if state.isReplaying { text.add("  replay", theme.accent) }
    var steps = "  step \(NumberText.grouped(state.currentStep))"
    if let total = state.run?.totalSteps { steps += " / \(NumberText.grouped(total))" }
    text.add(steps, theme.text)
    // What is set by hand reads no data over and over.
    if epoch, !Absence.isSetByHand(state), let passed = state.history.last?.epoch {
      text.add("  epoch \(NumberText.fixed(passed, 1))", theme.muted)
    }
    if state.trainingState == .training, let left = state.secondsLeft {
      text.add("  \(NumberText.duration(left, units: units)) left", theme.text)
    }
    return text
  }
}
