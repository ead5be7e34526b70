import TerminalGraphics

/// What stands where when the run is another program's log: its curves, and everything it logs.
enum LogLayout {
  static func placements(of view: ViewKind, in area: Rect, hasNorm: Bool, ranks: Int)
    -> [PanelPlacement]
  {
    switch view {
    case .overview: PanelRow.placements(overview(area, hasNorm))
    case .loss: PanelRow.placements(beside(area, .loss))
    case .gradients: PanelRow.placements(beside(area, .gradientNorm))
    case .states: PanelRow.placements([PanelRow(area, [(.hiddenStates, 1)])])
    case .graph: PanelRow.placements([PanelRow(area, [(.graph, 1)])])
    case .task: PanelRow.placements([PanelRow(area, [(.metrics, 1)])])
    case .log: PanelRow.placements(ViewLayout.log(area, ranks: ranks))
    case .dynamics: PanelRow.placements(ViewLayout.dynamics(area, .init(hasLandscape: false)))
    }
  }

  private static func overview(_ area: Rect, _ hasNorm: Bool) -> [PanelRow] {
    let curves: [(PanelKind, Int)] =
      hasNorm ? [(.loss, 62), (.gradientNorm, 38)] : [(.loss, 1)]
    guard area.height >= 18 else {
      let parts = area.rows([1, 1])
      return [PanelRow(parts[0], curves), PanelRow(parts[1], [(.metrics, 60), (.log, 40)])]
    }
    let (rest, bottom) = area.cutBottom(area.height >= 30 ? 9 : 6)
    let parts = rest.rows([1, 1])
    return [
      PanelRow(parts[0], curves), PanelRow(parts[1], [(.metrics, 1)]),
      PanelRow(bottom, [(.run, 50), (.log, 50)]),
    ]
  }

  private static func beside(_ area: Rect, _ panel: PanelKind) -> [PanelRow] {
    let parts = area.rows([60, 40])
    return [PanelRow(parts[0], [(panel, 1)]), PanelRow(parts[1], [(.metrics, 1)])]
  }
}
