import TerminalGraphics
import TrainingEvents

/// What one prediction depends on: the text, each symbol in the colour of the gradient of the
/// prediction's log-probability by it.
struct AttributionPanel: Panel {
  var name: String { "What the prediction depends on" }
  var summary: String {
    "Norm of the gradient of one answer’s log-probability (or of an output number) by every input "
      + "before it; ← and → choose the answer."
  }
  var interests: ProbeRequest.Interests { [.dynamics, .hiddenStates] }
  var context: KeyBinding.Context? { .dynamics }

  func absence(in state: DashboardState) -> String? {
    if let absence = state.dynamicsAbsence("attribution") { return absence }
    guard let frame = state.dynamics else { return nil }
    if frame.attribution.allSatisfy(\.isEmpty) {
      return state.run?.task == .autonomous
        ? "nothing is read: no output depends on an input"
        : "outputs stand at other positions than what is read: nothing is traced back"
    }
    return nil
  }

  /// The answer that is looked at: under the cursor, else the last one.
  private func position(_ scene: Scene, _ frame: DynamicsFrame) -> Int {
    scene.state.dynamicsCursor ?? frame.path.count - 1
  }

  func title(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    var text = StyledText("What the prediction depends on", theme.title)
    guard let frame = scene.state.dynamics else { return text }
    let position = position(scene, frame)
    guard let found = frame.attribution(at: position) else { return text }
    let what =
      switch frame.attributed {
      case .loss: "the loss"
      case .output where found.answer.isEmpty: "the output"
      case .output: "log p(\(ReadableSymbol.text(found.answer)))"
      }
    text = StyledText("What \(what) depends on", theme.title)
    if scene.state.dynamicsControls.multipliesInput {
      text.add(
        found.products.isEmpty ? "  gradient alone" : "  input × gradient, for it and against it",
        theme.muted)
    }
    if let reach = Self.reach(found.norms) {
      text.add("  90 % of the gradient within \(reach) back", theme.text)
    }
    text.add("  at position \(position + 1)", theme.muted)
    return text
  }

  /// Steps back within which nine tenths of all norms lie; nil where all are 0.
  static func reach(_ norms: [Float]) -> Int? {
    let total = norms.reduce(0, +)
    guard total > 0, total.isFinite else { return nil }
    var sum: Float = 0
    for (lag, norm) in norms.reversed().enumerated() {
      sum += norm
      if sum >= 0.9 * total { return lag }
    }
    return norms.count - 1
  }

  func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    guard let frame = scene.state.dynamics else { return }
    let area = buffer.inside
    let position = position(scene, frame)
    guard let found = frame.attribution(at: position) else {
      return buffer.note(
        "measured for the last \(frame.attribution.count) positions: → goes on",
        style: scene.theme.muted)
    }
    let picture = AttributionShades(found.norms, found.products, scene)
    let read = frame.symbols.map(ReadableSymbol.text)
    let separator = Passage.separator(of: frame.symbols)
    let widths = read.map { max(1, CharacterWidth.of($0)) + separator.count }
    // Up to the answer, as much as fits; what comes after it is dim.
    var (first, room) = (min(position, read.count - 1), (area.width - 2) * area.height)
    while first > 0, room - widths[first] > widths[first - 1] {
      room -= widths[first]
      first -= 1
    }
    var (x, y) = (area.x + 1, area.y)
    for index in max(0, first)..<read.count {
      if x + widths[index] > area.right - 1 { (x, y) = (area.x + 1, y + 1) }
      guard y < area.bottom else { return }
      var style = scene.theme.faint
      if found.norms.indices.contains(index) { style = picture.style(at: index) }
      if index == position { style.attributes.insert(.underline) }
      x = buffer.write(read[index], x: x, y: y, style: style, limit: area.right - 1)
      x += separator.count
    }
  }
}

/// The shades of what one answer depends on: gradients from 0 up, or with their inputs on both sides
/// of 0.
private struct AttributionShades {
  private let values: [Float]
  private let lowest: Float
  private let highest: Float
  private let shade: Shade
  private let flat: Style

  init(_ norms: [Float], _ products: [Float], _ scene: Scene) {
    let isSigned = scene.state.dynamicsControls.multipliesInput && !products.isEmpty
    values = isSigned ? products : norms
    highest = values.filter(\.isFinite).map { abs($0) }.max() ?? 0
    lowest = isSigned ? -highest : 0
    shade = Shade(
      map: isSigned ? scene.theme.diverging : scene.theme.sequential,
      appearance: scene.appearance)
    flat = scene.theme.text
  }

  func style(at index: Int) -> Style {
    guard highest > 0, values.indices.contains(index) else { return flat }
    return shade.textStyle(values[index], lowest: lowest, highest: highest)
  }
}

extension PanelKind {
  static let attribution = PanelKind(AttributionPanel())
}
