/// Numbers over time as coloured cells, such as hidden states: one panel a layer or gate, the
/// symbols being read under the columns, and a colour scale.
public struct SVGHeatmap: Sendable {
  /// One group of rows with its own range of colours.
  public struct Panel: Sendable {
    public var name: String
    public var rows: Int
    /// Column after column: `values[column * rows + row]`; what is not finite stays blank.
    public var values: [Float]
    public var lowest: Float
    public var highest: Float

    public init(name: String, rows: Int, values: [Float], lowest: Float, highest: Float) {
      self.name = name
      self.rows = rows
      self.values = values
      self.lowest = lowest
      self.highest = highest
    }

    var columns: Int { rows > 0 ? values.count / rows : 0 }
  }

  public var title: String
  public var subtitle: String
  public var xLabel: String
  public var yLabel: String
  public var panels: [Panel]
  /// One text a column, such as the character being read; empty without.
  public var columnLabels: [String] = []
  /// A number from 0 to 1 a column, drawn as bars under the panels; empty without.
  public var bars: [Float] = []
  public var barsName = ""

  public init(
    title: String, subtitle: String = "", xLabel: String, yLabel: String, panels: [Panel]
  ) {
    self.title = title
    self.subtitle = subtitle
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.panels = panels
  }

  static let levels = 25

  /// The picture as SVG text.
  public func svg(scheme: SVGScheme = .automatic) -> String {
    var palette = SVGPalette(scheme: scheme)
    for level in 0..<Self.levels {
      palette.add(fill: "h\(level)", Self.color(Double(level) / Double(Self.levels - 1)))
    }
    palette.add(fill: "bar", .lag)
    var drawing = SVGHeatmapDrawing(map: self, palette: palette)
    return drawing.draw()
  }

  /// From blue through the ground's own colour to orange, so that zero recedes on any page.
  static func color(_ share: Double) -> SVGColor {
    SVGColor(
      light: blend([0x0B4A8F, 0x5FA3DB, 0xF4F6F8, 0xE39A4A, 0x9A4A00], share),
      dark: blend([0x8FD0FF, 0x2F7FC0, 0x171C25, 0xCC7A1E, 0xFFC98A], share))
  }

  private static func blend(_ stops: [UInt32], _ share: Double) -> UInt32 {
    let place = min(max(share, 0), 1) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let part = place - Double(index)
    return [16, 8, 0].reduce(UInt32(0)) { color, shift in
      let from = Double(stops[index] >> UInt32(shift) & 0xFF)
      let to = Double(stops[index + 1] >> UInt32(shift) & 0xFF)
      return color | UInt32(from + (to - from) * part) << UInt32(shift)
    }
  }
}
