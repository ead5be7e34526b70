/// Draws one line chart.
struct SVGLineChartDrawing {
  private let chart: SVGLineChart
  private let xScale: ChartScale
  private let yScale: ChartScale
  private let left: Double
  private let right: Double
  private let top: Double
  private let bottom: Double
  /// Where each series that has a name stands in the legend.
  private let legend: [(index: Int, x: Double, row: Int)]
  private var document: SVGDocument

  private static let legendRow = 18.0

  init(chart: SVGLineChart, palette: SVGPalette) {
    self.chart = chart
    let xs = chart.series.flatMap { [$0.x.first, $0.x.last].compactMap { $0 } }
    xScale = ChartScale(
      low: xs.min() ?? 0, high: xs.max() ?? 1, isLogarithmic: chart.hasLogarithmicX)
    yScale = Self.verticalScale(chart)
    left = 74
    right = chart.width - 24
    legend = Self.legend(chart)
    let rows = Double(max(1, legend.last.map { $0.row + 1 } ?? 1))
    top = (chart.subtitle.isEmpty ? 70 : 88) + (rows - 1) * Self.legendRow
    bottom = chart.height - 54
    document = SVGDocument(
      width: chart.width, height: chart.height, title: chart.title, palette: palette)
  }

  private static func verticalScale(_ chart: SVGLineChart) -> ChartScale {
    var low = chart.yRange?.lowerBound ?? .infinity
    var high = chart.yRange?.upperBound ?? -.infinity
    func take(_ value: Double) {
      guard value.isFinite, !chart.isLogarithmic || value > 0 else { return }
      low = min(low, value)
      high = max(high, value)
    }
    for series in chart.series {
      series.y.forEach(take)
      for band in series.band {
        take(band.low)
        take(band.high)
      }
    }
    // A level far from the data would flatten the curves; it is drawn only where it is near.
    for level in chart.levels where low <= high {
      let isNear =
        chart.isLogarithmic
        ? level.y >= low / 10 && level.y <= high * 10
        : level.y >= low - (high - low) && level.y <= high + (high - low)
      if isNear { take(level.y) }
    }
    let scale = ChartScale(low: low, high: high, isLogarithmic: chart.isLogarithmic)
    guard chart.isLogarithmic else { return scale.rounded(about: 6) }
    return ChartScale(low: scale.low / 1.2, high: scale.high * 1.2, isLogarithmic: true)
  }

  mutating func draw() -> String {
    document.label(chart.title, x: 20, y: 30, class: "heading", size: 17, bold: true)
    if !chart.subtitle.isEmpty { document.label(chart.subtitle, x: 20, y: 50) }
    drawLegend(y: chart.subtitle.isEmpty ? 54 : 72)
    drawGrid()
    document.raw(
      "<clipPath id=\"plot\"><rect x=\"\(n(left))\" y=\"\(n(top - 2))\" "
        + "width=\"\(n(right - left))\" height=\"\(n(bottom - top + 4))\"/></clipPath>")
    document.raw("<g clip-path=\"url(#plot)\" fill=\"none\" stroke-linejoin=\"round\">")
    for (index, series) in chart.series.enumerated() { drawBand(series, index) }
    for (index, series) in chart.series.enumerated() { drawCurve(series, index) }
    document.raw("</g>")
    drawLevels()
    drawMarkers()
    if chart.series.allSatisfy({ $0.x.isEmpty }) {
      document.label(
        "no steps yet", x: (left + right) / 2, y: (top + bottom) / 2, anchor: "middle")
    }
    return document.finish()
  }

  private func n(_ value: Double) -> String { SVGDocument.number(value) }

  private func x(_ value: Double) -> Double? {
    xScale.position(value).map { left + (right - left) * $0 }
  }

  private func y(_ value: Double) -> Double? {
    yScale.position(value).map { bottom - (bottom - top) * min(max($0, -10), 10) }
  }

  private mutating func drawLegend(y: Double) {
    for (index, at, row) in legend {
      let series = chart.series[index]
      let y = y + Double(row) * Self.legendRow
      let dash = series.isDashed ? " stroke-dasharray=\"5 4\"" : ""
      document.raw(
        "<line class=\"s\(index)\" stroke-width=\"3\"\(dash) x1=\"\(n(at))\" y1=\"\(n(y - 4))\" "
          + "x2=\"\(n(at + 18))\" y2=\"\(n(y - 4))\"/>")
      document.label(Self.name(of: series, chart), x: at + 24, y: y)
    }
  }

  /// A series' name, cut to what a row holds.
  private static func name(of series: SVGLineChart.Series, _ chart: SVGLineChart) -> String {
    let most = max(1, Int((chart.width - 60) / 6.6))
    return series.name.count > most ? series.name.prefix(most - 1) + "…" : series.name
  }

