import TerminalGraphics
import TrainingEvents

/// Marks of what a person did, along the foot of a chart: in the lowest cells that no curve has, so
/// that they hide nothing.
enum MarkerRow {
  /// - Parameters:
  ///   - markers: each with its place on the horizontal axis, oldest first
  ///   - frame: the chart they stand in
  ///   - labels: whether words stand beside the signs where there is room
  ///   - appearance: how signs are drawn
  ///   - buffer: what is drawn into
  static func draw(
    _ markers: [(place: Double, marker: CurveMarker)], frame: ChartFrame, labels: Bool,
    appearance: Appearance, into buffer: inout CellBuffer
  ) {
    let style = appearance.theme.marker
    // From the newest back: where signs crowd, the latest one is the one a person looks for.
    var taken = frame.plot.right
    for (place, marker) in markers.reversed() {
      guard let x = frame.column(of: place), x < taken else { continue }
      let sign = Cell(appearance.glyph(marker.glyph.unicode, ascii: marker.glyph.ascii), style)
      let width = CharacterWidth.of(marker.text)
      let starts = [x + 2, x - 1 - width].filter {
        labels && width > 0 && $0 >= frame.plot.x && $0 + width <= taken
      }
      var (spot, free): ((y: Int, start: Int)?, Int?) = (nil, nil)
      for y in (frame.plot.y..<max(frame.plot.y, frame.plot.bottom)).reversed()
      where spot == nil && buffer.isBlank(x..<(x + 1), y: y) {
        free = free ?? y
        let start = starts.first { buffer.isBlank(min($0, x)..<max($0 + width, x), y: y) }
        spot = start.map { (y, $0) }
      }
      if let spot {
        buffer[x, spot.y] = sign
        buffer.write(marker.text, x: spot.start, y: spot.y, style: style)
        taken = min(x, spot.start)
      } else {
        buffer[x, free ?? frame.plot.bottom - 1] = sign
        taken = x
      }
    }
  }
}

extension CellBuffer {
  /// Whether nothing stands in these cells of a row, the cursor's line and grid lines aside.
  func isBlank(_ columns: Range<Int>, y: Int) -> Bool {
    columns.allSatisfy { [" ", "┊", "╌", "|", "-"].contains(self[$0, y].glyph) }
  }
}
