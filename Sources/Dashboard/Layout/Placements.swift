import TerminalGraphics
import TrainingEvents

extension DashboardState {
  /// The smallest screen that the dashboard can use.
  public static let smallestSize = Size(width: 60, height: 16)

  static func isTooSmall(_ size: Size) -> Bool {
    size.width < smallestSize.width || size.height < smallestSize.height
  }

  /// The panels of the view, whether or not one is enlarged, and the lesson.
  var visiblePanels: [PanelKind] {
    layout(in: size).map(\.panel) + (lesson == nil ? [] : [.lesson])
  }

  /// Where panels stand on a screen of this size.
  func placements(in size: Size) -> [PanelPlacement] {
    guard !Self.isTooSmall(size) else { return [] }
    let lesson = lessonPlacement(in: size).map { [$0] } ?? []
    let all = layout(in: size)
    let area = ownArea(of: size)
    // Two networks in a narrow space: one panel of each, so that they can be compared.
    if let panel = focused(among: all), enlarged || isNarrowComparison(area) {
      return [PanelPlacement(panel: panel, rect: area)] + lesson
    }
    return all + lesson
  }

  private func isNarrowComparison(_ area: Rect) -> Bool {
    !companions.isEmpty && area.width < 60
  }

  /// The room of this network's panels: half of it where a second one stands beside.
  private func ownArea(of size: Size) -> Rect {
    let area = panelArea(of: size)
    return companions.isEmpty ? area : area.columns([1, 1])[0]
  }

  /// Where the second network's panels stand: beside the first one's, in the same order.
  func companionPlacements(in size: Size) -> [PanelPlacement] {
    guard !companions.isEmpty else { return [] }
    let (own, room) = (ownArea(of: size), panelArea(of: size))
    return placements(in: size).filter { $0.panel != .lesson }.map { placement in
      var placement = placement
      placement.rect.x += own.width
      placement.rect.width = min(placement.rect.width, room.right - placement.rect.x)
      return placement
    }
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
      hasMetric: run?.metric != nil, hasTaskPanel: frames[.task] != nil || kind != .languageModel,
      readsText: !isViewing && run?.readsText ?? true, hasReading: reading != nil,
      findsAlike: alike.isOpen, isSetByHand: kind == .handBuilt,
      hasRateTest: landscape?.rateTest != nil, ranks: RankLanes(history).lanes.count)
  }

  private func layout(in size: Size) -> [PanelPlacement] {
    guard !Self.isTooSmall(size) else { return [] }
    if hasConsole { return withConsole(panels(in: size), in: size) }
    return panels(in: size)
  }

  /// A job's output stands where the log would in the overview, and above it in the log's view.
  private func withConsole(_ placements: [PanelPlacement], in size: Size) -> [PanelPlacement] {
    switch view {
    case .overview:
      return placements.map {
        $0.panel == .log ? PanelPlacement(panel: .console, rect: $0.rect) : $0
      }
    case .log:
      let parts = Self.area(of: size).rows([70, 30])
      return PanelRow.placements([
        PanelRow(parts[0], [(.console, 1)]), PanelRow(parts[1], [(.log, 1)]),
      ])
    case .task where isLog && run?.readsText ?? false:
      let parts = Self.area(of: size).rows([70, 30])
      return PanelRow.placements([
        PanelRow(parts[0], [(.metrics, 1)]), PanelRow(parts[1], [(.reading, 1)]),
      ])
    default: return placements
    }
  }

  private func panels(in size: Size) -> [PanelPlacement] {
    if isLog {
      return LogLayout.placements(
        of: view, in: ownArea(of: size), hasNorm: history.gradientNorm.hasValues,
        ranks: RankLanes(history).lanes.count)
    }
    if view == .task, !history.extra.isEmpty { return besideMetrics(ownArea(of: size)) }
    return ViewLayout.placements(of: view, in: ownArea(of: size), contents)
  }

  /// A job that can be looked into logs numbers of its own, too: they stand under its samples, or
  /// alone where it has none.
  private func besideMetrics(_ area: Rect) -> [PanelPlacement] {
    guard listsMetricsAlone else {
      let parts = area.rows([1, 1])
      return ViewLayout.placements(of: .task, in: parts[0], contents)
        + PanelRow.placements([PanelRow(parts[1], [(.metrics, 1)])])
    }
    guard run?.readsText ?? false else {
      return PanelRow.placements([PanelRow(area, [(.metrics, 1)])])
    }
    let parts = area.rows([70, 30])
    return PanelRow.placements([
      PanelRow(parts[0], [(.metrics, 1)]), PanelRow(parts[1], [(.reading, 1)]),
    ])
  }
}
