/// Line charts beside and below one another in one picture.
public struct SVGChartGrid: Sendable {
  /// From left to right, row after row. Those of one picture should have the same series in the same
  /// order: they share one style sheet.
  public var charts: [SVGLineChart]
  /// Charts in a row.
  public var columns: Int

  public init(_ charts: [SVGLineChart], columns: Int = 2) {
    (self.charts, self.columns) = (charts, max(1, columns))
  }

  /// The picture as SVG text, each chart a picture within it.
  public func svg(scheme: SVGScheme = .automatic) -> String {
    guard charts.count > 1, let first = charts.first else {
      return charts.first?.svg(scheme: scheme) ?? ""
    }
    let rows = (charts.count + columns - 1) / columns
    let (width, height) = (first.width * Double(columns), first.height * Double(rows))
    var text =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(SVGDocument.number(width)) "
      + "\(SVGDocument.number(height))\" width=\"\(SVGDocument.number(width))\" "
      + "height=\"\(SVGDocument.number(height))\">\n"
    for (index, chart) in charts.enumerated() {
      let x = SVGDocument.number(Double(index % columns) * first.width)
      let y = SVGDocument.number(Double(index / columns) * first.height)
      // A picture within a picture has a place of its own.
      text += "<svg x=\"\(x)\" y=\"\(y)\"" + chart.svg(scheme: scheme).dropFirst("<svg".count)
    }
    return text + "</svg>\n"
  }
}
