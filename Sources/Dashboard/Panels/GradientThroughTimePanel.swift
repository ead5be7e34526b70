import TerminalGraphics
import TrainingEvents

/// ‖∂L(τ)/∂s(t)‖ of one late loss term against the lag τ − t, on a logarithmic scale.
struct GradientThroughTimePanel: Panel {
  var name: String { "Gradient through time" }
  var summary: String {
    "Norm of the loss's gradient with respect to hidden states further and further back: how far "
      + "backpropagation through time reaches."
  }
  var interests: ProbeRequest.Interests { [.gradientByLag] }

  func absence(in state: DashboardState) -> String? {
    Absence.hasLagCurve(state.gradientByLag?.curves.first) ? nil : Absence.noGradientByLag(state)
  }

  func title(_ scene: Scene) -> StyledText {
    StyledText("Gradient through time", scene.theme.title)
      .adding("  ‖∂L(τ)/∂s(t)‖", scene.theme.muted)
  }

  /// Which curve is which, where there are several.
  private func legend(_ curves: [LagCurve], _ scene: Scene) -> StyledText {
    let (bar, line) = scene.appearance.hasUnicode ? ("█", "──") : ("#", "--")
    return curves.enumerated().reduce(into: StyledText()) { text, curve in
      let style =
        curve.offset == 0 ? scene.theme.lag : lineStyle(curve.offset - 1, scene.theme)
      let sign = curve.offset == 0 ? bar : line
      text.add("\(text.isEmpty ? "" : "  ")\(sign) \(curve.element.name)", style)
    }
  }

  /// Curves behind the first, which is drawn in bars.
  private func lineStyle(_ index: Int, _ theme: Theme) -> Style {
    let styles = [theme.validation, theme.gradient, theme.smoothed]
    return styles[index % styles.count]
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let curve = scene.state.gradientByLag?.curves.first, curve.norms.count > 1 else { return }
    let isTall = buffer.inside.height >= 10
    let lines = footLines(curve, isTall: isTall, size: buffer.inside.size, scene)
    let (whole, foot) = buffer.inside.cutBottom(lines.count)
    let curves = scene.state.gradientByLag?.curves ?? []
    let isSeveral = curves.count > 1 && whole.height >= 3
    let names =
      isSeveral
      ? legend(curves, scene).lines(of: whole.width - 2, atMost: max(1, whole.height / 3)) : []
    for (row, line) in names.enumerated() {
      line.write(x: whole.x + 1, y: whole.y + row, limit: whole.right, into: &buffer)
    }
    let area = whole.cutTop(names.count).rest
    let frame = ChartFrame(
      in: area, scale: scale(curves), range: 0...Double(curve.norms.count - 1))
    frame.drawAxis(scene.appearance, into: &buffer)
    drawBars(curve, frame: frame, scene: scene, into: &buffer)
    drawOthers(curves.dropFirst(), frame: frame, scene: scene, into: &buffer)
    for (row, line) in lines.enumerated() {
      line.write(x: foot.x + 1, y: foot.y + row, limit: foot.right, into: &buffer)
    }
    drawLags(curve.norms.count - 1, frame: frame, scene: scene, y: foot.bottom, into: &buffer)
  }

