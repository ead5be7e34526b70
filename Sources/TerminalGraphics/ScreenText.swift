/// A picture of the screen as text.
public enum ScreenText {
  /// The characters alone: one line a row, trailing blanks removed, a line feed after each.
  public static func plain(_ buffer: CellBuffer) -> String {
    buffer.lines.map { $0 + "\n" }.joined()
  }

  /// The characters with colours as ANSI (ECMA-48) sequences, for `cat` and `less -R`.
  ///
  /// Every line ends in the terminal's plain style, so that a cut between two lines harms nothing.
  /// - Parameters:
  ///   - buffer: the picture
  ///   - depth: colours are brought down to it; `.none` leaves attributes alone
  public static func ansi(_ buffer: CellBuffer, depth: ColorDepth = .trueColor) -> String {
    var text = ""
    for y in 0..<buffer.size.height {
      var current = Style.plain
      var end = buffer.size.width
      while end > 0, buffer[end - 1, y] == .blank { end -= 1 }
      for x in 0..<end {
        let cell = buffer[x, y]
        guard cell.glyph != Cell.continuation.glyph else { continue }
        if cell.style != current {
          text += sequence(for: cell.style, depth: depth)
          current = cell.style
        }
        text.unicodeScalars.append(CharacterWidth.printable(cell.glyph))
      }
      text += current == .plain ? "\n" : "\u{1B}[0m\n"
    }
    return text
  }

  /// The sequence that sets a style, whatever was set before.
  public static func sequence(for style: Style, depth: ColorDepth = .trueColor) -> String {
    var codes = ["0"]
    let attributes: [(Style.Attributes, String)] = [
      (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"),
    ]
    for (attribute, code) in attributes where style.attributes.contains(attribute) {
      codes.append(code)
    }
    if let code = code(for: style.foreground, base: 30, depth: depth) { codes.append(code) }
    if let code = code(for: style.background, base: 40, depth: depth) { codes.append(code) }
    return "\u{1B}[" + codes.joined(separator: ";") + "m"
  }

  private static func code(for color: Color, base: Int, depth: ColorDepth) -> String? {
    if depth == .trueColor, case .rgb(let red, let green, let blue) = color {
      return "\(base + 8);2;\(red);\(green);\(blue)"
    }
    guard let index = ColorReduction.index(of: color, depth: depth) else { return nil }
    if depth == .palette256 { return "\(base + 8);5;\(index)" }
    return index < 8 ? "\(base + index)" : "\(base + 60 + index - 8)"
  }
}
