import TerminalGraphics

/// Marks of what a person did, along the foot of a chart.
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
    let y = frame.plot.bottom - 1
    let style = appearance.theme.marker
    // From the newest back: where signs crowd, the latest knob is the one a person looks for.
    var taken = frame.plot.right
    for (place, marker) in markers.reversed() {
      guard let x = frame.column(of: place), x < taken else { continue }
      buffer[x, y] = Cell(appearance.glyph(marker.glyph.unicode, ascii: marker.glyph.ascii), style)
      let width = CharacterWidth.of(marker.text)
      let fitsRight = x + 2 + width <= taken
      let fitsLeft = x - 1 - width >= frame.plot.x
      guard labels, width > 0, fitsRight || fitsLeft else {
        taken = x
        continue
      }
      let start = fitsRight ? x + 2 : x - 1 - width
      buffer.write(marker.text, x: start, y: y, style: style)
      taken = min(x, start)
    }
  }
}
