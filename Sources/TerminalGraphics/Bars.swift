/// Bars drawn in eighths of a cell.
public enum Bars {
  private static let upward: [Unicode.Scalar] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let rightward: [Unicode.Scalar] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
  private static let asciiUpward: [Unicode.Scalar] = [" ", ".", ".", ":", ":", "+", "+", "#", "#"]

  /// One cell of a share from 0 to 1; a share above 0 always shows.
  public static func level(_ share: Double, appearance: Appearance) -> Unicode.Scalar {
    guard share.isFinite, share > 0 else { return " " }
    let eighth = max(1, Int((min(share, 1) * 8).rounded()))
    return appearance.hasUnicode ? upward[eighth] : asciiUpward[eighth]
  }

  /// A standing bar in the column `x` of `rect`, from its bottom up.
  public static func stand(
    _ share: Double, x: Int, in rect: Rect, style: Style, appearance: Appearance,
    into buffer: inout CellBuffer
  ) {
    guard share.isFinite, share > 0, rect.height > 0, x >= rect.x, x < rect.right else { return }
    let eighths = max(1, Int((min(share, 1) * Double(rect.height * 8)).rounded()))
    for row in 0..<rect.height {
      let filled = min(8, eighths - row * 8)
      guard filled > 0 else { break }
      let glyph = appearance.hasUnicode ? upward[filled] : asciiUpward[filled]
      buffer[x, rect.bottom - 1 - row] = Cell(glyph, style)
    }
  }

  /// A lying bar in the row `y`, `width` cells long when the share is 1.
  public static func lie(
    _ share: Double, x: Int, y: Int, width: Int, style: Style, appearance: Appearance,
    into buffer: inout CellBuffer
  ) {
    guard share.isFinite, share > 0, width > 0 else { return }
    let eighths = max(1, Int((min(share, 1) * Double(width * 8)).rounded()))
    for column in 0..<width {
      let filled = min(8, eighths - column * 8)
      guard filled > 0 else { break }
      let glyph: Unicode.Scalar =
        appearance.hasUnicode ? rightward[filled] : filled >= 4 ? "#" : "-"
      buffer[x + column, y] = Cell(glyph, style)
    }
  }

  /// A progress bar: the done part heavy, the rest light.
  public static func progress(
    _ share: Double, x: Int, y: Int, width: Int, done: Style, rest: Style, appearance: Appearance,
    into buffer: inout CellBuffer
  ) {
    guard width > 0 else { return }
    let share = share.isFinite ? min(max(share, 0), 1) : 0
    let filled = Int((share * Double(width)).rounded())
    for column in 0..<width {
      let isDone = column < filled
      let glyph: Unicode.Scalar =
        isDone
        ? appearance.glyph("━", ascii: "=") : appearance.glyph("─", ascii: "-")
      buffer[x + column, y] = Cell(glyph, isDone ? done : rest)
    }
  }
}
