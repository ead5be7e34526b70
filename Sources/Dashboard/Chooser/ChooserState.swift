import TerminalGraphics

/// The screen before a run: which preset to start. Keys go in; cells and actions come out.
public struct ChooserState: Sendable {
  public let presets: [PresetChoice]
  public internal(set) var settings: DashboardSettings
  /// Whether something changed since the last `didDraw()`.
  public internal(set) var needsRedraw = true

  var size = Size(width: 80, height: 24)
  /// The line under the cursor, among those that match the filter.
  var index = 0
  /// What names have to contain; nil while none is typed.
  var filter: LineEditor?
  /// Whether keys go into the filter.
  var isFiltering = false
  var message: String?
  var page: SettingsPage?
  /// Whether leaving leads back to a run, which waits paused.
  public let isOverRun: Bool

  /// - Parameters:
  ///   - presets: in the order they are shown
  ///   - name: the preset under the cursor at first
  ///   - settings: what the screen is drawn by, for the settings page
  ///   - isOverRun: whether a run goes on behind it
  public init(
    presets: [PresetChoice], default name: String? = nil,
    settings: DashboardSettings = DashboardSettings(), isOverRun: Bool = false
  ) {
    self.isOverRun = isOverRun
    self.presets = presets
    self.settings = settings
    index = presets.firstIndex { $0.name == name } ?? 0
  }

  public mutating func didDraw() { needsRedraw = false }

  public mutating func resize(_ size: Size) {
    guard size != self.size else { return }
    self.size = size
    needsRedraw = true
  }

  /// Tells something in the last row, such as why a preset could not start.
  public mutating func show(_ text: String) {
    message = text
    needsRedraw = true
  }

  /// Presets whose name, title or lecture contains what is typed.
  var shown: [PresetChoice] {
    guard let text = filter?.text.lowercased().trimmed, !text.isEmpty else { return presets }
    return presets.filter { preset in
      [preset.name, preset.title, preset.lecture, preset.network].contains {
        $0.lowercased().contains(text)
      }
    }
  }

  /// The preset under the cursor; nil when none matches.
  public var chosen: PresetChoice? {
    let shown = shown
    return shown.indices.contains(index) ? shown[index] : nil
  }

  mutating func move(by distance: Int) {
    index = min(max(0, index + distance), max(0, shown.count - 1))
  }

  mutating func start() -> [ChooserAction] {
    guard let chosen else { return [] }
    guard chosen.hasData else {
      message =
        "the data of \(chosen.name) is not here"
        + (chosen.fetchCommand.map { "; this brings it: \($0)" } ?? "")
      return []
    }
    return [.start(preset: chosen.name)]
  }

  mutating func edit(_ change: (inout LineEditor) -> Void) {
    var line = filter ?? LineEditor()
    change(&line)
    filter = line
    index = 0
  }
}
