/// Draws one heatmap.
struct SVGHeatmapDrawing {
  private let map: SVGHeatmap
  private let columns: Int
  private let cellWidth: Double
  private let panelHeights: [Double]
  private let left = 74.0
  private let top: Double
  private let plotWidth: Double
  private var document: SVGDocument

  private static let gap = 46.0
  private static let barHeight = 34.0

  init(map: SVGHeatmap, palette: SVGPalette) {
    self.map = map
    columns = map.panels.map(\.columns).max() ?? 0
    plotWidth = 900 - 74 - 96
    cellWidth = columns > 0 ? plotWidth / Double(columns) : plotWidth
    panelHeights = map.panels.map { min(max(Double($0.rows) * 3, 60), 420) }
    top = map.subtitle.isEmpty ? 72 : 90
    let panels = panelHeights.reduce(0) { $0 + $1 + Self.gap }
    let bars = map.bars.isEmpty ? 0 : Self.barHeight + Self.gap
    document = SVGDocument(
      width: 900, height: top + panels + bars + 34, title: map.title, palette: palette)
  }

  mutating func draw() -> String {
    document.label(map.title, x: 20, y: 30, class: "heading", size: 17, bold: true)
    if !map.subtitle.isEmpty { document.label(map.subtitle, x: 20, y: 50) }
    var y = top
    for (panel, height) in zip(map.panels, panelHeights) {
      draw(panel, y: y, height: height)
      y += height + Self.gap
    }
    if !map.bars.isEmpty {
      drawBars(y: y)
      y += Self.barHeight + Self.gap
    }
    if columns == 0 {
      document.label("no states yet", x: left, y: top)
    }
    document.label(map.xLabel, x: left + plotWidth / 2, y: y + 8, anchor: "middle")
    return document.finish()
  }

  private func n(_ value: Double) -> String { SVGDocument.number(value) }

  private mutating func draw(_ panel: SVGHeatmap.Panel, y: Double, height: Double) {
    document.label(panel.name, x: left, y: y - 7, bold: true)
    guard panel.columns > 0 else { return }
    let rowHeight = height / Double(panel.rows)
    var paths = [String](repeating: "", count: SVGHeatmap.levels)
    for row in 0..<panel.rows {
      var column = 0
      while column < panel.columns {
        let level = level(panel, row, column)
        var end = column + 1
        while end < panel.columns, self.level(panel, row, end) == level { end += 1 }
        if let level {
          paths[level] +=
            "M\(n(left + Double(column) * cellWidth)) \(n(y + Double(row) * rowHeight))"
            + "h\(n(Double(end - column) * cellWidth))v\(n(rowHeight))"
            + "h\(n(-Double(end - column) * cellWidth))z"
        }
        column = end
      }
    }
    document.raw("<g shape-rendering=\"crispEdges\">")
    for (level, path) in paths.enumerated() where !path.isEmpty {
      document.raw("<path class=\"h\(level)\" d=\"\(path)\"/>")
    }
    document.raw("</g>")
    document.label("1", x: left - 8, y: y + 10, anchor: "end")
    document.label("\(panel.rows)", x: left - 8, y: y + height, anchor: "end")
    document.label(map.yLabel, x: 40, y: y + height / 2, anchor: "middle", rotated: true)
    drawColorScale(panel, y: y, height: height)
    drawColumnLabels(y: y + height + 13)
  }

  /// Which of the colours a cell has; nil for what is not finite.
  private func level(_ panel: SVGHeatmap.Panel, _ row: Int, _ column: Int) -> Int? {
    let value = panel.values[column * panel.rows + row]
    let share = (value - panel.lowest) / (panel.highest - panel.lowest)
    guard share.isFinite else { return nil }
    return Int((min(max(share, 0), 1) * Float(SVGHeatmap.levels - 1)).rounded())
  }

  private mutating func drawColorScale(_ panel: SVGHeatmap.Panel, y: Double, height: Double) {
    let x = left + plotWidth + 16
    let step = height / Double(SVGHeatmap.levels)
    for level in 0..<SVGHeatmap.levels {
      document.raw(
        "<rect class=\"h\(level)\" shape-rendering=\"crispEdges\" x=\"\(n(x))\" "
          + "y=\"\(n(y + height - Double(level + 1) * step))\" width=\"12\" "
          + "height=\"\(n(step + 0.5))\"/>")
    }
    let middle = Double(panel.lowest + panel.highest) / 2
    let extent = Double(panel.highest - panel.lowest)
    for (value, share) in [(Double(panel.lowest), 0.0), (middle, 0.5), (Double(panel.highest), 1)] {
      let text = value.isFinite ? ChartScale.label(value, step: extent > 1.5 ? 1 : 0.1) : ""
      document.label(text, x: x + 18, y: y + height - share * height + 4 * share)
    }
  }

  private mutating func drawColumnLabels(y: Double) {
    guard !map.columnLabels.isEmpty else { return }
    let size = min(13, max(6, cellWidth * 1.4))
    for (column, text) in map.columnLabels.prefix(columns).enumerated() {
      // Words are wider than their columns: only what fits is drawn.
      let room = max(1, Int(cellWidth / (size * 0.62)))
      document.label(
        String(text.prefix(room)), x: left + (Double(column) + 0.5) * cellWidth, y: y,
        class: "heading", anchor: "middle", size: size)
    }
  }

  private mutating func drawBars(y: Double) {
    document.label(map.barsName, x: left, y: y - 7, bold: true)
    var path = ""
    for (column, value) in map.bars.prefix(columns).enumerated() where value.isFinite {
      let height = Double(min(max(value, 0), 1)) * Self.barHeight
      let x = left + Double(column) * cellWidth + cellWidth * 0.12
      path +=
        "M\(n(x)) \(n(y + Self.barHeight))v\(n(-height))h\(n(cellWidth * 0.76))v\(n(height))z"
    }
    document.raw("<path class=\"bar\" d=\"\(path)\"/>")
    document.line(
      left, y + Self.barHeight, left + plotWidth, y + Self.barHeight, class: "axis")
    document.label("1", x: left - 8, y: y + 9, anchor: "end")
    document.label("0", x: left - 8, y: y + Self.barHeight, anchor: "end")
  }
}