  /// As many entries in a row as the picture is wide.
  private static func legend(_ chart: SVGLineChart) -> [(index: Int, x: Double, row: Int)] {
    var (at, row) = (20.0, 0)
    return chart.series.indices.filter { !chart.series[$0].name.isEmpty }.map { index in
      let width = 24 + Double(name(of: chart.series[index], chart).count) * 6.6
      if at > 20, at + width > chart.width - 10 { (at, row) = (20, row + 1) }
      defer { at += width + 22 }
      return (index, at, row)
    }
  }

  private mutating func drawGrid() {
    for tick in yScale.ticks(about: 6) {
      guard let y = y(tick.value), y >= top - 1, y <= bottom + 1 else { continue }
      document.line(left, y, right, y, class: "grid")
      document.label(tick.label, x: left - 8, y: y + 4, anchor: "end")
    }
    for tick in xScale.ticks(about: 8) {
      guard let x = x(tick.value), x >= left - 1, x <= right + 1 else { continue }
      document.line(x, bottom, x, bottom + 5, class: "axis")
      document.label(tick.label, x: x, y: bottom + 19, anchor: "middle")
    }
    document.line(left, bottom, right, bottom, class: "axis")
    document.label(chart.xLabel, x: (left + right) / 2, y: bottom + 41, anchor: "middle")
    document.label(chart.yLabel, x: 22, y: (top + bottom) / 2, anchor: "middle", rotated: true)
  }

  private mutating func drawBand(_ series: SVGLineChart.Series, _ index: Int) {
    guard series.band.count == series.x.count, !series.band.isEmpty else { return }
    var upper = ""
    var lower: [String] = []
    func close(_ document: inout SVGDocument) {
      guard !lower.isEmpty else { return }
      document.raw(
        "<path class=\"f\(index)\" fill-opacity=\"0.28\" d=\"M\(upper)L"
          + lower.reversed().joined(separator: "L") + "Z\"/>")
      upper = ""
      lower = []
    }
    for (position, band) in zip(series.x, series.band) {
      guard let x = x(position), let high = y(band.high),
        let low = y(max(band.low, yScale.isLogarithmic ? yScale.low : band.low))
      else {
        close(&document)
        continue
      }
      upper += (upper.isEmpty ? "" : "L") + "\(n(x)) \(n(high))"
      lower.append("\(n(x)) \(n(low))")
    }
    close(&document)
  }

  private mutating func drawCurve(_ series: SVGLineChart.Series, _ index: Int) {
    var path = ""
    var isBroken = true
    var dots = ""
    for (position, value) in zip(series.x, series.y) {
      guard let x = x(position), let y = y(value) else {
        isBroken = true
        continue
      }
      path += "\(isBroken ? "M" : "L")\(n(x)) \(n(y))"
      isBroken = false
      if series.hasDots {
        dots += "<circle class=\"f\(index)\" cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"2.5\"/>"
      }
    }
    guard !path.isEmpty else { return }
    let dash = series.isDashed ? " stroke-dasharray=\"5 4\"" : ""
    document.raw(
      "<path class=\"s\(index)\" stroke-width=\"\(n(series.width))\"\(dash) "
        + "stroke-linecap=\"round\" d=\"\(path)\"/>")
    if !dots.isEmpty { document.raw(dots) }
  }

  private mutating func drawLevels() {
    for (index, level) in chart.levels.enumerated() {
      guard let y = y(level.y), y >= top - 1, y <= bottom + 1 else { continue }
      document.raw(
        "<line class=\"l\(index)\" stroke-dasharray=\"6 4\" x1=\"\(n(left))\" y1=\"\(n(y))\" "
          + "x2=\"\(n(right))\" y2=\"\(n(y))\"/>")
      document.label(
        level.text, x: right - 4, y: y - 5, class: "halo lt\(index)", anchor: "end", size: 11)
    }
  }

  /// Markers stand closer than their texts are long: a text is drawn only where there is room.
  private mutating func drawMarkers() {
    let places = chart.markers.sorted { $0.x < $1.x }.compactMap { marker in
      x(marker.x).flatMap { $0 >= left - 1 && $0 <= right + 1 ? (marker: marker, x: $0) : nil }
    }
    for place in places { document.line(place.x, top, place.x, bottom, class: "marker") }
    var free = left
    for (marker, x) in places where x >= free {
      let width = Double(marker.text.count) * 6.2
      let isAtEnd = x + width > right
      document.label(
        marker.text, x: isAtEnd ? x - 4 : x + 4, y: top + 10, class: "halo marker-text",
        anchor: isAtEnd ? "end" : "start", size: 11)
      free = x + width + 12
    }
  }
}
