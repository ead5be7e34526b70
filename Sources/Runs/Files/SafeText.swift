import TerminalGraphics

/// Text from paths and files made harmless for a terminal.
enum SafeText {
  /// Control characters and direction marks replaced, as on the screen.
  static func printable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(CharacterWidth.printable(scalar)) }
    return String(result)
  }
}
