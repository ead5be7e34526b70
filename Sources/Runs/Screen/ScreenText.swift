import TerminalGraphics

/// A screen as text.
public enum ScreenText {
  /// The characters alone.
  public static func plain(_ screen: CellBuffer) -> String {
    screen.lines.joined(separator: "\n") + "\n"
  }

  /// Characters with their colours as a terminal's escape sequences, one line a row, so that `cat`
  /// shows the screen again.
  public static func colored(_ screen: CellBuffer) -> String {
    var text = ""
    for y in 0..<screen.size.height {
      var style = Style.plain
      for x in 0..<screen.size.width {
        let cell = screen[x, y]
        if cell.glyph == Cell.continuation.glyph { continue }
        if cell.style != style {
          style = cell.style
          text += sequence(style)
        }
        text.unicodeScalars.append(CharacterWidth.printable(cell.glyph))
      }
      if style != .plain { text += "\u{1B}[0m" }
      text += "\n"
    }
    return text
  }

  /// The escape sequence that sets a style from whatever was set before.
  static func sequence(_ style: Style) -> String {
    var codes = ["0"]
    let attributes: [(Style.Attributes, String)] = [
      (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"),
    ]
    for (attribute, code) in attributes where style.attributes.contains(attribute) {
      codes.append(code)
    }
    if case .rgb(let red, let green, let blue) = style.foreground {
      codes.append("38;2;\(red);\(green);\(blue)")
    }
    if case .rgb(let red, let green, let blue) = style.background {
      codes.append("48;2;\(red);\(green);\(blue)")
    }
    return "\u{1B}[" + codes.joined(separator: ";") + "m"
  }
}
