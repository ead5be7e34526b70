/// A figure of places in a plane, both axes to the same scale: paths, marks, and where it is asked for
/// the circle of radius 1.
public struct SVGPlane: Sendable {
  /// What stands at a place.
  public enum Shape: Sendable {
    case dot
    case ring
    case cross
    case plus
  }

  /// Places that are marked in one way.
  public struct Marks: Sendable {
    /// In the legend.
    public var name: String
    public var points: [(x: Double, y: Double)]
    public var shape: Shape
    public var color: SVGColor

    /// - Parameters:
    ///   - name: in the legend
    ///   - points: what is not finite is left out
    ///   - shape: what stands at each
    ///   - color: of all of them
    public init(
      _ name: String, _ points: [(x: Double, y: Double)], shape: Shape, color: SVGColor
    ) {
      (self.name, self.points, self.shape, self.color) = (name, points, shape, color)
    }
  }

  /// Above the figure.
  public var title: String
  public var subtitle = ""
  public var xLabel: String
  public var yLabel: String
  /// Lines from place to place.
  public var paths: [[(x: Double, y: Double)]] = []
  /// Drawn above the paths, the first ones first.
  public var marks: [Marks] = []
  public var hasUnitCircle = false

  /// - Parameters:
  ///   - title: above the figure
  ///   - xLabel: below the axis to the right
  ///   - yLabel: beside the axis upwards
  public init(title: String, xLabel: String, yLabel: String) {
    (self.title, self.xLabel, self.yLabel) = (title, xLabel, yLabel)
  }

  /// The picture.
  /// - Parameter scheme: the ground that it is drawn for
  public func svg(scheme: SVGScheme = .automatic) -> String {
    var drawing = SVGPlaneDrawing(self, scheme: scheme)
    return drawing.draw()
  }
}

/// Draws one plane.
private struct SVGPlaneDrawing {
  private let plane: SVGPlane
  private var document: SVGDocument
  private let centre: (x: Double, y: Double)
  /// Pixels for one unit.
  private let scale: Double
  private let ticks: (x: ChartScale, y: ChartScale)

  private static let plot = (left: 74.0, top: 70.0, width: 640.0, height: 520.0)

  init(_ plane: SVGPlane, scheme: SVGScheme) {
    self.plane = plane
    var palette = SVGPalette(scheme: scheme)
    palette.add(stroke: "path", .smoothed)
    for (index, marks) in plane.marks.enumerated() {
      palette.add(fill: "m\(index)", marks.color)
      palette.add(stroke: "s\(index)", marks.color)
    }
    document = SVGDocument(
      width: 900, height: 660, title: plane.title, palette: palette)
    var points = plane.paths.joined() + plane.marks.flatMap(\.points)
    if plane.hasUnitCircle { points += [(x: -1.05, y: -1.05), (x: 1.05, y: 1.05)] }
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    func range(_ value: ((x: Double, y: Double)) -> Double) -> (middle: Double, width: Double) {
      let values = finite.map(value)
      let (low, high) = (values.min() ?? -1, values.max() ?? 1)
      return ((low + high) / 2, max(high - low, 1e-9))
    }
    let (x, y) = (range { $0.x }, range { $0.y })
    centre = (x.middle, y.middle)
    scale = 0.92 * min(Self.plot.width / x.width, Self.plot.height / y.width)
    let (w, h) = (Self.plot.width / scale / 2, Self.plot.height / scale / 2)
    ticks = (
      ChartScale(low: x.middle - w, high: x.middle + w),
      ChartScale(low: y.middle - h, high: y.middle + h)
    )
  }

  private func place(_ point: (x: Double, y: Double)) -> (x: Double, y: Double)? {
    guard point.x.isFinite, point.y.isFinite else { return nil }
    return (
      Self.plot.left + Self.plot.width / 2 + (point.x - centre.x) * scale,
      Self.plot.top + Self.plot.height / 2 - (point.y - centre.y) * scale
    )
  }

  private func n(_ value: Double) -> String { SVGDocument.number(value) }

  mutating func draw() -> String {
    document.label(plane.title, x: 20, y: 30, class: "heading", size: 17, bold: true)
    if !plane.subtitle.isEmpty { document.label(plane.subtitle, x: 20, y: 50) }
    drawAxes()
    if plane.hasUnitCircle, let middle = place((0, 0)) {
      document.raw(
        "<circle class=\"axis\" fill=\"none\" cx=\"\(n(middle.x))\" cy=\"\(n(middle.y))\" "
          + "r=\"\(n(scale))\"/>")
    }
    for path in plane.paths {
      let points = path.compactMap { place($0) }.map { "\(n($0.x)),\(n($0.y))" }
      document.raw(
        "<polyline class=\"path\" fill=\"none\" stroke-width=\"1\" stroke-opacity=\"0.6\" "
          + "points=\"\(points.joined(separator: " "))\"/>")
    }
    for (index, marks) in plane.marks.enumerated() {
      for point in marks.points.compactMap({ place($0) }) { mark(point, marks.shape, index) }
      let y = Self.plot.top + 14 + 20 * Double(index)
      let x = Self.plot.left + Self.plot.width + 20
      mark((x, y), marks.shape, index)
      document.label(marks.name, x: x + 12, y: y + 4)
    }
    return document.finish()
  }

  private mutating func mark(_ at: (x: Double, y: Double), _ shape: SVGPlane.Shape, _ index: Int) {
    let (x, y) = (n(at.x), n(at.y))
    switch shape {
    case .dot: document.raw("<circle class=\"m\(index)\" cx=\"\(x)\" cy=\"\(y)\" r=\"3.5\"/>")
    case .ring:
      document.raw(
        "<circle class=\"s\(index)\" fill=\"none\" stroke-width=\"1.5\" cx=\"\(x)\" cy=\"\(y)\" "
          + "r=\"4\"/>")
    case .cross:
      document.raw(
        "<path class=\"s\(index)\" stroke-width=\"1.8\" d=\"M\(n(at.x - 4)) \(n(at.y - 4))l8 8"
          + "m0 -8l-8 8\"/>")
    case .plus:
      document.raw(
        "<path class=\"s\(index)\" stroke-width=\"1.5\" d=\"M\(n(at.x - 4)) \(y)h8m-4 -4v8\"/>")
    }
  }

  private mutating func drawAxes() {
    let plot = Self.plot
    let (right, bottom) = (plot.left + plot.width, plot.top + plot.height)
    for tick in ticks.x.ticks(about: 8) {
      guard let at = place((tick.value, centre.y)), (plot.left...right).contains(at.x) else {
        continue
      }
      document.line(at.x, plot.top, at.x, bottom, class: "grid")
      document.label(tick.label, x: at.x, y: bottom + 18, anchor: "middle")
    }
    for tick in ticks.y.ticks(about: 8) {
      guard let at = place((centre.x, tick.value)), (plot.top...bottom).contains(at.y) else {
        continue
      }
      document.line(plot.left, at.y, right, at.y, class: "grid")
      document.label(tick.label, x: plot.left - 8, y: at.y + 4, anchor: "end")
    }
    document.line(plot.left, bottom, right, bottom, class: "axis")
    document.line(plot.left, plot.top, plot.left, bottom, class: "axis")
    document.label(plane.xLabel, x: plot.left + plot.width / 2, y: bottom + 40, anchor: "middle")
    document.label(
      plane.yLabel, x: 22, y: plot.top + plot.height / 2, anchor: "middle", rotated: true)
  }
}
