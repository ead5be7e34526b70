/// How a screen is to be drawn on this terminal, by this person's choice.
public struct Appearance: Sendable, Equatable {
  /// What curves are made of.
  public enum Drawing: String, Sendable, CaseIterable {
    /// 2 × 4 dots a cell.
    case braille
    /// 2 × 2 quarters a cell, for fonts without braille.
    case block
    /// 1 × 2 positions a cell, in ASCII.
    case ascii
  }

  /// Colours of every role; the monochrome theme where there is no colour.
  public let theme: Theme
  public let hasColor: Bool
  public let hasUnicode: Bool
  public let drawing: Drawing

  /// - Parameters:
  ///   - theme: the person's choice, set aside where the terminal has no colour
  ///   - hasColor: whether anything beside attributes such as bold can be shown
  ///   - hasUnicode: whether box-drawing and block characters can be shown
  ///   - drawing: what curves are made of, set aside where there is no Unicode
  public init(
    theme: Theme = .dark, hasColor: Bool = true, hasUnicode: Bool = true,
    drawing: Drawing = .braille
  ) {
    self.hasColor = hasColor && theme != .monochrome
    self.hasUnicode = hasUnicode
    self.theme = self.hasColor ? theme : .monochrome
    self.drawing = hasUnicode ? drawing : .ascii
  }

  /// The glyph, or its stand-in on a terminal without Unicode.
  public func glyph(_ glyph: Unicode.Scalar, ascii: Unicode.Scalar) -> Unicode.Scalar {
    hasUnicode ? glyph : ascii
  }
}

/// How many colours a terminal can show.
public enum ColorDepth: Int, Sendable, Hashable, Comparable, CaseIterable {
  /// Only the terminal's own foreground and background.
  case none = 0
  case eight = 8
  case sixteen = 16
  /// The fixed palette of xterm: 16 named colours, a 6×6×6 cube and 24 greys.
  case palette256 = 256
  /// Red, green and blue with 8 bits each.
  case trueColor = 16_777_216

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
