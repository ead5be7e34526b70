import TerminalGraphics
import TrainingEvents

/// How far gradients reach over the whole run: training step × lag, colour by the logarithm of
/// ‖∂L(τ)/∂s(t)‖ against its largest value.
struct WaterfallPanel: TrainingChart {
  var name: String { "Gradient by lag over training" }
  var summary: String { "How far gradients reached back, at every moment of training." }
  var interests: ProbeRequest.Interests { [.gradientByLag] }
  var context: KeyBinding.Context? { .chart }

  func absence(in state: DashboardState) -> String? {
    state.frames.history(of: GradientByLag.self).entries
      .contains { Absence.hasLagCurve($0.frame.curves.first) }
      ? nil : Absence.noGradientByLag(state)
  }

  /// Powers of ten that the colours span.
  private static let decades = 6.0

  var kind: PanelKind { .waterfall }

  func title(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    var text = StyledText("Gradient by lag over training", theme.title)
    text.add("  \(scene.state.run?.stepName ?? "time step")s back ↑", theme.muted)
    text.add("  ‖∂L(τ)/∂s(t)‖ 1e−6 ", theme.muted)
    let shade = Shade(map: theme.sequential, appearance: scene.appearance)
    for level in 0...8 {
      let cell = shade.cell(Double(level) / 8)
      text.add(String(Character(cell.glyph)), cell.style, joined: true)
    }
    text.add(" 1", theme.muted, joined: true)
    text.add("  ╌ 1 % left", theme.muted)
    return text
  }

  func extent(_ scene: Scene, over range: ClosedRange<Double>, columns: Int) -> ValueExtent {
    ValueExtent()
  }

  func frame(_ scene: Scene, size: Size) -> ChartFrame? {
    guard let range = scene.state.chart.range(in: scene.state.history) else { return nil }
    let lags = history(scene).entries.compactMap { $0.frame.curves.first?.norms.count }.max() ?? 0
    guard lags > 1 else { return nil }
    let bounds = Rect(x: 0, y: 0, width: size.width, height: size.height)
    return ChartFrame(in: bounds.inset(1, 1), scale: ValueScale(0, Double(lags)), range: range)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let frame = frame(scene, size: buffer.size) else { return }
    frame.drawAxis(scene.appearance, into: &buffer)
    let frames = history(scene)
    let entries = frames.entries
    let history = scene.state.history
    let places = entries.map {
      history.position(ofStep: $0.step, on: scene.state.chartAxis) ?? .infinity
    }
    let steps = history.steps
    let reach = frames.reach
    var index = 0
    for x in frame.plot.x..<max(frame.plot.x, frame.plot.right) {
      let place = frame.place(ofColumn: x)
      let end = frame.place(ofColumn: x + 1)
      while index + 1 < entries.count, places[index + 1] <= place { index += 1 }
      // A column before the first look inside stays empty, and so does one that nobody looked at.
      let next = index + 1 < entries.count && places[index + 1] <= end ? index + 1 : index
      let position = history.index(of: place, on: scene.state.chartAxis)
      let step = min(steps.step(at: position) ?? 0, steps.last ?? 0)
      guard next < entries.count, places[next] <= end, step - entries[next].step <= reach
      else { continue }
      guard let curve = entries[next].frame.curves.first else { continue }
      drawColumn(curve, x: x, frame: frame, scene: scene, into: &buffer)
    }
    drawCommon(frame, scene, labels: false, into: &buffer)
  }

  private func history(_ scene: Scene) -> FrameHistory<GradientByLag> {
    scene.state.frames.history()
  }

  private func drawColumn(
    _ curve: LagCurve, x: Int, frame: ChartFrame, scene: Scene, into buffer: inout CellBuffer
  ) {
    let shade = Shade(map: scene.theme.sequential, appearance: scene.appearance)
    let highest = Double(curve.norms.filter(\.isFinite).max() ?? 0)
    guard highest > 0 else { return }
    let hundredth = curve.norms.firstIndex { Double($0) < highest / 100 }
    let (lags, height) = (frame.scale.upper, frame.plot.height)
    for row in 0..<height {
      let first = Int(Double(row) / Double(height) * lags)
      let last = max(first, Int(Double(row + 1) / Double(height) * lags) - 1)
      guard first < curve.norms.count else { return }
      let norms = curve.norms[first...min(last, curve.norms.count - 1)]
      let norm = Double(norms.filter(\.isFinite).max() ?? 0)
      let level = norm > 0 ? 1 + Logarithm.base10(norm / highest) / Self.decades : 0
      var cell = shade.cell(level)
      if let hundredth, hundredth >= first, hundredth <= last {
        cell.glyph = scene.appearance.glyph("╌", ascii: "-")
        // The line lies on one level of the colours, which this foreground stands out from.
        cell.style.foreground = scene.theme.chosen.foreground
      }
      buffer[x, frame.plot.bottom - 1 - row] = cell
    }
  }
}

extension PanelKind {
  static let waterfall = PanelKind(WaterfallPanel())
}
