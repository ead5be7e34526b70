import TerminalGraphics
import TrainingEvents

/// Everything that can change while training, in a box at the right so that the curves stay in
/// sight.
enum HyperparametersOverlay {
  /// One line of the box.
  enum Line: Sendable, Equatable {
    case hyperparameter(Hyperparameter)
    case temperature
    case sequence
    case smoothing
  }

  static func lines(_ state: DashboardState) -> [Line] {
    // Only language models write samples.
    let sampling: [Line] = state.run?.task == .languageModel ? [.temperature] : []
    return state.hyperparameters.map { Line.hyperparameter($0) } + sampling + [
      .sequence, .smoothing,
    ]
  }

  static func frame(in size: Size, lines: Int) -> Rect {
    let area = DashboardState.area(of: size)
    let width = min(46, area.width - 2)
    let height = min(area.height, lines + 2)
    return Rect(x: area.right - width - 1, y: area.y, width: width, height: height)
  }

  static func draw(_ scene: Scene, chosen: Int, into buffer: inout CellBuffer) {
    let lines = lines(scene.state)
    let rect = frame(in: buffer.size, lines: lines.count)
    Dialog.draw(rect, title: "Hyperparameters", scene: scene, into: &buffer)
    let inner = rect.inset(2, 1)
    let rows = inner.height
    let first = max(0, min(chosen - rows + 1, lines.count - rows))
    for (row, line) in lines.dropFirst(max(0, first)).prefix(max(0, rows)).enumerated() {
      let isChosen = max(0, first) + row == chosen
      let label = text(of: line)
      let value = value(of: line, scene.state)
      let style = isChosen ? scene.theme.chosen : scene.theme.text
      buffer.fill(
        Rect(x: inner.x, y: inner.y + row, width: inner.width, height: 1), with: Cell(" ", style))
      buffer.write(
        (isChosen ? "› " : "  ") + label, x: inner.x, y: inner.y + row, style: style,
        limit: inner.right)
      let cut = value.cut(to: max(0, inner.width - CharacterWidth.of(label) - 4))
      buffer.write(
        cut, x: inner.right - CharacterWidth.of(cut), y: inner.y + row, style: style,
        limit: inner.right)
    }
  }

  static func text(of line: Line) -> String {
    switch line {
    case .hyperparameter(let hyperparameter): hyperparameter.label
    case .temperature: "sampling temperature"
    case .sequence: "sequence shown"
    case .smoothing: "smoothing of the loss"
    }
  }

  static func value(of line: Line, _ state: DashboardState) -> String {
    switch line {
    case .hyperparameter(let hyperparameter): state.text(of: hyperparameter)
    case .temperature: NumberText.brief(state.probe.temperature, 2)
    case .sequence: "\(state.probe.sequence + 1)"
    case .smoothing: NumberText.brief(state.history.smoothing, 3)
    }
  }
}

extension DashboardState {
  /// The line of the hyperparameters box that is chosen; nil when the box is shut.
  var chosenHyperparameter: (index: Int, line: HyperparametersOverlay.Line)? {
    guard case .hyperparameters(let index) = overlay else { return nil }
    let lines = HyperparametersOverlay.lines(self)
    guard lines.indices.contains(index) else { return nil }
    return (index, lines[index])
  }

  mutating func chooseHyperparameter(by distance: Int) -> [DashboardAction] {
    guard let chosen = chosenHyperparameter else { return [] }
    let count = HyperparametersOverlay.lines(self).count
    overlay = .hyperparameters((chosen.index + distance + count) % count)
    return []
  }

  mutating func turnChosenHyperparameter(up: Bool) -> [DashboardAction] {
    switch chosenHyperparameter?.line {
    case .hyperparameter(let hyperparameter): return turn(hyperparameter, up: up)
    case .temperature: setTemperature(probe.temperature + (up ? 0.1 : -0.1))
    case .sequence: setSequence(probe.sequence + (up ? 1 : -1))
    case .smoothing: changeSmoothing(stronger: up)
    case nil: break
    }
    return []
  }

  /// Opens the prompt with the chosen setting, for a value that no key reaches.
  mutating func typeChosenHyperparameter() -> [DashboardAction] {
    guard let line = chosenHyperparameter?.line else { return [] }
    overlay = nil
    switch line {
    case .hyperparameter(let hyperparameter):
      return open(.command, text: "set \(hyperparameter.key)=")
    case .temperature: return open(.command, text: "temperature ")
    case .sequence: return open(.command, text: "sequence ")
    case .smoothing: return open(.command, text: "smooth ")
    }
  }
}
