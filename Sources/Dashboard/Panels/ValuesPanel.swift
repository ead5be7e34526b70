import TerminalGraphics
import TrainingEvents

/// Every curve's value at the cursor and now, as a table.
struct ValuesPanel: Panel {
  var name: String { "Values" }
  var summary: String { "The numbers at the newest step, or under the cursor." }
  var context: KeyBinding.Context? { .chart }

  func absence(in state: DashboardState) -> String? {
    Absence.isSetByHand(state)
      ? "weights set by hand, not trained: there is no loss to follow; 6 shows what it decides"
      : state.history.isEmpty ? Absence.noStep(state) : nil
  }

  func title(_ scene: Scene) -> StyledText {
    guard let values = scene.state.cursorValues else {
      return StyledText("Values", scene.theme.title)
        .adding("  ← → reads the curves", scene.theme.muted)
    }
    return StyledText("At step \(NumberText.grouped(values.step))", scene.theme.title)
  }

  private struct Row {
    var label: String
    var style: Style
    var read: (CursorValues) -> String
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let history = scene.state.history
    guard let last = history.steps.last, let now = CursorValues(history, at: last) else { return }
    let area = buffer.inside
    let cursor = scene.state.cursorValues
    let valueWidth = 11
    let isWide = area.width >= 36 && cursor != nil
    var y = area.y
    if isWide {
      buffer.write(
        "cursor".rightAligned(to: valueWidth), x: area.right - 2 * valueWidth - 2, y: y,
        style: scene.theme.muted)
      buffer.write(
        "now".rightAligned(to: valueWidth), x: area.right - valueWidth - 1, y: y,
        style: scene.theme.muted)
      y += 1
    }
    let room = area.width - 2 - (isWide ? 2 : 1) * (valueWidth + 1)
    for row in rows(scene, isNarrow: room < CharacterWidth.of("gradient norm")) {
      guard y < area.bottom else { return }
      buffer.write(row.label.cut(to: room), x: area.x + 1, y: y, style: row.style)
      let values = isWide ? [cursor, now].compactMap { $0 } : [cursor ?? now]
      for (index, value) in values.reversed().enumerated() {
        let x = area.right - 1 - valueWidth - index * (valueWidth + 1)
        buffer.write(
          row.read(value).rightAligned(to: valueWidth), x: x, y: y, style: scene.theme.text)
      }
      y += 1
    }
    drawBest(scene, y: y + 1, into: &buffer)
  }

  private func rows(_ scene: Scene, isNarrow: Bool) -> [Row] {
    let (theme, run) = (scene.theme, scene.state.run)
    var rows = [
      Row(label: "·· train", style: theme.raw) { LossText.plain($0.loss, run) },
      Row(label: "── smoothed", style: theme.smoothed) { LossText.plain($0.smoothed, run) },
      Row(label: isNarrow ? "◆ valid" : "◆ validation", style: theme.validation) { values in
        values.validation.map { LossText.plain($0.loss, run) } ?? "–"
      },
    ]
    if let metric = run?.metric {
      rows.append(
        Row(label: "◆ \(MetricText.name(metric, run))", style: theme.validation) { values in
          values.validation?.metric.map { MetricText.value($0, metric) } ?? "–"
        })
    }
    rows += [
      Row(label: isNarrow ? "gradient" : "gradient norm", style: theme.gradient) {
        $0.gradientNorm.map { NumberText.significant($0, 3) } ?? "–"
      },
      Row(label: isNarrow ? "rate" : "learning rate", style: theme.muted) {
        $0.learningRate.map { NumberText.brief($0, 3) } ?? "–"
      },
      Row(label: "epoch", style: theme.muted) {
        $0.epoch.map { NumberText.fixed($0, 2) } ?? "–"
      },
      Row(label: "time", style: theme.muted) {
        $0.elapsed.map { NumberText.duration($0) } ?? "–"
      },
    ]
    for comparison in scene.state.shownComparisons {
      rows.append(
        Row(label: "╌╌ \(comparison.name)", style: theme.muted) { values in
          guard let last = comparison.history.steps.last, values.step <= last,
            let other = CursorValues(comparison.history, at: values.step)
          else { return "–" }
          return LossText.plain(other.smoothed, run)
        })
    }
    return rows
  }

  private func drawBest(_ scene: Scene, y: Int, into buffer: inout CellBuffer) {
    let area = buffer.inside
    guard let best = scene.state.history.best else { return }
    let lines = [
      StyledText("best ", scene.theme.muted)
        .adding(
          area.width < 30
            ? LossText.plain(best.loss, scene.state.run)
            : LossText.value(best.loss, scene.state.run),
          scene.theme.validation, joined: true),
      StyledText("     at step \(NumberText.grouped(best.step))", scene.theme.muted),
      StyledText(
        "smoothing \(NumberText.brief(scene.state.history.smoothing, 3))", scene.theme.muted),
    ]
    for (index, line) in lines.enumerated() where y + index < area.bottom {
      line.fitting(area.width - 2).write(
        x: area.x + 1, y: y + index, limit: area.right, into: &buffer)
    }
  }
}

extension PanelKind {
  static let values = PanelKind(ValuesPanel())
}
