import TerminalGraphics

/// The overview's panels for a space of any size: less important ones leave first.
enum OverviewLayout {
  static func placements(in area: Rect) -> [PanelPlacement] {
    rows(in: area).flatMap { row in
      zip(row.panels, row.rect.columns(row.weights)).map { PanelPlacement(panel: $0, rect: $1) }
    }.filter { $0.rect.width >= 12 && $0.rect.height >= 3 }
  }

  private struct Row {
    var rect: Rect
    var panels: [PanelKind]
    var weights: [Int]
  }

  private static func rows(in area: Rect) -> [Row] {
    let isWide = area.width >= 100
    switch area.height {
    case ..<18: return isWide ? lowAndWide(area) : low(area)
    case ..<30: return isWide ? middleAndWide(area) : middle(area)
    default: return isWide ? full(area) : tall(area)
    }
  }

  /// 60×16: is it learning, do gradients vanish, what is it reading, how far is it.
  private static func low(_ area: Rect) -> [Row] {
    let parts = area.rows([1, 1])
    return [
      Row(rect: parts[0], panels: [.loss, .gradientThroughTime], weights: [54, 46]),
      Row(rect: parts[1], panels: [.hiddenStates, .run], weights: [50, 50]),
    ]
  }

  private static func lowAndWide(_ area: Rect) -> [Row] {
    let parts = area.rows([1, 1])
    return [
      Row(
        rect: parts[0], panels: [.loss, .gradientNorm, .gradientThroughTime], weights: [45, 27, 28]),
      Row(rect: parts[1], panels: [.hiddenStates, .run], weights: [55, 45]),
    ]
  }

  /// 80×24.
  private static func middle(_ area: Rect) -> [Row] {
    let (upper, bottom) = area.cutBottom(6)
    let parts = upper.rows([1, 1])
    return [
      Row(rect: parts[0], panels: [.loss, .gradientThroughTime], weights: [56, 44]),
      Row(rect: parts[1], panels: [.hiddenStates, .samples], weights: [70, 30]),
      Row(rect: bottom, panels: [.gradientNorm, .run], weights: [35, 65]),
    ]
  }

  private static func middleAndWide(_ area: Rect) -> [Row] {
    let (upper, bottom) = area.cutBottom(area.height >= 25 ? 7 : 6)
    let parts = upper.rows([1, 1])
    return [
      Row(
        rect: parts[0], panels: [.loss, .gradientNorm, .gradientThroughTime], weights: [45, 27, 28]),
      Row(rect: parts[1], panels: [.hiddenStates, .samples], weights: [74, 26]),
      Row(rect: bottom, panels: [.run, .log], weights: [50, 50]),
    ]
  }

  private static func tall(_ area: Rect) -> [Row] {
    let (rest, log) = area.cutBottom(6)
    let (upper, bottom) = rest.cutBottom(rest.height >= 32 ? 9 : 7)
    let parts = upper.rows([1, 1])
    return [
      Row(rect: parts[0], panels: [.loss, .gradientThroughTime], weights: [56, 44]),
      Row(rect: parts[1], panels: [.hiddenStates, .samples], weights: [70, 30]),
      Row(rect: bottom, panels: [.gradientNorm, .run], weights: [35, 65]),
      Row(rect: log, panels: [.log], weights: [1]),
    ]
  }

  /// 120×40 and beyond.
  private static func full(_ area: Rect) -> [Row] {
    let (upper, bottom) = area.cutBottom(9)
    let parts = upper.rows([48, 52])
    let columns = area.width >= 160 ? [46, 27, 27] : [48, 26, 26]
    return [
      Row(rect: parts[0], panels: [.loss, .gradientNorm, .gradientThroughTime], weights: columns),
      Row(rect: parts[1], panels: [.hiddenStates, .samples], weights: [76, 24]),
      Row(rect: bottom, panels: [.run, .log], weights: [50, 50]),
    ]
  }
}