  /// What the curve says in words, with the Jacobian's radius beside it or below.
  private func footLines(
    _ curve: LagCurve, isTall: Bool, size: Size, _ scene: Scene
  ) -> [StyledText] {
    let target = scene.state.run?.stepName ?? "time step"
    // Of several curves it speaks of the one in bars, whose sign it has.
    let isOneOfSeveral = (scene.state.gradientByLag?.curves.count ?? 0) > 1
    let sign = isOneOfSeveral ? (scene.appearance.hasUnicode ? "█ " : "# ") : ""
    let reach = GradientReach(curve, scene.state, sign: sign)
    let width = size.width - 1
    var lines =
      isTall
      ? reach.lines(width: width, target: target, theme: scene.theme)
      : [reach.line(width: width, target: target, theme: scene.theme)]
    if let excuse = reach.excuse, size.height >= 6 {
      lines.append(StyledText(excuse, scene.theme.muted).fitting(width))
    }
    if isTall, lines.count == 1 { lines.append(StyledText()) }
    guard let statistics = scene.state.statistics, let radius = statistics.jacobianRadius,
      radius.isFinite
    else { return lines }
    let step = statistics.spectrumStep ?? statistics.step
    // The number may be many steps old: it never stands without its step, nor a symbol without it.
    let (value, when) = GradientReach.jacobian(radius, step: step, theme: scene.theme)
    let jacobian = value.adding(" ", joined: true).appending(when)
    if jacobian.width <= width {
      if let index = lines.indices.first(where: { lines[$0].width + 3 + jacobian.width <= width }) {
        lines[index].add(lines[index].isEmpty ? "" : "   ", scene.theme.muted)
        lines[index] = lines[index].appending(jacobian)
      } else if size.height >= 6 {
        lines.append(jacobian)
      }
    } else if size.height >= 8, max(value.width, when.width) <= width {
      lines += [value, when]
    }
    return lines
  }

  private func scale(_ curves: [LagCurve]) -> ValueScale {
    let norms = curves.flatMap(\.norms).filter { $0.isFinite && $0 > 0 }
    let high = Double(norms.max() ?? .nan)
    let low = Double(norms.min() ?? .nan)
    // Below a millionth of the largest, differences no longer tell a person anything.
    return ValueScale(max(low * 0.7, high * 1e-7), high * 1.2, logarithmic: true)
  }

  private func drawBars(
    _ curve: LagCurve, frame: ChartFrame, scene: Scene, into buffer: inout CellBuffer
  ) {
    let width = frame.plot.width
    for column in 0..<width {
      // Several lags may share a column, or one lag several columns.
      let first = column * curve.norms.count / width
      let last = max(first, (column + 1) * curve.norms.count / width - 1)
      guard let norm = curve.norms[first...last].filter(\.isFinite).max() else { continue }
      Bars.stand(
        frame.scale.fraction(of: Double(norm)), x: frame.plot.x + column, in: frame.plot,
        style: scene.theme.lag, appearance: scene.appearance, into: &buffer)
    }
  }

  private func drawOthers(
    _ curves: ArraySlice<LagCurve>, frame: ChartFrame, scene: Scene, into buffer: inout CellBuffer
  ) {
    for (index, curve) in curves.enumerated() where curve.norms.count > 1 {
      var canvas = frame.canvas(scene.appearance)
      let line = (0..<canvas.width).map { x in
        let norm = curve.norms[x * curve.norms.count / canvas.width]
        return SeriesSummary(
          minimum: norm, maximum: norm, mean: norm, count: norm > 0 ? 1 : 0, samples: 1)
      }
      frame.line(line, style: lineStyle(index, scene.theme), on: &canvas)
      canvas.draw(into: &buffer, x: frame.plot.x, y: frame.plot.y)
    }
  }

  private func drawLags(
    _ last: Int, frame: ChartFrame, scene: Scene, y: Int, into buffer: inout CellBuffer
  ) {
    let style = scene.theme.muted
    let plot = frame.plot
    let end = " \(last)"
    let unit = " \(scene.state.run?.stepName ?? "time step")s back "
    let choices = [end + unit, end + " back ", end + " "]
    let text = choices.first { CharacterWidth.of($0) + 5 <= plot.width } ?? choices[2]
    buffer.write(" 0 ", x: plot.x, y: y, style: style, limit: plot.right)
    buffer.write(
      text, x: max(plot.x + 3, plot.right - CharacterWidth.of(text)), y: y, style: style,
      limit: plot.right)
  }
}

extension PanelKind {
  static let gradientThroughTime = PanelKind(GradientThroughTimePanel())
}
