/// What the box-drawing characters U+2500…U+257F are made of: a stroke toward each side of the cell.
public enum BoxDrawing {
  public enum Stroke: UInt8, Sendable {
    case none = 0
    case light = 1
    case heavy = 2
    case double = 3
  }

  public struct Arms: Sendable, Equatable {
    public var left: Stroke
    public var up: Stroke
    public var right: Stroke
    public var down: Stroke
    /// Dashes in the stroke; 0 for a solid one.
    public var dashes: Int
    /// Whether the corner is round.
    public var rounded: Bool
  }

  /// The strokes of a box-drawing character; nil for the diagonals and for everything else.
  public static func arms(of glyph: Unicode.Scalar) -> Arms? {
    guard (0x2500...0x257F).contains(glyph.value) else { return nil }
    let offset = Int(glyph.value - 0x2500) * 4
    let digits = table[offset..<offset + 4].compactMap { Stroke(rawValue: $0 - 48) }
    guard digits.count == 4 else { return nil }
    return Arms(
      left: digits[0], up: digits[1], right: digits[2], down: digits[3],
      dashes: dashes(glyph.value), rounded: (0x256D...0x2570).contains(glyph.value))
  }

  private static func dashes(_ value: UInt32) -> Int {
    switch value {
    case 0x2504...0x2507: 3
    case 0x2508...0x250B: 4
    case 0x254C...0x254F: 2
    default: 0
    }
  }

  /// Four digits a character (left, up, right, down), eight characters a line; `x` is a diagonal.
  private static let table: [UInt8] = Array(
    """
    10102020010102021010202001010202\
    10102020010102020011002100120022\
    10012001100220020110012002100220\
    11002100120022000111012102110112\
    02120221012202221101210112011102\
    12022201210222021011201110212021\
    10122012102220221110211011202120\
    12102210122022201111211111212121\
    12111112121222111221211211222221\
    21222212122222221010202001010202\
    30300303003100130033300110033003\
    01300310033031001300330001310313\
    03333101130333033031101330333130\
    13103330313113133333001110011100\
    0110xxxxxxxxxxxx1000010000100001\
    20000200002000021020010220100201
    """.utf8)
}
