import TerminalGraphics

/// The overview's panels for a space of any size: less important ones leave first.
enum OverviewLayout {
  static func placements(in area: Rect) -> [PanelPlacement] {
    PanelRow.placements(rows(in: area))
  }

  private static func rows(in area: Rect) -> [PanelRow] {
    let isWide = area.width >= 100
    switch area.height {
    case ..<18: return isWide ? lowAndWide(area) : low(area)
    case ..<30: return isWide ? middleAndWide(area) : middle(area)
    default: return isWide ? full(area) : tall(area)
    }
  }

  /// 60×16: is it learning, do gradients vanish, what is it reading, how far is it.
  private static func low(_ area: Rect) -> [PanelRow] {
    let parts = area.rows([1, 1])
    return [
      PanelRow(parts[0], [(.loss, 54), (.gradientThroughTime, 46)]),
      PanelRow(parts[1], [(.hiddenStates, 50), (.run, 50)]),
    ]
  }

  private static func lowAndWide(_ area: Rect) -> [PanelRow] {
    let parts = area.rows([1, 1])
    return [
      PanelRow(parts[0], [(.loss, 45), (.gradientNorm, 27), (.gradientThroughTime, 28)]),
      PanelRow(parts[1], [(.hiddenStates, 55), (.run, 45)]),
    ]
  }

  /// 80×24.
  private static func middle(_ area: Rect) -> [PanelRow] {
    let (upper, bottom) = area.cutBottom(6)
    let parts = upper.rows([1, 1])
    return [
      PanelRow(parts[0], [(.loss, 56), (.gradientThroughTime, 44)]),
      PanelRow(parts[1], [(.hiddenStates, 70), (.samples, 30)]),
      PanelRow(bottom, [(.gradientNorm, 35), (.run, 65)]),
    ]
  }

  private static func middleAndWide(_ area: Rect) -> [PanelRow] {
    let (upper, bottom) = area.cutBottom(area.height >= 25 ? 7 : 6)
    let parts = upper.rows([1, 1])
    return [
      PanelRow(parts[0], [(.loss, 45), (.gradientNorm, 27), (.gradientThroughTime, 28)]),
      PanelRow(parts[1], [(.hiddenStates, 74), (.samples, 26)]),
      PanelRow(bottom, [(.run, 50), (.log, 50)]),
    ]
  }

  private static func tall(_ area: Rect) -> [PanelRow] {
    let (rest, log) = area.cutBottom(6)
    let (upper, bottom) = rest.cutBottom(rest.height >= 32 ? 9 : 7)
    let parts = upper.rows([1, 1])
    return [
      PanelRow(parts[0], [(.loss, 56), (.gradientThroughTime, 44)]),
      PanelRow(parts[1], [(.hiddenStates, 70), (.samples, 30)]),
      PanelRow(bottom, [(.gradientNorm, 35), (.run, 65)]),
      PanelRow(log, [(.log, 1)]),
    ]
  }

  /// 120×40 and beyond.
  private static func full(_ area: Rect) -> [PanelRow] {
    let (upper, bottom) = area.cutBottom(9)
    let parts = upper.rows([48, 52])
    let columns = area.width >= 160 ? [46, 27, 27] : [48, 26, 26]
    return [
      PanelRow(
        parts[0], Array(zip([.loss, .gradientNorm, .gradientThroughTime], columns))),
      PanelRow(parts[1], [(.hiddenStates, 76), (.samples, 24)]),
      PanelRow(bottom, [(.run, 50), (.log, 50)]),
    ]
  }
}
