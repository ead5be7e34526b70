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

/// The characters that show a set of dots. Bit `row * dotsAcross + column` stands for a dot.
enum DotGlyphs {
  static func glyph(_ dots: UInt8, _ drawing: Appearance.Drawing) -> Unicode.Scalar {
    switch drawing {
    case .braille: braille[Int(dots)]
    case .block: quarters[Int(dots & 0xF)]
    case .ascii: halves[Int(dots & 0x3)]
    }
  }

  /// Unicode numbers the dots down the left column first, and put the fourth row last.
  private static let brailleBits: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  private static let braille: [Unicode.Scalar] = (0..<256).map { dots in
    let bits = (0..<8).reduce(UInt32(0)) { $0 | (dots >> $1 & 1 == 1 ? brailleBits[$1] : 0) }
    return Unicode.Scalar(0x2800 + bits) ?? " "
  }

  private static let quarters: [Unicode.Scalar] = [
    " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
  ]

  private static let halves: [Unicode.Scalar] = [" ", "'", ".", ":"]
}
