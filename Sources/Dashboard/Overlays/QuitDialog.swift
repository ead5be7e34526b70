import TerminalGraphics

/// Asks before steps are lost.
enum QuitDialog {
  static func draw(_ scene: Scene, into buffer: inout CellBuffer) {
    let steps = scene.state.unsavedSteps
    // A snapshot may arrive while this asks.
    let lines = [
      steps == 0
        ? "All training is in a snapshot by now."
        : "\(NumberText.grouped(steps)) \(steps == 1 ? "step is" : "steps are") in no snapshot yet."
    ]
    Dialog.ask("Quit?", lines, width: 46, keys: .quitDialog, scene: scene, into: &buffer)
  }
}

/// A framed space over the view.
enum Dialog {
  /// Lines of words, and below them the keys that answer, each with what it does.
  /// - Parameter keys: where the keys of the table work that are the answers
  static func ask(
    _ title: String, _ lines: [String], width: Int, keys: KeyBinding.Context, scene: Scene,
    into buffer: inout CellBuffer
  ) {
    ask(
      title, lines, width: width, choices: KeyBindings.all.filter { $0.context == keys },
      scene: scene, into: &buffer)
  }

  /// The same with chosen keys of the table.
  static func ask(
    _ title: String, _ lines: [String], width: Int, choices: [KeyBinding], scene: Scene,
    into buffer: inout CellBuffer
  ) {
    let rect = buffer.bounds.centred(width: width, height: lines.count + choices.count + 3)
    draw(rect, title: title, scene: scene, into: &buffer)
    let inner = rect.inset(2, 1)
    for (index, line) in lines.enumerated() {
      buffer.write(
        line, x: inner.x, y: inner.y + index, style: scene.theme.text, limit: inner.right)
    }
    for (index, choice) in choices.enumerated() {
      let y = inner.y + lines.count + 1 + index
      guard y < inner.bottom else { return }
      buffer.write(choice.label, x: inner.x, y: y, style: scene.theme.accent)
      buffer.write(
        choice.summary, x: inner.x + 10, y: y, style: scene.theme.text, limit: inner.right)
    }
  }

  static func draw(_ rect: Rect, title: String, scene: Scene, into buffer: inout CellBuffer) {
    draw(rect, title: title, appearance: scene.appearance, into: &buffer)
  }

  static func draw(
    _ rect: Rect, title: String, appearance: Appearance, into buffer: inout CellBuffer
  ) {
    buffer.fill(rect, with: .blank)
    Box(isHeavy: true, style: appearance.theme.focus).draw(
      rect, title: StyledText(title, appearance.theme.title), appearance: appearance,
      into: &buffer)
  }
}
