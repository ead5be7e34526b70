/// A border with a title in its upper edge.
public struct Box: Sendable {
  /// Whether the border is heavy, which shows the focus even without colour.
  public var isHeavy: Bool
  public var style: Style

  public init(isHeavy: Bool = false, style: Style) {
    self.isHeavy = isHeavy
    self.style = style
  }

  private static let light: [Unicode.Scalar] = ["─", "│", "╭", "╮", "╰", "╯"]
  private static let heavy: [Unicode.Scalar] = ["━", "┃", "┏", "┓", "┗", "┛"]
  private static let asciiLight: [Unicode.Scalar] = ["-", "|", "+", "+", "+", "+"]
  private static let asciiHeavy: [Unicode.Scalar] = ["=", "#", "#", "#", "#", "#"]

  /// Draws the border along the inside of `rect`; too small a rectangle gets none.
  public func draw(
    _ rect: Rect, title: StyledText = StyledText(), appearance: Appearance,
    into buffer: inout CellBuffer
  ) {
    guard rect.width >= 2, rect.height >= 2 else { return }
    let glyphs =
      appearance.hasUnicode
      ? (isHeavy ? Self.heavy : Self.light) : (isHeavy ? Self.asciiHeavy : Self.asciiLight)
    let (right, bottom) = (rect.right - 1, rect.bottom - 1)
    buffer.fill(
      Rect(x: rect.x + 1, y: rect.y, width: rect.width - 2, height: 1), with: cell(glyphs[0]))
    buffer.fill(
      Rect(x: rect.x + 1, y: bottom, width: rect.width - 2, height: 1), with: cell(glyphs[0]))
    for y in (rect.y + 1)..<max(rect.y + 1, bottom) {
      buffer[rect.x, y] = cell(glyphs[1])
      buffer[right, y] = cell(glyphs[1])
    }
    buffer[rect.x, rect.y] = cell(glyphs[2])
    buffer[right, rect.y] = cell(glyphs[3])
    buffer[rect.x, bottom] = cell(glyphs[4])
    buffer[right, bottom] = cell(glyphs[5])
    let fitting = title.fitting(rect.width - 6)
    guard !fitting.isEmpty else { return }
    buffer[rect.x + 2, rect.y] = Cell(" ", style)
    let end = fitting.write(x: rect.x + 3, y: rect.y, limit: right - 1, into: &buffer)
    buffer[end, rect.y] = Cell(" ", style)
  }

  private func cell(_ glyph: Unicode.Scalar) -> Cell { Cell(glyph, style) }
}
