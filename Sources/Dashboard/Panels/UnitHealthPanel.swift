import TerminalGraphics
import TrainingEvents

/// How the activations of the shown map spread, and which units do no work.
struct UnitHealthPanel: Panel {
  var name: String { "Units" }
  var summary: String { "Shares of units that are saturated or never change." }
  var interests: ProbeRequest.Interests { [.hiddenStates, .statistics] }
  var context: KeyBinding.Context? { .units }

  func absence(in state: DashboardState) -> String? {
    (state.shownMap?.columns ?? 0) > 0 ? nil : Absence.missing("hidden states", state)
  }

  func title(_ scene: Scene) -> StyledText {
    let text = StyledText("Activations", scene.theme.title)
    guard let map = scene.state.shownMap else { return text }
    return text.adding("  \(map.name)", scene.theme.muted)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let map = scene.state.shownMap, map.columns > 0 else { return }
    let lines = words(map, scene)
    let area = buffer.inside
    let shown = min(lines.count, max(1, area.height - 3))
    for (row, line) in lines.prefix(shown).enumerated() {
      line.fitting(area.width - 2).write(
        x: area.x + 1, y: area.y + row, limit: area.right, into: &buffer)
    }
    drawHistogram(map, in: area.cutTop(shown).rest, scene: scene, into: &buffer)
  }

  private func words(_ map: StateMap, _ scene: Scene) -> [StyledText] {
    let theme = scene.theme
    let health = UnitHealth(map)
    let ends = map.lowest < 0 ? "saturated" : "saturated at 0 or 1"
    var lines: [StyledText] = []
    if map.isBounded {
      lines = [
        StyledText("\(ends) ", theme.muted)
          .adding(NumberText.percent(health.saturatedShare), theme.text, joined: true)
          .adding(" of values", theme.muted),
        list("always saturated", health.saturated, theme),
      ]
    }
    lines.append(list("constant", health.dead, theme))
    if let statistics = scene.state.statistics, let slope = statistics.meanSlope, map.lowest < 0 {
      lines.append(
        StyledText("mean slope \(statistics.slopeFormula) ", theme.muted)
          .adding(NumberText.significant(slope, 2), theme.text, joined: true)
          .adding("  at step \(NumberText.grouped(statistics.step))", theme.muted))
    }
    return lines
  }

  private func list(_ label: String, _ units: [Int], _ theme: Theme) -> StyledText {
    guard !units.isEmpty else {
      return StyledText("\(label): ", theme.muted).adding("none", theme.good, joined: true)
    }
    var text = StyledText("\(label): ", theme.muted)
    text.add("\(units.count)", theme.warning, joined: true)
    let names = units.prefix(12).map { "\($0)" }.joined(separator: " ")
    text.add("  \(names)\(units.count > 12 ? " …" : "")", theme.text)
    return text
  }

  private func drawHistogram(
    _ map: StateMap, in area: Rect, scene: Scene, into buffer: inout CellBuffer
  ) {
    guard area.height >= 2, area.width >= 8 else { return }
    let (chart, foot) = area.cutBottom(1)
    let bins = UnitHealth.histogram(of: map, bins: chart.width - 2)
    let most = Double(max(1, bins.max() ?? 1))
    for (index, count) in bins.enumerated() {
      Bars.stand(
        Double(count) / most, x: chart.x + 1 + index, in: chart, style: scene.theme.lag,
        appearance: scene.appearance, into: &buffer)
    }
    let style = scene.theme.muted
    let (low, middle, high) = (map.lowest, (map.lowest + map.highest) / 2, map.highest)
    let labels = [low, middle, high].map { NumberText.brief(Double($0), 2) }
    buffer.write(labels[0], x: foot.x + 1, y: foot.y, style: style)
    buffer.write(
      labels[1], x: foot.x + (foot.width - CharacterWidth.of(labels[1])) / 2, y: foot.y,
      style: style)
    buffer.write(
      labels[2], x: foot.right - 1 - CharacterWidth.of(labels[2]), y: foot.y, style: style)
  }
}

extension PanelKind {
  static let unitHealth = PanelKind(UnitHealthPanel())
}
