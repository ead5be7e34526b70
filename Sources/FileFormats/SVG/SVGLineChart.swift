/// Curves over one axis, as a picture for a report: title, axes with units, grid, legend, markers.
public struct SVGLineChart: Sendable {
  /// One curve, with a band around it where it stands for many numbers.
  public struct Series: Sendable {
    public var name: String
    public var color: SVGColor
    /// Positions on the horizontal axis, rising.
    public var x: [Double]
    /// The curve; a number that is not finite is a gap.
    public var y: [Double]
    /// Lowest and highest value around each position; empty without a band.
    public var band: [(low: Double, high: Double)]
    /// Stroke width in pixels.
    public var width: Double
    public var hasDots: Bool
    public var isDashed: Bool

    public init(
      name: String, color: SVGColor, x: [Double], y: [Double],
      band: [(low: Double, high: Double)] = [], width: Double = 1.5, hasDots: Bool = false,
      isDashed: Bool = false
    ) {
      self.name = name
      self.color = color
      self.x = x
      self.y = y
      self.band = band
      self.width = width
      self.hasDots = hasDots
      self.isDashed = isDashed
    }
  }

  /// Something that happened at one position, such as a changed hyperparameter.
  public struct Marker: Sendable {
    public var x: Double
    public var text: String

    public init(x: Double, text: String) {
      self.x = x
      self.text = text
    }
  }

  /// A level across the whole chart, such as a clipping threshold.
  public struct Level: Sendable {
    public var y: Double
    public var text: String
    public var color: SVGColor

    public init(y: Double, text: String, color: SVGColor = .limit) {
      self.y = y
      self.text = text
      self.color = color
    }
  }

  public var title: String
  public var subtitle: String
  /// What the axes show, with units.
  public var xLabel: String
  public var yLabel: String
  public var isLogarithmic: Bool
  /// Whether equal distances along the horizontal axis are equal factors.
  public var hasLogarithmicX = false
  public var series: [Series]
  public var markers: [Marker] = []
  public var levels: [Level] = []
  /// What the vertical axis must show at least; the rest follows from the data.
  public var yRange: ClosedRange<Double>?
  public var width = 900.0
  public var height = 440.0

  public init(
    title: String, subtitle: String = "", xLabel: String, yLabel: String,
    isLogarithmic: Bool = false, series: [Series] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.isLogarithmic = isLogarithmic
    self.series = series
  }

  /// The picture as SVG text. Without data it shows empty axes that say so.
  public func svg(scheme: SVGScheme = .automatic) -> String {
    var palette = SVGPalette(scheme: scheme)
    for (index, series) in series.enumerated() {
      palette.add(stroke: "s\(index)", series.color)
      palette.add(fill: "f\(index)", series.color)
    }
    for (index, level) in levels.enumerated() {
      palette.add(stroke: "l\(index)", level.color)
      palette.add(fill: "lt\(index)", level.color)
    }
    var drawing = SVGLineChartDrawing(chart: self, palette: palette)
    return drawing.draw()
  }
}
