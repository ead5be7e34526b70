/// Block, braille and box-drawing characters as paths on the grid of cells.
enum GlyphShape {
  /// Path data, and the opacity as two hexadecimal digits where it is not full.
  case filled(String, opacity: String?)
  /// Lines to be stroked thinly and thickly.
  case strokes(light: String, heavy: String)

  /// - Parameters:
  ///   - left: the cell's left edge in the picture
  ///   - top: the cell's upper edge
  /// - Returns: nil for characters that a font should draw.
  static func of(_ glyph: Unicode.Scalar, left: Double, top: Double) -> GlyphShape? {
    switch glyph.value {
    case 0x2500...0x257F: box(glyph, left, top)
    case 0x2580...0x259F: block(glyph.value, left, top)
    case 0x2800...0x28FF: .filled(braille(glyph.value - 0x2800, left, top), opacity: nil)
    default: nil
    }
  }

  static func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
    let n = ScreenSVG.number
    return "M\(n(x)) \(n(y))h\(n(width))v\(n(height))h\(n(-width))z"
  }

  private static let width = ScreenSVG.cellWidth
  private static let height = ScreenSVG.cellHeight

  private static func block(_ value: UInt32, _ left: Double, _ top: Double) -> GlyphShape {
    /// A part of the cell, in shares of its width and height.
    func part(_ x: Double, _ y: Double, _ w: Double, _ h: Double) -> String {
      rectangle(left + x * width, top + y * height, w * width, h * height)
    }
    switch value {
    case 0x2580: return .filled(part(0, 0, 1, 0.5), opacity: nil)
    case 0x2581...0x2588:
      let share = Double(value - 0x2580) / 8
      return .filled(part(0, 1 - share, 1, share), opacity: nil)
    case 0x2589...0x258F:
      return .filled(part(0, 0, Double(0x2590 - value) / 8, 1), opacity: nil)
    case 0x2590: return .filled(part(0.5, 0, 0.5, 1), opacity: nil)
    case 0x2591: return .filled(part(0, 0, 1, 1), opacity: "40")
    case 0x2592: return .filled(part(0, 0, 1, 1), opacity: "80")
    case 0x2593: return .filled(part(0, 0, 1, 1), opacity: "c0")
    case 0x2594: return .filled(part(0, 0, 1, 0.125), opacity: nil)
    case 0x2595: return .filled(part(0.875, 0, 0.125, 1), opacity: nil)
    default:
      // Quarters: upper left 1, upper right 2, lower left 4, lower right 8.
      let quarters: [Int] = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14]
      let bits = quarters[Int(value - 0x2596)]
      let path = (0..<4).filter { bits & (1 << $0) != 0 }
        .map { part(Double($0 % 2) / 2, Double($0 / 2) / 2, 0.5, 0.5) }
      return .filled(path.joined(), opacity: nil)
    }
  }

  private static func braille(_ bits: UInt32, _ left: Double, _ top: Double) -> String {
    // Bit of each dot: rows from above, the left column first.
    let places: [(bit: UInt32, column: Double, row: Double)] = [
      (0x01, 0, 0), (0x02, 0, 1), (0x04, 0, 2), (0x40, 0, 3),
      (0x08, 1, 0), (0x10, 1, 1), (0x20, 1, 2), (0x80, 1, 3),
    ]
    let size = 2.2
    return places.filter { bits & $0.bit != 0 }.map { place in
      rectangle(
        left + (place.column + 0.5) * width / 2 - size / 2,
        top + (place.row + 0.5) * height / 4 - size / 2, size, size)
    }.joined()
  }

  private static func box(
    _ glyph: Unicode.Scalar, _ left: Double, _ top: Double
  ) -> GlyphShape? {
    guard let arms = BoxDrawing.arms(of: glyph) else { return nil }
    let n = ScreenSVG.number
    let (x, y) = (left + width / 2, top + height / 2)
    if arms.rounded { return .strokes(light: corner(arms, left, top), heavy: "") }
    var (light, heavy) = ("", "")
    let ends: [(BoxDrawing.Stroke, String)] = [
      (arms.left, "H\(n(left))"), (arms.right, "H\(n(left + width))"), (arms.up, "V\(n(top))"),
      (arms.down, "V\(n(top + height))"),
    ]
    for (stroke, end) in ends where stroke != .none {
      let line = "M\(n(x)) \(n(y))\(end)"
      if stroke == .heavy { heavy += line } else { light += line }
    }
    guard arms.dashes > 0 else { return .strokes(light: light, heavy: heavy) }
    let dashes = dashed(arms, left, top)
    return heavy.isEmpty ? .strokes(light: dashes, heavy: "") : .strokes(light: "", heavy: dashes)
  }

  private static func dashed(_ arms: BoxDrawing.Arms, _ left: Double, _ top: Double) -> String {
    let n = ScreenSVG.number
    let isHorizontal = arms.left != .none
    let step = (isHorizontal ? width : height) / Double(arms.dashes)
    return (0..<arms.dashes).map { index in
      let start = Double(index) * step + step * 0.2
      return isHorizontal
        ? "M\(n(left + start)) \(n(top + height / 2))h\(n(step * 0.6))"
        : "M\(n(left + width / 2)) \(n(top + start))v\(n(step * 0.6))"
    }.joined()
  }

  private static func corner(_ arms: BoxDrawing.Arms, _ left: Double, _ top: Double) -> String {
    let n = ScreenSVG.number
    let (x, y) = (left + width / 2, top + height / 2)
    let side = arms.left != .none ? left : left + width
    let end = arms.up != .none ? top : top + height
    return "M\(n(side)) \(n(y))Q\(n(x)) \(n(y)) \(n(x)) \(n(y + (end - y) * 0.5))V\(n(end))"
  }
}
