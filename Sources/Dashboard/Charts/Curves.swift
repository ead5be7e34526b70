import TerminalGraphics
import TrainingEvents

/// Ways of drawing a series, one summary for each column of dots.
extension ChartFrame {
  /// Minimum and maximum of every column as single dots: every spike shows, and a smoothed line
  /// on top stays legible.
  func dots(_ series: [SeriesSummary], style: Style, on canvas: inout DotCanvas) {
    for (x, summary) in series.enumerated() where summary.count > 0 {
      for value in [summary.minimum, summary.maximum] {
        if let y = dot(of: value, on: canvas) { canvas.set(x, y, style: style) }
      }
    }
  }

  /// Everything between minimum and maximum of every column.
  func band(_ series: [SeriesSummary], style: Style, on canvas: inout DotCanvas) {
    for (x, summary) in series.enumerated() where summary.count > 0 {
      if let low = dot(of: summary.minimum, on: canvas),
        let high = dot(of: summary.maximum, on: canvas)
      {
        canvas.column(x, from: low, to: high, style: style)
      }
    }
  }

  /// The means as a line. It spans columns between two distant steps, but not a gap of values
  /// that are no numbers.
  func line(
    _ series: [SeriesSummary], style: Style, priority: UInt8 = 2, on canvas: inout DotCanvas
  ) {
    var last: (x: Int, y: Int)?
    for (x, summary) in series.enumerated() {
      if summary.isGap { last = nil }
      guard summary.count > 0, let y = dot(of: summary.mean, on: canvas) else { continue }
      if let last {
        canvas.line(from: last, to: (x, y), style: style, priority: priority)
      } else {
        canvas.set(x, y, style: style, priority: priority)
      }
      last = (x, y)
    }
  }

  /// A cross at the foot of every column whose values are all no numbers.
  func gapMarks(
    _ series: [SeriesSummary], dotsAcross: Int, appearance: Appearance,
    into buffer: inout CellBuffer
  ) {
    for (x, summary) in series.enumerated() where summary.isGap {
      buffer[plot.x + x / dotsAcross, plot.bottom - 1] = Cell(
        appearance.glyph("✗", ascii: "x"), appearance.theme.bad)
    }
  }
}
