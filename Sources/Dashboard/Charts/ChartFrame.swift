import TerminalGraphics

/// The axes of a chart and the place that they leave for curves.
struct ChartFrame {
  /// Cells that curves may use.
  let plot: Rect
  let scale: ValueScale
  /// From the left to the right edge of the plot.
  let range: ClosedRange<Double>

  private let rect: Rect
  private let ticks: [ValueScale.Tick]
  private let labelWidth: Int

  /// Axes that fill `rect`: the labels of the vertical one take its left, where there is room.
  /// - Parameter names: cells kept free on the right for the names of lines
  init(in rect: Rect, scale: ValueScale, range: ClosedRange<Double>, names: Int = 0) {
    self.rect = rect
    self.scale = scale
    self.range = range
    ticks = scale.ticks(rows: rect.height)
    labelWidth = ticks.map { CharacterWidth.of($0.label) }.max() ?? 0
    let gutter = rect.width >= labelWidth + 6 ? labelWidth + 1 : 0
    let right = rect.width >= gutter + names + 12 ? names : 0
    plot = Rect(
      x: rect.x + gutter, y: rect.y, width: rect.width - gutter - right, height: rect.height)
  }

  /// Draws the vertical axis along the left of the plot.
  func drawAxis(_ appearance: Appearance, into buffer: inout CellBuffer) {
    guard plot.x > rect.x, rect.height > 0 else { return }
    let axis = appearance.theme.faint
    let line = appearance.glyph("│", ascii: "|")
    buffer.fill(
      Rect(x: plot.x - 1, y: plot.y, width: 1, height: plot.height), with: Cell(line, axis))
    for tick in ticks {
      let y = row(of: tick.value)
      guard y >= plot.y, y < plot.bottom else { continue }
      let label = tick.label.rightAligned(to: labelWidth)
      buffer.write(label, x: rect.x, y: y, style: appearance.theme.muted)
      buffer[plot.x - 1, y] = Cell(appearance.glyph("┤", ascii: "+"), axis)
    }
  }

  /// The row of cells that holds a value.
  func row(of value: Double) -> Int {
    plot.y + scale.row(of: value, rows: plot.height)
  }

  /// The column of cells at a place on the horizontal axis; nil outside the plot.
  func column(of place: Double) -> Int? {
    let width = range.upperBound - range.lowerBound
    let fraction = width > 0 ? (place - range.lowerBound) / width : 0
    guard fraction >= 0, fraction <= 1 else { return nil }
    return plot.x + min(plot.width - 1, Int(fraction * Double(plot.width)))
  }

  /// The place on the horizontal axis under a column of cells.
  func place(ofColumn x: Int) -> Double {
    guard plot.width > 0 else { return range.lowerBound }
    let share = (Double(x - plot.x) + 0.5) / Double(plot.width)
    return range.lowerBound + (range.upperBound - range.lowerBound) * min(max(share, 0), 1)
  }

  /// A canvas of the plot's size.
  func canvas(_ appearance: Appearance) -> DotCanvas {
    DotCanvas(size: plot.size, drawing: appearance.drawing)
  }

  /// The row of dots of a value, which may lie outside the canvas.
  func dot(of value: Float, on canvas: DotCanvas) -> Int? {
    let fraction = scale.fraction(of: Double(value))
    guard fraction.isFinite else { return nil }
    return Int(((1 - min(max(fraction, -4), 4)) * Double(canvas.height - 1)).rounded())
  }

  /// Draws a level as a dashed line behind the data; what it means stands in the legend.
  func limit(_ value: Double, appearance: Appearance, into buffer: inout CellBuffer) {
    let fraction = scale.fraction(of: value)
    guard fraction >= 0, fraction <= 1 else { return }
    let y = min(row(of: value), plot.bottom - 1)
    let dash = Cell(appearance.glyph("╌", ascii: "-"), appearance.theme.limit)
    for x in plot.x..<max(plot.x, plot.right) where buffer[x, y].glyph == " " {
      buffer[x, y] = dash
    }
  }
}
