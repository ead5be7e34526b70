import TerminalGraphics
import TrainingEvents

/// What the network writes by itself just now.
struct SamplesPanel: Panel {
  var name: String { "Samples" }
  var summary: String { "Sequences sampled from the network as it is now." }
  var interests: ProbeRequest.Interests { [.samples] }

  func absence(in state: DashboardState) -> String? {
    state.samples == nil ? Absence.missing("samples", state) : nil
  }

  func title(_ scene: Scene) -> StyledText {
    let text = StyledText("Samples", scene.theme.title)
    guard let samples = scene.state.samples else { return text }
    let weights = scene.state.run?.averagesWeights == true ? "  averaged weights" : ""
    let title = text.adding(
      "  T \(NumberText.brief(samples.temperature, 2))\(weights)", scene.theme.muted)
    guard scene.state.stepShown(by: .samples) == nil else { return title }
    return title.adding("  at step \(NumberText.grouped(samples.step))", scene.theme.muted)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let samples = scene.state.samples else { return }
    let area = buffer.inside
    var y = area.y
    for line in samples.lines {
      for part in line.isEmpty ? [""] : line.wrapped(to: area.width - 2) {
        guard y < area.bottom else { return }
        buffer.write(part, x: area.x + 1, y: y, style: scene.theme.text, limit: area.right)
        y += 1
      }
    }
  }
}

extension PanelKind {
  static let samples = PanelKind(SamplesPanel())
}
