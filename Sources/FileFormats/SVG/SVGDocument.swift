/// The text of an SVG 1.1 picture while it is being written.
///
/// Colours are classes of one style sheet, never CSS variables, so that print shops' and editors'
/// renderers, which know only plain CSS, draw it too.
struct SVGDocument {
  private(set) var text: String
  let width: Double
  let height: Double

  init(width: Double, height: Double, title: String, palette: SVGPalette) {
    self.width = width
    self.height = height
    text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.number(width)) \
      \(Self.number(height))" width="\(Self.number(width))" height="\(Self.number(height))" \
      role="img" font-family="-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif" \
      font-size="12">
      <title>\(Self.escaped(title))</title>
      <style>
      \(palette.styleSheet)</style>
      <rect class="paper" width="100%" height="100%"/>

      """
  }

  mutating func finish() -> String {
    text += "</svg>\n"
    return text
  }

  mutating func raw(_ element: String) {
    text += element
    text += "\n"
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) {
    raw(
      "<line class=\"\(name)\" x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" "
        + "x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\"/>")
  }

  /// Writes a line of text whose anchor is `start`, `middle` or `end`.
  mutating func label(
    _ content: String, x: Double, y: Double, class name: String = "label",
    anchor: String = "start", size: Double? = nil, rotated: Bool = false, bold: Bool = false
  ) {
    var attributes = "class=\"\(name)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
    if anchor != "start" { attributes += " text-anchor=\"\(anchor)\"" }
    if let size { attributes += " font-size=\"\(Self.number(size))\"" }
    if bold { attributes += " font-weight=\"600\"" }
    if rotated {
      attributes += " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\""
    }
    raw("<text \(attributes)>\(Self.escaped(content))</text>")
  }

  /// A coordinate with at most two decimals; what is not finite becomes 0.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    var bytes: [UInt8] = []
    DecimalNumber.append(DecimalNumber.rounded(value, places: 2) + 0, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Text for XML 1.0; characters that XML cannot hold, and those that would turn the direction
  /// of what follows, become U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: result.append(contentsOf: "&amp;".unicodeScalars)
      case 0x3C: result.append(contentsOf: "&lt;".unicodeScalars)
      case 0x3E: result.append(contentsOf: "&gt;".unicodeScalars)
      case 0x22: result.append(contentsOf: "&quot;".unicodeScalars)
      case 0x09, 0x0A, 0x0D: result.append(" ")
      case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF:
        result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
