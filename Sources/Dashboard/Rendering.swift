import TerminalGraphics

extension DashboardState {
  /// The whole screen as cells. Any size will do, even none.
  public func render(size: Size, appearance: Appearance) -> CellBuffer {
    var buffer = CellBuffer(size: size)
    let scene = Scene(state: self, appearance: appearance)
    guard !Self.isTooSmall(size) else {
      TooSmallNotice.draw(scene, into: &buffer)
      return buffer
    }
    HeaderBar.draw(scene, into: &buffer)
    ViewTabs.draw(scene, into: &buffer)
    HintBar.draw(scene, into: &buffer)
    let placements = placements(in: size)
    let focused = focused(among: placements)
    draw(placements, focused, scene, into: &buffer)
    if let companion {
      draw(
        companionPlacements(in: size), nil, Scene(state: companion, appearance: appearance),
        into: &buffer)
    }
    switch overlay {
    case .help(let page): HelpOverlay.draw(page, scene, into: &buffer)
    case .alert(let alert): AlertPage.draw(alert, scene, into: &buffer)
    case .quit: QuitDialog.draw(scene, into: &buffer)
    case .leaving: LeavingDialog.draw(scene, into: &buffer)
    case .unsaved(let reason): UnsavedDialog.draw(reason, scene, into: &buffer)
    case .confirm(let question): ConfirmDialog.draw(question, scene, into: &buffer)
    case .hyperparameters(let chosen):
      HyperparametersOverlay.draw(scene, chosen: chosen, into: &buffer)
    case .settings(let page): page.draw(appearance, into: &buffer)
    case nil: break
    }
    Toast.draw(scene, into: &buffer)
    if overlay == nil, let prompt { PromptDrawing.draw(prompt, scene, into: &buffer) }
    return appearance.hasUnicode ? buffer : buffer.spelledInASCII()
  }

  /// The second network as it is looked at: with what is picked in the first one's panels.
  private var companion: DashboardState? {
    companions.first.map { other in
      var other = other
      (other.view, other.heatmap, other.size) = (view, heatmap, size)
      (other.chart, other.graph) = (chart, graph)
      return other
    }
  }

  private func draw(
    _ placements: [PanelPlacement], _ focused: PanelKind?, _ scene: Scene,
    into buffer: inout CellBuffer
  ) {
    let (appearance, state) = (scene.appearance, scene.state)
    for placement in placements {
      let panel = placement.panel.drawing
      var part = CellBuffer(size: placement.rect.size)
      let hasFocus = placement.panel == focused
      // Which of two networks a panel shows stands first.
      let name = state.comparedName.map { StyledText($0 + "  ", scene.theme.accent) }
      let title = title(of: placement.panel, name, width: part.bounds.width - 6, scene)
      Box(isHeavy: hasFocus, style: hasFocus ? scene.theme.focus : scene.theme.border).draw(
        part.bounds, title: placement.panel == .lesson ? panel.title(scene) : title,
        appearance: appearance, into: &part)
      if let reason = panel.absence(in: state) {
        part.note(reason, style: scene.theme.muted)
      } else {
        panel.draw(scene, into: &part)
      }
      buffer.place(part, x: placement.rect.x, y: placement.rect.y)
    }
  }
}

extension DashboardState {
  /// A panel's title, with the step that it shows right behind its name where that is not the newest.
  private func title(
    of kind: PanelKind, _ name: StyledText?, width: Int, _ scene: Scene
  ) -> StyledText {
    let own = kind.drawing.title(scene)
    var title = name ?? StyledText()
    for (index, piece) in own.pieces.enumerated() {
      let room = width - title.width - CharacterWidth.of(piece.text) - 2
      guard index == 0, let step = stepShown(by: kind, room: room) else {
        title.add(piece.text, piece.style, joined: piece.isJoined)
        continue
      }
      // A name that is cut is known still; a number without its step would be false.
      let name = piece.text.cut(to: max(1, width - title.width - CharacterWidth.of(step) - 2))
      title.add(name, piece.style, joined: piece.isJoined)
      title.add("  \(step)", scene.theme.warning)
    }
    return title
  }
}

extension CellBuffer {
  /// Draws something in a box of its own, on the screens beside a run: the heavy one has the keys.
  mutating func placeBox(
    _ rect: Rect, title: StyledText, isHeavy: Bool, _ appearance: Appearance,
    draw: (inout CellBuffer) -> Void
  ) {
    var part = CellBuffer(size: rect.size)
    let theme = appearance.theme
    Box(isHeavy: isHeavy, style: isHeavy ? theme.focus : theme.border).draw(
      part.bounds, title: title, appearance: appearance, into: &part)
    draw(&part)
    place(part, x: rect.x, y: rect.y)
  }
}

/// What a screen shows that is too small for anything else.
enum TooSmallNotice {
  static func draw(
    _ scene: Scene, needed: Size = DashboardState.smallestSize, into buffer: inout CellBuffer
  ) {
    let size = buffer.size
    let lines = [
      "unfold needs \(needed.width)×\(needed.height)",
      "this is \(size.width)×\(size.height)",
    ].flatMap { $0.wrapped(to: size.width) }
    let top = max(0, (size.height - lines.count) / 2)
    for (index, line) in lines.enumerated() where top + index < size.height {
      let x = max(0, (size.width - CharacterWidth.of(line)) / 2)
      buffer.write(line, x: x, y: top + index, style: scene.theme.text)
    }
  }
}
