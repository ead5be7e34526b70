import TerminalGraphics
import TrainingEvents

/// A panel whose horizontal axis is training: it shares zoom, cursor and markers with its like.
protocol TrainingChart: Panel {
  var kind: PanelKind { get }
  /// Whether the vertical axis is logarithmic unless a person turns it over.
  var isUsuallyLogarithmic: Bool { get }
  /// Rows of words below the plot.
  func footRows(_ size: Size) -> Int
  /// Cells kept free on the right for the names of lines.
  func nameWidth(_ scene: Scene) -> Int
  /// Everything that the scale has to hold, for a stretch of the axis.
  func extent(_ scene: Scene, over range: ClosedRange<Double>, columns: Int) -> ValueExtent
  /// The axes in a panel of this size; nil before there is anything to draw. Drawing and the mouse
  /// both go by it.
  func frame(_ scene: Scene, size: Size) -> ChartFrame?
}

extension TrainingChart {
  var isUsuallyLogarithmic: Bool { false }
  func footRows(_ size: Size) -> Int { 0 }
  func nameWidth(_ scene: Scene) -> Int { 0 }

  func isLogarithmic(_ scene: Scene) -> Bool {
    scene.state.chart.otherScale.contains(kind) != isUsuallyLogarithmic
  }

  func frame(_ scene: Scene, size: Size) -> ChartFrame? {
    guard let range = scene.state.chart.range(in: scene.state.history) else { return nil }
    let bounds = Rect(x: 0, y: 0, width: size.width, height: size.height)
    let area = bounds.inset(1, 1).cutBottom(footRows(size)).rest
    let extent = extent(scene, over: range, columns: max(1, area.width - 6) * 2)
    let scale = ValueScale(extent.low, extent.high, logarithmic: isLogarithmic(scene)).padded()
    return ChartFrame(in: area, scale: scale, range: range, names: nameWidth(scene))
  }

  /// What stands in every chart over training: axes, markers and the cursor.
  func drawCommon(
    _ frame: ChartFrame, _ scene: Scene, labels: Bool, into buffer: inout CellBuffer
  ) {
    let state = scene.state
    CursorLine.draw(scene, frame: frame, into: &buffer)
    MarkerRow.draw(
      state.markers.compactMap { marker in
        state.history.position(ofStep: marker.step, on: state.chartAxis).map { ($0, marker) }
      }, frame: frame, labels: labels, appearance: scene.appearance, into: &buffer)
    BottomAxis.draw(
      frame: frame, axis: state.chartAxis, y: buffer.inside.bottom,
      appearance: scene.appearance, into: &buffer)
  }
}

/// The smallest and largest value that a scale has to hold; NaN where there is none.
struct ValueExtent: Equatable {
  var low = Double.nan
  var high = Double.nan

  init() {}

  /// Minimum and maximum of a series, or without the outermost fiftieth of its columns.
  init(_ series: [SeriesSummary], excludingOutliers: Bool = false) {
    let filled = series.filter { $0.count > 0 }
    guard !filled.isEmpty else { return }
    guard excludesAny(filled, excludingOutliers) else {
      low = Double(filled.map(\.minimum).min() ?? .nan)
      high = Double(filled.map(\.maximum).max() ?? .nan)
      return
    }
    let cut = max(1, filled.count / 50)
    low = Double(filled.map(\.minimum).sorted()[cut])
    high = Double(filled.map(\.maximum).sorted()[filled.count - 1 - cut])
    if low > high { swap(&low, &high) }
  }

  mutating func include(_ value: Double) {
    guard value.isFinite else { return }
    low = low.isFinite ? min(low, value) : value
    high = high.isFinite ? max(high, value) : value
  }

  mutating func include(_ other: ValueExtent) {
    include(other.low)
    include(other.high)
  }

  /// As `include`, but upwards no further than as high again: a run that went wrong must not press
  /// this one flat.
  mutating func include(comparison other: ValueExtent) {
    guard low.isFinite, high.isFinite else { return include(other) }
    let roof = high + max(high - low, 0.1 * abs(high))
    include(min(other.low, roof))
    include(min(other.high, roof))
  }

  private func excludesAny(_ filled: [SeriesSummary], _ excluding: Bool) -> Bool {
    excluding && filled.count >= 8
  }
}
