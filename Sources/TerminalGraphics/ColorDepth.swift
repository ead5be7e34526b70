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
