import TerminalGraphics
import TrainingEvents

/// Arrows that say where states go in one step: where each points, and by its shade how far.
enum FieldArrows {
  private static let unicode: [Unicode.Scalar] = ["→", "↗", "↑", "↖", "←", "↙", "↓", "↘"]
  private static let ascii: [Unicode.Scalar] = [">", "/", "^", "\\", "<", "/", "v", "\\"]

  static func draw(
    _ frame: DynamicsFrame, _ plane: PlaneGeometry, _ area: Rect, _ scene: Scene,
    into buffer: inout CellBuffer
  ) {
    let arrows = frame.field?.arrows.filter { $0.count == 4 } ?? []
    let axes = frame.field?.axes ?? DynamicsFrame.PlaneAxes()
    let longest = arrows.map { length($0) }.max() ?? 0
    guard longest > 0 else { return }
    for arrow in arrows {
      // Components that are not in this plane are 0.
      var place = [Float](repeating: 0, count: frame.shares.count)
      guard place.indices.contains(axes.right), place.indices.contains(axes.up) else { return }
      (place[axes.right], place[axes.up]) = (arrow[0], arrow[1])
      guard let cell = plane.cell(place), length(arrow) > 0.001 * longest else { continue }
      let index = direction(arrow[2], arrow[3])
      let style = length(arrow) > 0.33 * longest ? scene.theme.muted : scene.theme.faint
      buffer[area.x + cell.x, area.y + cell.y] = Cell(
        scene.appearance.glyph(unicode[index], ascii: ascii[index]), style)
    }
  }

  private static func length(_ arrow: [Float]) -> Float {
    (arrow[2] * arrow[2] + arrow[3] * arrow[3]).squareRoot()
  }

  /// The nearest of eight directions, counted from the right against the clock.
  static func direction(_ x: Float, _ y: Float) -> Int {
    // tan 22.5°: nearer to an axis than that is along it.
    let narrow: Float = 0.41421356
    if abs(y) <= narrow * abs(x) { return x > 0 ? 0 : 4 }
    if abs(x) <= narrow * abs(y) { return y > 0 ? 2 : 6 }
    return y > 0 ? (x > 0 ? 1 : 3) : (x > 0 ? 7 : 5)
  }
}
