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
    if state.typedReading != nil { return nil }
    if let absence = state.dynamicsAbsence("attribution") { return absence }
    guard let frame = state.dynamics else { return nil }
    if frame.attribution.allSatisfy(\.isEmpty) {
      return state.run?.task == .autonomous
        ? "nothing is read: no output depends on an input"
        : "outputs stand at other positions than what is read: nothing is traced back"
    }
    return nil
  }

  /// A sequence, and the answer in it that is looked at.
  private struct Shown {
    var symbols: [String]
    var position: Int
    typealias Found = (answer: String, norms: [Float], products: [Float])
    var found: Found?
    var attributed = DynamicsFrame.Attributed.output
    /// Positions whose answers are traced back.
    var measured: Int
    var isTyped = false
  }

  /// What was typed; else the answer under the cursor, or the last one.
  private func shown(_ state: DashboardState) -> Shown? {
    if let reading = state.typedReading {
      let (symbols, position) = (reading.states.symbols, state.typedPosition)
      return Shown(
        symbols: symbols, position: position,
        found: reading.attributed.at(position, of: symbols.count),
        measured: reading.attributed.norms.count, isTyped: true)
    }
    guard let frame = state.dynamics else { return nil }
    let position = state.dynamicsCursor ?? frame.path.count - 1
    return Shown(
      symbols: frame.symbols, position: position, found: frame.attribution(at: position),
      attributed: frame.attributed, measured: frame.attribution.count)
  }

  func title(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    guard let shown = shown(scene.state), let found = shown.found else {
      return StyledText("What the prediction depends on", theme.title)
    }
    var text = heading(shown, found, scene)
    let at = shown.isTyped ? "" : "at "
    text.add("  \(at)position \(shown.position + 1)", theme.muted)
    if shown.isTyped, let step = scene.state.reading?.states.step {
      text.add("  read at step \(NumberText.grouped(step))", theme.muted)
    }
    return text
  }

  /// What is traced back and how far it reaches.
  private func heading(_ shown: Shown, _ found: Shown.Found, _ scene: Scene) -> StyledText {
    let theme = scene.theme
    let what =
      switch shown.attributed {
      case .loss: "the loss"
      case .output where found.answer.isEmpty: "the output"
      case .output: "log p(\(ReadableSymbol.text(found.answer)))"
      }
    var text = StyledText(
      shown.isTyped ? "Your text: \(what)" : "What \(what) depends on", theme.title)
    if scene.state.dynamicsControls.multipliesInput {
      text.add(
        found.products.isEmpty ? "  gradient alone" : "  input × gradient, for it and against it",
        theme.muted)
    }
    if let reach = Self.reach(found.norms) {
      text.add("  " + reachWords(reach), theme.text)
    }
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
    guard let shown = shown(scene.state) else { return }
    let (area, position) = (buffer.inside, shown.position)
    guard let found = shown.found else {
      return buffer.note(
        "measured for the last \(shown.measured) positions: → goes on", style: scene.theme.muted)
    }
    let picture = AttributionShades(found.norms, found.products, scene)
    let read = shown.symbols.map(ReadableSymbol.text)
    let separator = Passage.separator(of: shown.symbols)
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
    // What a narrow title has no room for stands under the text.
    guard y + 1 < area.bottom, heading(shown, found, scene).width > area.width - 4,
      let reach = Self.reach(found.norms)
    else { return }
    StyledText(reachWords(reach), scene.theme.text)
      .write(x: area.x + 1, y: area.bottom - 1, limit: area.right - 1, into: &buffer)
  }

  private func reachWords(_ reach: Int) -> String { "90 % of the gradient within \(reach) back" }
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
