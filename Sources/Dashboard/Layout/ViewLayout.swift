import TerminalGraphics

/// What stands where in every view but the overview. Less important panels leave first.
enum ViewLayout {
  /// What the run has that decides which panels make sense.
  struct Contents {
    var hasMetric = false
    /// Whether the task has a picture of its own; samples stand in its place where not.
    var hasTaskPanel = false
    /// Whether a person can type what the network reads.
    var readsText = true
    /// Whether there is an answer to show; an empty panel needs little room.
    var hasReading = false
    /// Whether a passage is marked in a text, or what is alike is looked for.
    var findsAlike = false
    /// Whether weights were set by hand: nothing is learned, so there are no curves of learning.
    var isSetByHand = false
    /// Whether somebody looks at the loss around the weights: another program's log has none.
    var hasLandscape = true
    /// Whether learning rates were tried.
    var hasRateTest = false
    /// Processes that train together; 0 for one alone.
    var ranks = 0
  }

  static func placements(of view: ViewKind, in area: Rect, _ contents: Contents)
    -> [PanelPlacement]
  {
    if contents.isSetByHand, let rows = setByHand(view, area) { return PanelRow.placements(rows) }
    return switch view {
    case .overview:
      OverviewLayout.placements(in: area).map { placement in
        let isReplaced = placement.panel == .samples && contents.hasTaskPanel
        return isReplaced ? PanelPlacement(panel: .task, rect: placement.rect) : placement
      }
    case .loss: PanelRow.placements(loss(area, contents))
    case .gradients: PanelRow.placements(gradients(area))
    case .states: PanelRow.placements(states(area, contents))
    case .task: PanelRow.placements(task(area, contents))
    case .log: PanelRow.placements(log(area, ranks: contents.ranks))
    case .graph: PanelRow.placements([PanelRow(area, [(.graph, 1)])])
    case .dynamics: PanelRow.placements(dynamics(area, contents))
    }
  }

  /// What happened, under the ranks of a job, which take half of the room at most.
  static func log(_ area: Rect, ranks: Int) -> [PanelRow] {
    guard ranks > 0 else { return [PanelRow(area, [(.log, 1)])] }
    let (upper, lower) = area.cutTop(min(ranks + RanksPanel.frame, area.height / 2))
    // The log first: it has the keys until somebody gives them to the ranks.
    return [PanelRow(lower, [(.log, 1)]), PanelRow(upper, [(.ranks, 1)])]
  }

  /// The path large, numbers beside it, and the text below.
  static func dynamics(_ area: Rect, _ contents: Contents) -> [PanelRow] {
    guard area.height >= 18 else {
      let (upper, bottom) = area.cutBottom(4)
      return [
        PanelRow(upper, [(.trajectory, 58), (.exponents, 42)]),
        PanelRow(bottom, [(.attribution, 1)]),
      ]
    }
    let isLarge = area.height >= 30 && area.width >= 100 && !contents.isSetByHand
    let (upper, bottom) = area.cutBottom(isLarge ? max(8, area.height / 5) : 4)
    let columns = upper.columns(area.width >= 100 ? [64, 36] : [58, 42])
    let right = columns[1].rows([50, 50])
    return [
      PanelRow(columns[0], [(.trajectory, 1)]), PanelRow(right[0], [(.spectrum, 1)]),
      PanelRow(right[1], [(.exponents, 1)]),
      PanelRow(bottom, belowTrajectory(contents, width: area.width, isLarge: isLarge)),
    ]
  }

  private static func belowTrajectory(
    _ contents: Contents, width: Int, isLarge: Bool
  ) -> [(PanelKind, Int)] {
    if contents.isSetByHand { return [(.attribution, 1)] }
    guard contents.hasLandscape else {
      return isLarge ? [(.attribution, 64), (.dynamicsOverTraining, 36)] : [(.attribution, 1)]
    }
    guard isLarge else { return [(contents.hasRateTest ? .rateTest : .attribution, 1)] }
    // Three panels beside the attribution have room on a wide screen only.
    guard width >= 160 else {
      let second: PanelKind = contents.hasRateTest ? .rateTest : .dynamicsOverTraining
      return [(.attribution, 64), (second, 36)]
    }
    let last: PanelKind = contents.hasRateTest ? .rateTest : .landscapeOverTraining
    return [(.attribution, 36), (.dynamicsOverTraining, 20), (.landscape, 22), (last, 22)]
  }

