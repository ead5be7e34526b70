import TerminalGraphics
import TrainingEvents

extension DashboardState {
  /// The smallest screen that the dashboard can use.
  public static let smallestSize = Size(width: 60, height: 16)

  static func isTooSmall(_ size: Size) -> Bool {
    size.width < smallestSize.width || size.height < smallestSize.height
  }

  /// The panels of the view, whether or not one is enlarged.
  var visiblePanels: [PanelKind] { layout(in: size).map(\.panel) }

  /// Where panels stand on a screen of this size.
  func placements(in size: Size) -> [PanelPlacement] {
    let all = layout(in: size)
    guard enlarged, let panel = focused(among: all) else { return all }
    return [PanelPlacement(panel: panel, rect: Self.area(of: size))]
  }

  /// The panel with the focus; the first one where the focus is on none that is shown.
  func focused(among placements: [PanelPlacement]) -> PanelKind? {
    (placements.first { $0.panel == focus } ?? placements.first)?.panel
  }

  /// The screen without the rows of the run, the tabs and the keys.
  static func area(of size: Size) -> Rect {
    let top = ViewTabs.isShown(in: size) ? 2 : 1
    return Rect(x: 0, y: top, width: size.width, height: size.height - top - 1)
  }

  private var contents: ViewLayout.Contents {
    let kind = run?.task ?? .languageModel
    return ViewLayout.Contents(
      hasMetric: run?.metric != nil, hasTaskPanel: task != nil || kind != .languageModel,
      readsText: !isViewing && run?.readsText ?? true, hasReading: reading != nil,
      isSetByHand: kind == .handBuilt)
  }

  private func layout(in size: Size) -> [PanelPlacement] {
    guard !Self.isTooSmall(size) else { return [] }
    if isLog {
      return LogLayout.placements(
        of: view, in: Self.area(of: size), hasNorm: history.gradientNorm.hasValues)
    }
    return ViewLayout.placements(of: view, in: Self.area(of: size), contents)
  }
}
