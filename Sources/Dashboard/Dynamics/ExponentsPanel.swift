import TerminalGraphics
import TrainingEvents

/// Lyapunov exponents in words with the reach that they imply, beside the one that was measured, and
/// the fixed points one by one.
struct ExponentsPanel: Panel {
  var name: String { "Exponents and fixed points" }
  var summary: String {
    "Lyapunov exponents: how fast small differences between states grow or fade; and the states that "
      + "one input, staying the same, leaves where they are."
  }
  var interests: ProbeRequest.Interests { [.dynamics, .gradientByLag] }
  var context: KeyBinding.Context? { .dynamics }

  func absence(in state: DashboardState) -> String? { state.dynamicsAbsence("exponents") }

  func title(_ scene: Scene) -> StyledText {
    StyledText("Exponents and fixed points", scene.theme.title)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let frame = scene.state.dynamics else { return }
    let area = buffer.inside
    let width = area.width - 2
    var lines = (exponents(frame, scene) + head(frame, scene)).flatMap {
      $0.lines(of: width, atMost: 3)
    }
    let points = (frame.fixedPoints?.points ?? []).enumerated().map { index, point in
      line(point, isPicked: index == scene.state.pickedFixedPoint, scene).lines(
        of: width, atMost: 3)
    }
    // The one that is looked at is always among those that find room.
    var first = 0
    if let picked = scene.state.pickedFixedPoint {
      let room = area.height - lines.count
      while first < picked, points[first...picked].joined().count > room { first += 1 }
    }
    lines += points.dropFirst(first).joined()
    for (row, line) in lines.prefix(area.height).enumerated() {
      line.write(x: area.x + 1, y: area.y + row, limit: area.right - 1, into: &buffer)
    }
  }

  private func exponents(_ frame: DynamicsFrame, _ scene: Scene) -> [StyledText] {
    let theme = scene.theme
    let step = scene.state.run?.stepName ?? "time step"
    guard let first = frame.lyapunov.first else {
      return [StyledText("λ₁ –", theme.text).adding("  nothing was measured", theme.muted)]
    }
    var line = StyledText(scene.appearance.hasUnicode ? "λ₁ " : "exponent ", theme.muted)
    // An exponent below all bounds is no number to be shown.
    guard first.isFinite else {
      return [StyledText("differences are gone after one \(step)", theme.text)]
    }
    line.add("\(first > 0 ? "+" : "")\(NumberText.significant(first, 2))", theme.text, joined: true)
    line.add(" nats a \(step)", theme.muted)
    let others = frame.lyapunov.dropFirst().prefix(3)
    if !others.isEmpty {
      let words = others.map { $0.isFinite ? NumberText.significant($0, 2) : "gone at once" }
      line.add("  then \(words.joined(separator: ", "))", theme.muted)
    }
    return [line, meaning(first, step, scene)]
  }

  /// Exponents nearer to 0 than this say that differences stay.
  private static let still = 0.005

  private func meaning(_ first: Double, _ step: String, _ scene: Scene) -> StyledText {
    let theme = scene.theme
    guard abs(first) >= Self.still else {
      return StyledText("differences neither grow nor fade", theme.text)
    }
    guard first < 0 else {
      return StyledText("differences grow", theme.warning)
        .adding("  ×e every \(NumberText.significant(1 / first, 2)) \(step)s", theme.text)
    }
    // ln 100
    let implied = 4.60517 / -first
    var text = StyledText("differences fade", theme.text)
      .adding("  1 % left after \(NumberText.significant(implied, 2)) \(step)s", theme.text)
    let measured = scene.state.gradientByLag?.curves.first.flatMap { LagFit($0.norms).hundredthAt }
    text.add("  gradients, measured: after \(measured.map { "\($0)" } ?? "–")", theme.muted)
    return text
  }

  /// How many points of which kind, and of what.
  private func head(_ frame: DynamicsFrame, _ scene: Scene) -> [StyledText] {
    let theme = scene.theme
    var lines: [StyledText] = []
    if let found = frame.fixedPoints {
      var head = StyledText(Self.words(found.points), theme.title)
      if !found.input.isEmpty {
        head.add("  under \(ReadableSymbol.text(found.input))", theme.muted)
      }
      head.add("  at step \(NumberText.grouped(found.step))", theme.muted)
      lines.append(head)
    } else {
      // Nobody looks on once a run is over, or where it is only read.
      let isOver =
        scene.state.isViewing || scene.state.trainingState == .finished
        || !frame.searchesFixedPoints
      lines.append(
        StyledText(isOver ? "fixed points  –" : "fixed points: being looked for", theme.muted))
    }
    if let seconds = frame.secondsLeft {
      let words = "next search ends in about \(NumberText.duration(max(1, seconds)))"
      lines.insert(StyledText(words, theme.muted), at: min(1, lines.count))
    }
    return lines
  }

  private func line(
    _ point: DynamicsFrame.FixedPoint, isPicked: Bool, _ scene: Scene
  ) -> StyledText {
    let (mark, theme) = (FixedPointMark.cell(point.kind, scene), scene.theme)
    var line = StyledText("\(Character(mark.glyph)) ", isPicked ? theme.chosen : mark.style)
    line.add(
      point.kind.isEmpty ? "–" : point.kind, isPicked ? theme.chosen : theme.text, joined: true)
    if let unstable = point.unstable, unstable > 0 {
      line.add("  \(unstable) unstable", theme.muted)
    }
    line.add("  |λ| \(point.modulus.map { NumberText.significant($0, 3) } ?? "–")", theme.muted)
    if let period = point.period {
      line.add("  period \(NumberText.significant(period, 3))", theme.muted)
    }
    if isPicked, !point.slow.isEmpty {
      let values = point.slow.map { NumberText.significant($0.eigenvalue, 3) }
      line.add("  slow λ \(values.joined(separator: ", "))", theme.muted)
    }
    return line
  }

  /// Such as `8 stable points, 6 saddles`.
  static func words(_ points: [DynamicsFrame.FixedPoint]) -> String {
    guard !points.isEmpty else { return "no fixed point found" }
    let names = [
      ("stable", "stable point"), ("neutral", "neutral point"), ("saddle", "saddle"),
      ("repeller", "repeller"), ("", "other point"),
    ]
    return names.compactMap { kind, name in
      let count = points.count { $0.kind == kind }
      return count == 0 ? nil : "\(count) \(name)\(count == 1 ? "" : "s")"
    }.joined(separator: ", ")
  }
}

extension PanelKind {
  static let exponents = PanelKind(ExponentsPanel())
}
