import TerminalGraphics

/// One row of panels with the shares of its width that they take.
struct PanelRow {
  var rect: Rect
  var panels: [PanelKind]
  var weights: [Int]

  init(_ rect: Rect, _ panels: [(PanelKind, Int)]) {
    self.rect = rect
    self.panels = panels.map(\.0)
    weights = panels.map(\.1)
  }

  /// Panels too small to show anything leave.
  static func placements(_ rows: [PanelRow]) -> [PanelPlacement] {
    rows.flatMap { row in
      zip(row.panels, row.rect.columns(row.weights)).map { PanelPlacement(panel: $0, rect: $1) }
    }.filter { $0.rect.width >= 12 && $0.rect.height >= 3 }
  }
}
