/// Dots finer than cells, for curves: 2 × 4 a cell in braille, 2 × 2 in blocks, 1 × 2 in ASCII.
///
/// A cell has one colour; where curves meet, the one with the higher priority gives it.
public struct DotCanvas: Sendable {
  /// Columns and rows of cells.
  public let size: Size
  public let drawing: Appearance.Drawing
  private var dots: [UInt8]
  private var styles: [Style]
  private var priorities: [UInt8]

  public init(size: Size, drawing: Appearance.Drawing) {
    self.size = size
    self.drawing = drawing
    let count = size.width * size.height
    dots = Array(repeating: 0, count: count)
    styles = Array(repeating: .plain, count: count)
    priorities = Array(repeating: 0, count: count)
  }

  public var dotsAcross: Int { drawing == .ascii ? 1 : 2 }
  public var dotsDown: Int { drawing == .braille ? 4 : 2 }
  /// Columns of dots.
  public var width: Int { size.width * dotsAcross }
  /// Rows of dots, counted from the top.
  public var height: Int { size.height * dotsDown }

  /// Sets one dot; outside the canvas nothing happens.
  public mutating func set(_ x: Int, _ y: Int, style: Style, priority: UInt8 = 1) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let cell = (y / dotsDown) * size.width + x / dotsAcross
    dots[cell] |= 1 << UInt8((y % dotsDown) * dotsAcross + x % dotsAcross)
    if priority >= priorities[cell] {
      priorities[cell] = priority
      styles[cell] = style
    }
  }

  /// Whether a dot is set; none is outside the canvas.
  public func isSet(_ x: Int, _ y: Int) -> Bool {
    guard x >= 0, y >= 0, x < width, y < height else { return false }
    let bit = UInt8((y % dotsDown) * dotsAcross + x % dotsAcross)
    return dots[(y / dotsDown) * size.width + x / dotsAcross] >> bit & 1 == 1
  }

  /// Sets every dot of a column between two rows, both included.
  public mutating func column(
    _ x: Int, from y0: Int, to y1: Int, style: Style, priority: UInt8 = 1
  ) {
    let top = max(0, min(y0, y1))
    let bottom = min(height - 1, max(y0, y1))
    guard top <= bottom else { return }
    for y in top...bottom { set(x, y, style: style, priority: priority) }
  }

  /// Joins two dots; steep parts are filled so that the line never breaks.
  public mutating func line(
    from start: (x: Int, y: Int), to end: (x: Int, y: Int), style: Style, priority: UInt8 = 1
  ) {
    guard end.x != start.x else {
      return column(start.x, from: start.y, to: end.y, style: style, priority: priority)
    }
    let (left, right) = start.x < end.x ? (start, end) : (end, start)
    let slope = Double(right.y - left.y) / Double(right.x - left.x)
    for x in max(0, left.x)...max(max(0, left.x), min(width - 1, right.x)) {
      let here = Double(left.y) + slope * (Double(x - left.x) - 0.5)
      let from = x == left.x ? Double(left.y) : here
      let to = x == right.x ? Double(right.y) : here + slope
      column(
        x, from: Int(from.rounded()), to: Int(to.rounded()), style: style, priority: priority)
    }
  }

  /// Draws every cell that has a dot; the others keep what stands there.
  public func draw(into buffer: inout CellBuffer, x: Int, y: Int) {
    for row in 0..<size.height {
      for column in 0..<size.width {
        let index = row * size.width + column
        guard dots[index] != 0 else { continue }
        buffer[x + column, y + row] = Cell(DotGlyphs.glyph(dots[index], drawing), styles[index])
      }
    }
  }
}
