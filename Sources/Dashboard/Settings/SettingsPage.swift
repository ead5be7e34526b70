import TerminalGraphics
import TrainingEvents

/// The page where settings are changed. What is chosen is used at once, so that it is seen.
struct SettingsPage: Sendable, Equatable {
  enum Row: Int, Sendable, CaseIterable {
    case theme
    case drawing
    case mouse
    case progress
    case bell
    case view
    case smoothing
    case hangUp

    var label: String {
      switch self {
      case .theme: "theme"
      case .drawing: "curves are made of"
      case .mouse: "mouse"
      case .progress: "progress on the terminal's tab"
      case .bell: "bell on an alert and at the end"
      case .view: "a run opens with"
      case .smoothing: "smoothing of the loss"
      case .hangUp: "if the terminal is lost"
      }
    }
  }

  var settings: DashboardSettings
  var row = Row.theme

  mutating func choose(by distance: Int) {
    let count = Row.allCases.count
    row = Row.allCases[((row.rawValue + distance) % count + count) % count]
  }

  /// Takes the next or the last of the choices of a row.
  mutating func change(forward: Bool) {
    switch row {
    case .theme:
      settings.theme = next(settings.theme, in: Theme.all.map(\.name), forward)
    case .drawing:
      let all: [Appearance.Drawing?] = [nil] + Appearance.Drawing.allCases
      settings.drawing = next(settings.drawing, in: all, forward)
    case .mouse: settings.usesMouse.toggle()
    case .progress: settings.showsProgress.toggle()
    case .bell: settings.rings.toggle()
    case .view: settings.view = next(settings.view, in: ViewKind.allCases, forward)
    case .smoothing:
      settings.smoothing = ChartControls.smoothing(after: settings.smoothing, stronger: forward)
    case .hangUp: settings.onHangUp = next(settings.onHangUp, in: HangUpAction.allCases, forward)
    }
  }

  private func next<Value: Equatable>(_ value: Value, in all: [Value], _ forward: Bool) -> Value {
    let index = all.firstIndex(of: value) ?? 0
    return all[(index + (forward ? 1 : all.count - 1)) % all.count]
  }

  private func value(of row: Row) -> String {
    switch row {
    case .theme: settings.theme
    case .drawing: settings.drawing?.rawValue ?? "automatic"
    case .mouse: settings.usesMouse ? "on" : "off"
    case .progress: settings.showsProgress ? "on" : "off"
    case .bell: settings.rings ? "on" : "off"
    case .view: settings.view.word
    case .smoothing: NumberText.brief(settings.smoothing, 3)
    case .hangUp: settings.onHangUp == .save ? "save and end" : "train on"
    }
  }

  func draw(_ appearance: Appearance, into buffer: inout CellBuffer) {
    let theme = appearance.theme
    let rect = buffer.bounds.centred(width: 54, height: Row.allCases.count + 8)
    Dialog.draw(rect, title: "Settings", appearance: appearance, into: &buffer)
    let inner = rect.inset(2, 1)
    for row in Row.allCases where row.rawValue < inner.height {
      let y = inner.y + row.rawValue
      let style = row == self.row ? theme.chosen : theme.text
      buffer.fill(Rect(x: inner.x, y: y, width: inner.width, height: 1), with: Cell(" ", style))
      buffer.write(
        (row == self.row ? "› " : "  ") + row.label, x: inner.x, y: y, style: style,
        limit: inner.right)
      let value = "‹ \(value(of: row)) ›"
      buffer.write(
        value, x: inner.right - CharacterWidth.of(value) - 1, y: y, style: style,
        limit: inner.right)
    }
    drawSample(
      appearance, in: inner.cutTop(Row.allCases.count + 1).rest, into: &buffer)
  }

  /// What the chosen colours and dots look like.
  private func drawSample(
    _ appearance: Appearance, in area: Rect, into buffer: inout CellBuffer
  ) {
    let theme = appearance.theme
    guard area.height >= 3 else { return }
    for (row, map) in [theme.diverging, theme.sequential].enumerated() {
      let shade = Shade(map: map, appearance: appearance)
      for x in 0..<area.width {
        buffer[area.x + x, area.y + row] = shade.cell(Double(x) / Double(max(1, area.width - 1)))
      }
    }
    var canvas = DotCanvas(
      size: Size(width: area.width, height: min(2, area.height - 3)), drawing: appearance.drawing)
    for x in 0..<canvas.width {
      let place = Double(x) / Double(max(1, canvas.width))
      let y = Double(canvas.height) * (1 - 1 / (1 + place * 6))
      canvas.set(x, Int(y), style: theme.smoothed)
    }
    canvas.draw(into: &buffer, x: area.x, y: area.y + 2)
    var words = StyledText("train", theme.raw)
    words.add("  smoothed", theme.smoothed)
    words.add("  validation", theme.validation)
    words.add("  gradient", theme.gradient)
    words.add("  good", theme.good)
    words.add("  warning", theme.warning)
    words.fitting(area.width).write(
      x: area.x, y: area.bottom - 1, limit: area.right, into: &buffer)
  }
}

extension DashboardState {
  /// The settings page, where it is open.
  var settingsPage: SettingsPage? {
    if case .settings(let page) = overlay { page } else { nil }
  }

  /// Uses settings from now on, such as those read from a file. A run's own view, where one is
  /// pinned, is shown when the run starts.
  public mutating func use(_ settings: DashboardSettings) {
    let isSmoothedAnew = settings.smoothing != self.settings.smoothing
    let opensAnew = run == nil
    self.settings = settings
    if isSmoothedAnew { smooth(weight: settings.smoothing) }
    if opensAnew { show(view: settings.view) }
    needsRedraw = true
  }

  mutating func changeSetting(forward: Bool) -> [DashboardAction] {
    guard var page = settingsPage else { return [] }
    page.change(forward: forward)
    overlay = .settings(page)
    use(page.settings)
    return [.use(page.settings)]
  }

  mutating func chooseSetting(by distance: Int) -> [DashboardAction] {
    guard var page = settingsPage else { return [] }
    page.choose(by: distance)
    overlay = .settings(page)
    return []
  }
}
