import TerminalGraphics

/// The last row: keys that work now. Nothing ever covers it but a prompt.
enum HintBar {
  static func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let y = buffer.size.height - 1
    text(bindings(scene.state, width: buffer.size.width), scene).write(
      x: 1, y: y, limit: buffer.size.width, into: &buffer)
  }

  /// The keys that are named in a row of this width, most specific first.
  private static func bindings(_ state: DashboardState, width: Int) -> [KeyBinding] {
    var bindings = KeyBinding.hinted(in: state.contexts)
    bindings.removeAll { !works($0, state) }
    // Where the tabs say it, the hints need not; where a digit begins an answer, they must not.
    if ViewTabs.isShown(in: state.size) || state.contexts.contains(.lessonNumber) {
      bindings.removeAll { $0.group == .views }
    }
    if state.lesson?.asksForChoice != true {
      bindings.removeAll { $0.context == .lesson && $0.keys == [.character("a")] }
    }
    if state.alerts.shown.isEmpty {
      bindings.removeAll { $0.keys == KeyBindings.openingAlert.keys }
    }
    return KeyBinding.fitting(bindings, width: width - 2) { cells(of: $0, state) }
  }

  /// Whether a key does anything in a run that is played, followed or over; what a job cannot do stays
  /// in its place, in the background.
  private static func works(_ binding: KeyBinding, _ state: DashboardState) -> Bool {
    // There is always a way back, and one forward only from somewhere.
    if binding.group == .past, !state.isInPast { return false }
    let isFollowed = state.isViewing && !state.isReplaying
    switch binding.ability {
    case .pause, .step:
      return !isFollowed && (state.isReplaying || state.trainingState != .diverged)
    case .pace: return !isFollowed
    case .snapshot, .set: return state.canTrain && !state.isViewing
    case .read: return !state.isViewing
    case .watch, .run, .undo, .best, .restart, .testRates, .keep, .stop, nil: return true
    }
  }

  /// Cells that a hint takes.
  private static func cells(of binding: KeyBinding, _ state: DashboardState) -> Int {
    let label = binding.hintLabel ?? binding.label
    return CharacterWidth.of(label) + CharacterWidth.of(word(binding.hint ?? "", state)) + 1
  }

  /// The hint under a column.
  static func binding(at x: Int, _ state: DashboardState) -> KeyBinding? {
    var left = 1
    for binding in bindings(state, width: state.size.width) {
      let right = left + cells(of: binding, state)
      if x >= left, x < right { return binding }
      left = right + KeyBinding.hintGap
    }
    return nil
  }

  private static let gap = String(repeating: " ", count: KeyBinding.hintGap)

  private static func text(_ bindings: [KeyBinding], _ scene: Scene) -> StyledText {
    bindings.reduce(into: StyledText()) { text, binding in
      if !text.isEmpty { text.add(gap) }
      // What the run cannot do stays in its place, in the background.
      let isOff = binding.ability.map { scene.state.abilities?.can.contains($0) == false } ?? false
      text.add(
        binding.hintLabel ?? binding.label, isOff ? scene.theme.faint : scene.theme.accent)
      text.add(
        " \(word(binding.hint ?? "", scene.state))",
        isOff ? scene.theme.faint : scene.theme.muted)
    }
  }

  private static func word(_ hint: String, _ state: DashboardState) -> String {
    if hint == "quit", state.leadsBack { return "back to the list" }
    guard hint == "pause" else { return hint }
    return switch state.trainingState {
    case .paused: "resume"
    case .finished where !state.isViewing || state.isReplaying: "replay"
    default: hint
    }
  }
}
