import TerminalGraphics
import TrainingEvents

extension DashboardState {
  /// Does what a click or a turn of the wheel means where it happened.
  public mutating func handle(_ event: MouseEvent) -> [DashboardAction] {
    switch overlay {
    case .help:
      let lines = event.action == .scrollDown ? 3 : event.action == .scrollUp ? -3 : 0
      if lines != 0 { needsRedraw = true }
      return scrollHelp(by: lines)
    case .some: return []
    case nil: break
    }
    guard prompt == nil else { return [] }
    if event.action == .press, event.y == size.height - 1 { return clickHint(at: event.x) }
    if event.action == .press,
      let view = ViewTabs.view(
        x: event.x, y: event.y, in: size, chosen: view, ofLog: listsMetricsAlone)
    {
      show(view: view)
      return []
    }
    guard
      let placement = placements(in: size).first(where: {
        $0.rect.contains(x: event.x, y: event.y)
      })
    else { return [] }
    let place = (x: event.x - placement.rect.x, y: event.y - placement.rect.y)
    switch event.action {
    case .press:
      if !enlarged { focus = placement.panel }
      point(at: place, in: placement)
    case .drag where placement.panel == focus: point(at: place, in: placement)
    case .scrollUp: turnWheel(up: true, at: place, in: placement)
    case .scrollDown: turnWheel(up: false, at: place, in: placement)
    case .drag, .release: return []
    }
    needsRedraw = true
    return []
  }

  /// Puts the cursor of a chart, or picks a unit, under the mouse.
  private mutating func point(at place: (x: Int, y: Int), in placement: PanelPlacement) {
    if let step = step(at: place.x, in: placement) {
      chart.moveCursor(to: step, in: history)
    } else if placement.panel == .hiddenStates, let frame = hiddenStates, let map = shownMap {
      let area = Rect(
        x: 0, y: 0, width: placement.rect.width, height: placement.rect.height
      ).inset(1, 1)
      let hit = HeatmapGeometry(self, frame: frame, map: map, area: area)
        .hit(x: place.x, y: place.y)
      if let unit = hit.unit { heatmap.unit = unit }
      if let column = hit.column { heatmap.column = column }
    }
  }

  private mutating func turnWheel(
    up: Bool, at place: (x: Int, y: Int), in placement: PanelPlacement
  ) {
    switch placement.panel {
    case .log: log.scroll(by: up ? 3 : -3)
    case .console: scrollConsole(by: up ? 3 : -3)
    case .metrics: scrollMetrics(by: up ? -3 : 3)
    case .hiddenStates:
      let most = max(0, unitOrder.order.count - 1)
      heatmap.firstRow = min(max(0, heatmap.firstRow + (up ? -2 : 2)), most)
    case .graph:
      if graph.isWalking { walk(by: up ? -1 : 1) } else { moveGraph(by: up ? -1 : 1) }
    default:
      guard let step = step(at: place.x, in: placement) else { return }
      chart.zoom(by: up ? 0.8 : 1.25, around: step, in: history)
    }
  }

  /// The step under a column of a chart over training; nil in other panels.
  private func step(at x: Int, in placement: PanelPlacement) -> Int? {
    guard let panel = placement.panel.drawing as? any TrainingChart,
      let frame = panel.frame(
        Scene(state: self, appearance: Appearance()), size: placement.rect.size),
      x >= frame.plot.x, x < frame.plot.right
    else { return nil }
    let index = history.index(of: frame.place(ofColumn: x), on: chartAxis)
    return history.steps.step(at: index)
  }

  /// A hint in the last row does what its key does.
  private mutating func clickHint(at x: Int) -> [DashboardAction] {
    guard let binding = HintBar.binding(at: x, self) else { return [] }
    needsRedraw = true
    return permitted(binding.perform(&self))
  }
}
