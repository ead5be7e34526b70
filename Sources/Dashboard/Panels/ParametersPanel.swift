import TerminalGraphics
import TrainingEvents

/// Weights, gradient and update of every parameter, with a word on each update.
struct ParametersPanel: Panel {
  var name: String { "Parameters" }
  var summary: String { "Norms of every parameter, its gradient and its update." }
  var interests: ProbeRequest.Interests { [.statistics] }

  func absence(in state: DashboardState) -> String? {
    Absence.isSetByHand(state)
      ? Absence.setByHand
      : state.statistics?.parameters.isEmpty ?? true
        ? Absence.missing("parameter norms", state) : nil
  }

  func title(_ scene: Scene) -> StyledText {
    var text = StyledText("Parameters", scene.theme.title)
    // In a large network or on a busy machine the numbers may be many steps old.
    if let step = scene.state.statistics?.step, scene.state.stepShown(by: .parameters) == nil {
      text.add("  step \(NumberText.grouped(step))", scene.theme.muted)
    }
    return text.adding("  ratio: update ÷ weight", scene.theme.muted)
      .adding(", \(UpdateVerdict.range)", scene.theme.muted, joined: true)
      .adding("  ‖θ‖ weight norm, ‖∇θ‖ gradient norm", scene.theme.muted)
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let statistics = scene.state.statistics, !statistics.parameters.isEmpty else { return }
    let area = buffer.inside
    let columns = Columns(width: area.width, parameters: statistics.parameters)
    let squares = statistics.parameters.map { $0.gradientNorm * $0.gradientNorm }
    let total = squares.filter(\.isFinite).reduce(0, +)
    var y = area.y
    if area.height >= statistics.parameters.count + 1 || area.height >= 5 {
      columns.head(y: y, x: area.x, scene: scene, into: &buffer)
      y += 1
    }
    let rows = area.bottom - y
    let hidden = statistics.parameters.count - rows
    for (index, parameter) in statistics.parameters.enumerated() {
      guard y < area.bottom else { return }
      if hidden > 0, y == area.bottom - 1 {
        buffer.write(
          "and \(hidden + 1) more: z enlarges", x: area.x + 1, y: y, style: scene.theme.muted,
          limit: area.right)
        return
      }
      columns.row(parameter, index: index, y: y, x: area.x, scene: scene, into: &buffer)
      columns.share(
        total > 0 ? squares[index] / total : 0, index: index, y: y, x: area.x, scene: scene,
        into: &buffer)
      y += 1
    }
    drawWhole(statistics, y: y, scene: scene, into: &buffer)
  }

  /// What is known of the network as a whole, where rows are left.
  private func drawWhole(
    _ statistics: NetworkStatistics, y: Int, scene: Scene, into buffer: inout CellBuffer
  ) {
    let area = buffer.inside
    guard y < area.bottom else { return }
    var parts: [(String, String)] = []
    if let radius = statistics.jacobianRadius {
      parts.append(("spectral radius of ∂s(t+1)/∂s(t)", NumberText.significant(radius, 3)))
    }
    let w = statistics.recurrentSymbol
    if let radius = statistics.spectralRadius {
      parts.append(("ρ(\(w))", NumberText.significant(radius, 3)))
    }
    if let singular = statistics.largestSingularValue {
      parts.append(("σmax(\(w))", NumberText.significant(singular, 3)))
    }
    if let step = statistics.spectrumStep, !parts.isEmpty {
      parts.append(("at step", NumberText.grouped(step)))
    }
    if let slope = statistics.meanSlope {
      parts.append(("mean slope \(statistics.slopeFormula)", NumberText.significant(slope, 2)))
    }
    if let noise = statistics.gradientNoise {
      parts.append(("gradient noise ÷ norm", NumberText.significant(noise, 2)))
    }
    var text = StyledText()
    for (label, value) in parts {
      text.add((text.isEmpty ? "" : "   ") + label + " ", scene.theme.muted)
      text.add(value, scene.theme.text, joined: true)
    }
    text.fitting(area.width - 2).write(x: area.x + 1, y: y, limit: area.right, into: &buffer)
  }
}

extension ParametersPanel {
  /// Which columns a width has room for.
  struct Columns {
    let width: Int
    let symbolWidth: Int
    let nameWidth: Int
    let numberWidth = 9

    init(width: Int, parameters: [NetworkStatistics.Parameter]) {
      self.width = width
      symbolWidth = max(2, parameters.map { CharacterWidth.of($0.symbol) }.max() ?? 2)
      let longest = parameters.map { CharacterWidth.of($0.name) }.max() ?? 0
      let rest = width - symbolWidth - 2 - 3 * numberWidth - 12
      nameWidth = rest >= 10 ? min(longest + 1, rest) : 0
    }

