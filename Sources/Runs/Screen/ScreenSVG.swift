import TerminalGraphics

/// A screen as an SVG picture: cells on a grid, text as text.
public enum ScreenSVG {
  private static let cellWidth = 8.4
  private static let cellHeight = 17.0
  private static let margin = 14.0

  /// - Parameters:
  ///   - screen: what to draw.
  ///   - isLight: whether the terminal's own colours are dark on light.
  /// - Returns: the picture's text.
  public static func picture(_ screen: CellBuffer, isLight: Bool = false) -> String {
    let width = Double(screen.size.width) * cellWidth + 2 * margin
    let height = Double(screen.size.height) * cellHeight + 2 * margin
    let paper = isLight ? "#ffffff" : "#11151c"
    let ink = isLight ? "#24292e" : "#d8dee9"
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
      width="\(number(width))" height="\(number(height))" \
      font-family="'DejaVu Sans Mono','JetBrains Mono',Menlo,Consolas,monospace" font-size="14">
      <rect width="100%" height="100%" rx="8" fill="\(paper)"/>

      """
    for y in 0..<screen.size.height {
      text += backgrounds(screen, y, ink: ink, paper: paper)
    }
    for y in 0..<screen.size.height {
      text += glyphs(screen, y, ink: ink, paper: paper)
    }
    return text + "</svg>\n"
  }

  private static func backgrounds(
    _ screen: CellBuffer, _ y: Int, ink: String, paper: String
  ) -> String {
    var text = ""
    var x = 0
    while x < screen.size.width {
      let color = colors(screen[x, y].style, ink: ink, paper: paper).background
      var end = x + 1
      while end < screen.size.width,
        colors(screen[end, y].style, ink: ink, paper: paper).background == color
      {
        end += 1
      }
      if color != paper {
        text +=
          "<rect shape-rendering=\"crispEdges\" x=\"\(number(left(x)))\" y=\"\(number(top(y)))\" "
          + "width=\"\(number(Double(end - x) * cellWidth))\" height=\"\(number(cellHeight))\" "
          + "fill=\"\(color)\"/>\n"
      }
      x = end
    }
    return text
  }

  /// One text element for neighbouring cells of one style, stretched to their cells so that every
  /// font keeps the grid.
  private static func glyphs(
    _ screen: CellBuffer, _ y: Int, ink: String, paper: String
  ) -> String {
    var text = ""
    var x = 0
    while x < screen.size.width {
      let style = screen[x, y].style
      var end = x
      var content = ""
      while end < screen.size.width, screen[end, y].style == style {
        let glyph = screen[end, y].glyph
        if glyph != Cell.continuation.glyph {
          content += escaped(CharacterWidth.printable(glyph))
        }
        end += 1
      }
      if !content.allSatisfy({ $0 == " " }) {
        let isWide = (x..<end).contains { screen[$0, y].glyph == Cell.continuation.glyph }
        text += element(
          content, x: x, y: y, cells: end - x, style: style, stretched: !isWide,
          fill: colors(style, ink: ink, paper: paper).foreground)
      }
      x = end
    }
    return text
  }

  private static func element(
    _ content: String, x: Int, y: Int, cells: Int, style: Style, stretched: Bool, fill: String
  ) -> String {
    var attributes =
      "xml:space=\"preserve\" x=\"\(number(left(x)))\" y=\"\(number(top(y) + 13))\" "
      + "fill=\"\(fill)\""
    if stretched {
      attributes +=
        " textLength=\"\(number(Double(cells) * cellWidth))\""
        + " lengthAdjust=\"spacingAndGlyphs\""
    }
    if style.attributes.contains(.bold) { attributes += " font-weight=\"bold\"" }
    if style.attributes.contains(.italic) { attributes += " font-style=\"italic\"" }
    if style.attributes.contains(.dim) { attributes += " opacity=\"0.6\"" }
    if style.attributes.contains(.underline) { attributes += " text-decoration=\"underline\"" }
    return "<text \(attributes)>\(content)</text>\n"
  }

  private static func colors(
    _ style: Style, ink: String, paper: String
  ) -> (foreground: String, background: String) {
    let foreground = hex(style.foreground) ?? ink
    let background = hex(style.background) ?? paper
    return style.attributes.contains(.reverse)
      ? (background, foreground) : (foreground, background)
  }

  private static func hex(_ color: Color) -> String? {
    guard case .rgb(let red, let green, let blue) = color else { return nil }
    let digits = [red, green, blue].map { value in
      (value < 16 ? "0" : "") + String(value, radix: 16)
    }
    return "#" + digits.joined()
  }

  private static func left(_ x: Int) -> Double { margin + Double(x) * cellWidth }
  private static func top(_ y: Int) -> Double { margin + Double(y) * cellHeight }
  private static func number(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

  private static func escaped(_ glyph: Unicode.Scalar) -> String {
    switch glyph {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    // XML holds these no more than a terminal does.
    case "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
    default: String(glyph)
    }
  }
}
