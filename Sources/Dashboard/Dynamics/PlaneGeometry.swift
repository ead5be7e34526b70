import TerminalGraphics
import TrainingEvents

/// Where places along two components are among the dots of a canvas: both to the same scale.
struct PlaneGeometry {
  private let axes: (right: [Double], up: [Double])
  private let centre: (right: Double, up: Double)
  /// The longer side of what is drawn, in the states' own unit.
  let extent: Double
  /// Dots for one unit of length.
  private let scale: (across: Double, down: Double)
  private let dots: (across: Int, down: Int)
  private let dotsOfCell: (across: Int, down: Int)

  init(
    _ frame: DynamicsFrame, _ axes: (right: [Double], up: [Double]), size: Size,
    drawing: Appearance.Drawing
  ) {
    self.axes = axes
    let canvas = DotCanvas(size: Size(width: 1, height: 1), drawing: drawing)
    dotsOfCell = (canvas.dotsAcross, canvas.dotsDown)
    dots = (size.width * canvas.dotsAcross, size.height * canvas.dotsDown)
    var (right, up) = (Extent(), Extent())
    for place in frame.path + frame.others {
      guard let seen = Self.seen(place, axes) else { continue }
      right.include(seen.right)
      up.include(seen.up)
    }
    centre = (right.middle, up.middle)
    extent = max(right.width, up.width)
    // A cell is twice as high as wide: dots of braille are square, those of blocks are not.
    let shape = 2 * Double(canvas.dotsAcross) / Double(canvas.dotsDown)
    let across = 0.92 * Double(dots.across) / max(1e-9, right.width)
    let down = 0.88 * Double(dots.down) / max(1e-9, up.width)
    let both = min(across, down * shape)
    scale = (both, both / shape)
  }

  /// Nil where a number is missing or lies outside.
  func dot(_ place: [Float]) -> (x: Int, y: Int)? {
    guard let seen = Self.seen(place, axes) else { return nil }
    let x = Double(dots.across) / 2 + (seen.right - centre.right) * scale.across
    let y = Double(dots.down) / 2 - (seen.up - centre.up) * scale.down
    guard x >= 0, y >= 0, x < Double(dots.across), y < Double(dots.down) else { return nil }
    return (Int(x), Int(y))
  }

  /// How far to the right and how far up a place is; nil where a number is missing.
  private static func seen(
    _ place: [Float], _ axes: (right: [Double], up: [Double])
  ) -> (right: Double, up: Double)? {
    guard place.count >= axes.right.count else { return nil }
    var seen = (right: 0.0, up: 0.0)
    for index in axes.right.indices {
      seen.right += axes.right[index] * Double(place[index])
      seen.up += axes.up[index] * Double(place[index])
    }
    return seen
  }

  func cell(_ place: [Float]) -> (x: Int, y: Int)? {
    dot(place).map { ($0.x / dotsOfCell.across, $0.y / dotsOfCell.down) }
  }

  /// Of finite numbers.
  private struct Extent {
    private var low = Double.infinity
    private var high = -Double.infinity

    mutating func include(_ value: Double) {
      guard value.isFinite else { return }
      (low, high) = (min(low, value), max(high, value))
    }

    var middle: Double { low <= high ? (low + high) / 2 : 0 }
    var width: Double { low < high ? high - low : 1 }
  }
}
