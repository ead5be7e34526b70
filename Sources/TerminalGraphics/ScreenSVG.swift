/// A picture of the screen as SVG: cells on a grid, text as text, blocks, dots and boxes as shapes,
/// so that lines join and dots align in every viewer and every font.
public enum ScreenSVG {
  static let cellWidth = 8.4
  static let cellHeight = 17.0
  private static let margin = 14.0

  /// - Parameters:
  ///   - screen: what to draw.
  ///   - isLight: whether the terminal's own colours are dark on light.
  /// - Returns: the picture's text.
  public static func picture(_ screen: CellBuffer, isLight: Bool = false) -> String {
    let width = number(Double(screen.size.width) * cellWidth + 2 * margin)
    let height = number(Double(screen.size.height) * cellHeight + 2 * margin)
    let paper = isLight ? "#ffffff" : "#11151c"
    let ink = isLight ? "#24292e" : "#d8dee9"
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      width="\(width)" height="\(height)" xml:space="preserve" \
      font-family="'DejaVu Sans Mono','JetBrains Mono',Menlo,Consolas,monospace" font-size="13.95">
      <rect width="100%" height="100%" rx="8" fill="\(paper)"/>
      <g transform="translate(\(number(margin)) \(number(margin)))">

      """
    for y in 0..<screen.size.height {
      var row = ScreenRow(y: y)
      for x in 0..<screen.size.width {
        let cell = screen[x, y]
        guard cell.glyph != Cell.continuation.glyph else { continue }
        row.add(cell, x: x, ink: ink, paper: paper)
      }
      text += row.svg
    }
    return text + "</g>\n</svg>\n"
  }

  /// At most two digits after the point, none where they are zero.
  static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    if hundredths % 100 == 0 { return String(hundredths / 100) }
    let sign = hundredths < 0 ? "-" : ""
    let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
    let digits = rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)"
    return "\(sign)\(whole).\(digits)"
  }

  static func escaped(_ glyph: Unicode.Scalar) -> String {
    switch glyph {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    // XML holds these no more than a terminal does.
    case "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
    default: String(Character(CharacterWidth.printable(glyph)))
    }
  }
}

/// One row of the screen on its way to SVG: backgrounds, shapes and text, gathered by colour.
private struct ScreenRow {
  let y: Int
  private var backgrounds = Gathered()
  private var shapes = Gathered()
  private var light = Gathered()
  private var heavy = Gathered()
  private var texts: [Text] = []

  /// Neighbouring characters of one style: not every viewer takes a place for each character.
  private struct Text {
    var style: String
    var left: Double
    /// Column after the last character; nil behind a character that other fonts may draw wider.
    var next: Int?
    var glyphs: String
  }

  init(y: Int) {
    self.y = y
  }

  mutating func add(_ cell: Cell, x: Int, ink: String, paper: String) {
    var (front, back) = (Self.hex(cell.style.foreground), Self.hex(cell.style.background))
    if cell.style.attributes.contains(.reverse) { (front, back) = (back ?? paper, front ?? ink) }
    let (left, top) = (Double(x) * ScreenSVG.cellWidth, Double(y) * ScreenSVG.cellHeight)
    if let back {
      let width = CharacterWidth.of(cell.glyph) == 2 ? 2.0 : 1.0
      backgrounds.add(
        GlyphShape.rectangle(
          left, top, ScreenSVG.cellWidth * width, ScreenSVG.cellHeight), color: back)
    }
    let isDim = cell.style.attributes.contains(.dim)
    let color = (front ?? ink) + (isDim ? "90" : "")
    guard cell.glyph != " " else { return }
    switch GlyphShape.of(cell.glyph, left: left, top: top) {
    case .filled(let path, let opacity):
      shapes.add(path, color: opacity.map { (front ?? ink) + $0 } ?? color)
    case .strokes(let thin, let thick):
      light.add(thin, color: color)
      heavy.add(thick, color: color)
    case nil: add(text: cell, color: color, x: x, left: left)
    }
  }

  private mutating func add(text cell: Cell, color: String, x: Int, left: Double) {
    var style = "fill=\"\(color)\""
    if cell.style.attributes.contains(.bold) { style += " font-weight=\"bold\"" }
    if cell.style.attributes.contains(.italic) { style += " font-style=\"italic\"" }
    if cell.style.attributes.contains(.underline) { style += " text-decoration=\"underline\"" }
    let next = cell.glyph.isASCII ? x + 1 : nil
    if texts.last?.style == style, texts.last?.next == x, next != nil {
      texts[texts.count - 1].glyphs += ScreenSVG.escaped(cell.glyph)
      texts[texts.count - 1].next = next
    } else {
      texts.append(
        Text(style: style, left: left, next: next, glyphs: ScreenSVG.escaped(cell.glyph)))
    }
  }

  var svg: String {
    let baseline = ScreenSVG.number(Double(y) * ScreenSVG.cellHeight + 13)
    var text = backgrounds.svg {
      "<path shape-rendering=\"crispEdges\" fill=\"\($0)\" d=\"\($1)\"/>"
    }
    text += shapes.svg { "<path fill=\"\($0)\" d=\"\($1)\"/>" }
    text += light.svg { "<path fill=\"none\" stroke=\"\($0)\" stroke-width=\"1.2\" d=\"\($1)\"/>" }
    text += heavy.svg { "<path fill=\"none\" stroke=\"\($0)\" stroke-width=\"2.2\" d=\"\($1)\"/>" }
    for part in texts {
      text +=
        "<text \(part.style) x=\"\(ScreenSVG.number(part.left))\" y=\"\(baseline)\">"
        + "\(part.glyphs)</text>\n"
    }
    return text
  }

  private static func hex(_ color: Color) -> String? {
    guard case .rgb(let red, let green, let blue) = color else { return nil }
    let value = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    let digits = String(value, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}

/// Path data by colour, in the order in which the colours came.
private struct Gathered {
  private var order: [String] = []
  private var paths: [String: String] = [:]

  mutating func add(_ path: String, color: String) {
    guard !path.isEmpty else { return }
    if paths[color] == nil { order.append(color) }
    paths[color, default: ""] += path
  }

  func svg(_ element: (_ color: String, _ path: String) -> String) -> String {
    order.map { element($0, paths[$0] ?? "") + "\n" }.joined()
  }
}