  /// The views that curves of learning or gradients stand in for other networks; nil for those that
  /// are the same.
  private static func setByHand(_ view: ViewKind, _ area: Rect) -> [PanelRow]? {
    switch view {
    case .overview:
      let (upper, bottom) = area.cutBottom(area.height >= 30 ? 9 : area.height >= 18 ? 6 : 5)
      let last: [(PanelKind, Int)] = area.width >= 76 ? [(.run, 50), (.log, 50)] : [(.run, 1)]
      guard area.width < 100, upper.height >= 14 else {
        return [PanelRow(upper, [(.task, 62), (.hiddenStates, 38)]), PanelRow(bottom, last)]
      }
      let parts = upper.rows([60, 40])
      return [
        PanelRow(parts[0], [(.task, 1)]), PanelRow(parts[1], [(.hiddenStates, 1)]),
        PanelRow(bottom, last),
      ]
    case .loss: return [PanelRow(area, [(.loss, 1)])]
    case .gradients: return [PanelRow(area, [(.gradientNorm, 1)])]
    case .states:
      let parts = area.rows([50, 50])
      return [PanelRow(parts[0], [(.hiddenStates, 1)]), PanelRow(parts[1], [(.task, 1)])]
    case .graph, .task, .log, .dynamics: return nil
    }
  }

  private static func loss(_ area: Rect, _ contents: Contents) -> [PanelRow] {
    let isWide = area.width >= 76
    let chart: [(PanelKind, Int)] = isWide ? [(.loss, 68), (.values, 32)] : [(.loss, 1)]
    guard area.height >= 18 else { return [PanelRow(area, chart)] }
    let (upper, bottom) = area.cutBottom(max(7, area.height * 3 / 10))
    let lower: [(PanelKind, Int)] =
      contents.hasMetric ? [(.metric, 45), (.positionLoss, 55)] : [(.positionLoss, 1)]
    return [PanelRow(upper, chart), PanelRow(bottom, lower)]
  }

  private static func gradients(_ area: Rect) -> [PanelRow] {
    let first: [(PanelKind, Int)] = [(.gradientNorm, 50), (.gradientThroughTime, 50)]
    guard area.height >= 18 else {
      let parts = area.rows([1, 1])
      return [
        PanelRow(parts[0], first), PanelRow(parts[1], [(.waterfall, 50), (.parameters, 50)]),
      ]
    }
    let (upper, bottom) = area.cutBottom(area.height >= 30 ? 10 : 8)
    let parts = upper.rows([1, 1])
    return [
      PanelRow(parts[0], first), PanelRow(parts[1], [(.waterfall, 55), (.updateRatios, 45)]),
      PanelRow(bottom, [(.parameters, 1)]),
    ]
  }

  private static func states(_ area: Rect, _ contents: Contents) -> [PanelRow] {
    let reading: PanelKind = contents.findsAlike ? .alike : .unitReading
    guard area.height >= 18 else {
      let (upper, bottom) = area.cutBottom(5)
      return [PanelRow(upper, [(.hiddenStates, 1)]), PanelRow(bottom, [(reading, 1)])]
    }
    let (upper, bottom) = area.cutBottom(max(9, area.height / 3))
    let units: [(PanelKind, Int)] = [(reading, 68), (.unitHealth, 32)]
    if area.width >= 150 {
      return [
        PanelRow(upper, [(.hiddenStates, 1)]),
        PanelRow(bottom, [(reading, 48), (.unitHealth, 22), (.stateNorms, 30)]),
      ]
    }
    guard area.height >= 34 else {
      return [PanelRow(upper, [(.hiddenStates, 1)]), PanelRow(bottom, units)]
    }
    let (maps, norms) = upper.cutBottom(8)
    return [
      PanelRow(maps, [(.hiddenStates, 1)]), PanelRow(bottom, units),
      PanelRow(norms, [(.stateNorms, 1)]),
    ]
  }

  private static func task(_ area: Rect, _ contents: Contents) -> [PanelRow] {
    let main: PanelKind = contents.hasTaskPanel ? .task : .samples
    let second: PanelKind = contents.readsText ? .reading : .hiddenStates
    if second == .reading, !contents.hasReading, area.height >= 18 {
      let (upper, bottom) = area.cutBottom(4)
      return [PanelRow(upper, [(main, 1)]), PanelRow(bottom, [(second, 1)])]
    }
    guard area.width < 130 else { return [PanelRow(area, [(main, 55), (second, 45)])] }
    let parts = area.rows([60, 40])
    return [PanelRow(parts[0], [(main, 1)]), PanelRow(parts[1], [(second, 1)])]
  }
}