    private var numbersLeft: Int { 1 + symbolWidth + 1 + nameWidth }
    private var hasWeights: Bool { width >= numbersLeft + 3 * numberWidth + 2 }
    private var verdictLeft: Int { numbersLeft + (hasWeights ? 3 : 2) * numberWidth + 2 }

    private var shareLeft: Int? {
      width >= verdictLeft + 9 + 24 ? verdictLeft + 9 : nil
    }

    func head(y: Int, x: Int, scene: Scene, into buffer: inout CellBuffer) {
      let labels = (hasWeights ? ["‖θ‖"] : []) + ["‖∇θ‖", "ratio"]
      for (index, label) in labels.enumerated() {
        buffer.write(
          label.rightAligned(to: numberWidth), x: x + numbersLeft + index * numberWidth, y: y,
          style: scene.theme.muted)
      }
      if let left = shareLeft {
        buffer.write(
          "  share of the squared gradient norm", x: x + left, y: y, style: scene.theme.muted,
          limit: x + width)
      }
    }

    /// Which part of the whole gradient's square a parameter has, as a bar where there is room.
    func share(
      _ share: Double, index: Int, y: Int, x: Int, scene: Scene, into buffer: inout CellBuffer
    ) {
      guard let left = shareLeft else { return }
      let text = NumberText.percent(share).rightAligned(to: 7)
      buffer.write(text, x: x + left, y: y, style: scene.theme.muted)
      Bars.lie(
        share, x: x + left + 8, y: y, width: width - left - 9,
        style: CurveColor.style(index, scene.theme), appearance: scene.appearance,
        into: &buffer)
    }

    func row(
      _ parameter: NetworkStatistics.Parameter, index: Int, y: Int, x: Int, scene: Scene,
      into buffer: inout CellBuffer
    ) {
      let theme = scene.theme
      buffer.write(
        parameter.symbol.cut(to: symbolWidth), x: x + 1, y: y,
        style: CurveColor.style(index, theme))
      if nameWidth > 0 {
        buffer.write(
          parameter.name.cut(to: nameWidth - 1), x: x + 1 + symbolWidth + 1, y: y,
          style: theme.muted)
      }
      let norms = (hasWeights ? [parameter.norm] : []) + [parameter.gradientNorm]
      let numbers =
        norms.map { $0.isFinite ? NumberText.significant($0, 2) : "–" }
        // Weights that are all zero, or none at all, have no ratio.
        + [parameter.updateRatio.isFinite ? NumberText.scientific(parameter.updateRatio) : "–"]
      for (place, number) in numbers.enumerated() {
        buffer.write(
          number.rightAligned(to: numberWidth),
          x: x + numbersLeft + place * numberWidth, y: y, style: theme.text)
      }
      let verdict = UpdateVerdict(parameter.updateRatio)
      let word =
        CharacterWidth.of(verdict.word) < width - verdictLeft
        ? verdict.word : verdict.sign(scene.appearance)
      buffer.write(
        word, x: x + verdictLeft, y: y, style: verdict.style(theme), limit: x + width)
    }
  }
}

/// Whether an update is of a size that learns.
enum UpdateVerdict: Equatable {
  /// Ratios of updates to weights that raise no alert.
  private static let healthy = 1e-5...3e-2
  static let range =
    "healthy \(NumberText.scientific(healthy.lowerBound, 1)) … "
    + "\(NumberText.scientific(healthy.upperBound, 1))"

  case none
  case small
  case usual
  case large

  init(_ ratio: Double) {
    switch ratio {
    case 0: self = .none
    case Self.healthy: self = .usual
    case ..<Self.healthy.lowerBound: self = .small
    case Self.healthy.upperBound...: self = .large
    default: self = .none
    }
  }

  var word: String {
    switch self {
    case .none: "–"
    case .small: "tiny"
    case .usual: "healthy"
    case .large: "large"
    }
  }

  /// The word where there is no room for one.
  func sign(_ appearance: Appearance) -> String {
    switch self {
    case .none: "–"
    case .small: appearance.hasUnicode ? "▽" : "v"
    case .usual: appearance.hasUnicode ? "✓" : "ok"
    case .large: appearance.hasUnicode ? "▲" : "^"
    }
  }

  func style(_ theme: Theme) -> Style {
    switch self {
    case .none: theme.muted
    case .small, .large: theme.warning
    case .usual: theme.good
    }
  }
}

extension PanelKind {
  static let parameters = PanelKind(ParametersPanel())
}
