/// One character position on the screen.
public struct Cell: Sendable, Hashable {
  /// What stands there: one printable scalar; a wide one fills the next cell too.
  public var glyph: Unicode.Scalar
  public var style: Style

  public init(_ glyph: Unicode.Scalar = " ", _ style: Style = .plain) {
    self.glyph = glyph
    self.style = style
  }

  public static let blank = Cell()
  /// Stands to the right of a wide glyph and is never drawn itself.
  public static let continuation = Cell("\u{0}")
}

/// How a cell looks.
public struct Style: Sendable, Hashable {
  public var foreground: Color
  public var background: Color
  public var attributes: Attributes

  public init(
    _ foreground: Color = .standard, on background: Color = .standard, _ attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  public static let plain = Style()

  public struct Attributes: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let bold = Attributes(rawValue: 1)
    public static let dim = Attributes(rawValue: 2)
    public static let underline = Attributes(rawValue: 4)
    public static let reverse = Attributes(rawValue: 8)
    public static let italic = Attributes(rawValue: 16)
  }
}

/// A colour in full; the terminal module brings it down to what the terminal can show.
public enum Color: Sendable, Hashable {
  /// The terminal's own foreground or background.
  case standard
  case rgb(red: UInt8, green: UInt8, blue: UInt8)

  /// A colour from `0xRRGGBB`.
  public static func hex(_ value: UInt32) -> Color {
    .rgb(
      red: UInt8(truncatingIfNeeded: value >> 16), green: UInt8(truncatingIfNeeded: value >> 8),
      blue: UInt8(truncatingIfNeeded: value))
  }
}
