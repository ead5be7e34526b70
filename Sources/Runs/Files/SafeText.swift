import TerminalGraphics

/// Text from paths and files made harmless for a terminal.
enum SafeText {
  /// Control characters and direction marks replaced, as on the screen.
  /// - Parameter limit: characters at most; what a file says may be of any length.
  static func printable(_ text: String, limit: Int = .max) -> String {
    var result = String.UnicodeScalarView()
    for (index, scalar) in text.unicodeScalars.enumerated() {
      guard index < limit else { return String(result) + "…" }
      result.append(CharacterWidth.printable(scalar))
    }
    return String(result)
  }
}
