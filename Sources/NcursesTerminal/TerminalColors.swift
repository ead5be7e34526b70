import CNcurses
import TerminalGraphics

/// Styles as ncurses attributes and colour pairs, brought down to what the terminal has.
struct TerminalColors {
  let depth: ColorDepth
  /// The description has its own numbers 0–7 for the named colours, beside 24-bit values.
  private let keepsNamedColors: Bool
  private let capacity: Int
  private var numbers: [Color: Int32] = [:]
  private var pairs: [UInt64: Int32] = [:]
  private(set) var isExhausted = false

  /// Call after ncurses started; chooses by the terminal's description and `NO_COLOR`.
  ///
  /// - Parameter keepsNamedColors: whether ncurses runs on the terminal's own description.
  init(keepsNamedColors: Bool) {
    self.keepsNamedColors = keepsNamedColors
    guard !Self.isUnwanted, has_colors(), start_color() == OK else {
      depth = .none
      capacity = 0
      return
    }
    use_default_colors()
    capacity = Int(unfold_color_pairs()) - 1
    depth = Self.depth(colors: unfold_colors())
  }

  /// `NO_COLOR` (no-color.org) is set to anything.
  static var isUnwanted: Bool { TerminalCheck.variable("NO_COLOR").map { !$0.isEmpty } ?? false }

  static func depth(colors: Int32) -> ColorDepth {
    switch colors {
    case (1 << 24)...: .trueColor
    case 256...: .palette256
    case 16...: .sixteen
    case 8...: .eight
    default: .none
    }
  }

  /// Attributes and pair for a style.
  mutating func resolve(_ style: Style) -> (attributes: attr_t, pair: Int32) {
    var attributes = Self.attributes(style.attributes)
    guard depth != .none, style.foreground != .standard || style.background != .standard else {
      return (attributes, 0)
    }
    var (front, back) = (number(of: style.foreground), number(of: style.background))
    if depth <= .sixteen { Self.keepReadable(&front, on: back, &attributes) }
    let key = UInt64(UInt32(bitPattern: front)) << 32 | UInt64(UInt32(bitPattern: back))
    if let pair = pairs[key] { return (attributes, pair) }
    // A pair that ncurses takes from other cells would change their colours.
    guard pairs.count < capacity else {
      isExhausted = true
      return (back >= 0 ? attributes | unfold_attr_reverse() : attributes, 0)
    }
    let pair = max(0, alloc_pair(front, back))
    pairs[key] = pair
    return (attributes, pair)
  }

  /// Forgets all pairs; everything on screen must be drawn again.
  mutating func reset() {
    reset_color_pairs()
    pairs = [:]
    isExhausted = false
  }

  /// Few colours leave text in its background's: grey on the terminal's own, which may be black or
  /// white, becomes the terminal's own, too.
  private static func keepReadable(
    _ front: inout Int32, on back: Int32, _ attributes: inout attr_t
  ) {
    if back < 0, [0, 7, 15].contains(front) {
      if front == 0 { attributes |= unfold_attr_dim() }
      front = -1
    } else if back >= 0, front == back {
      front = back == 0 ? 7 : 0
    }
  }

  private static func attributes(_ wanted: Style.Attributes) -> attr_t {
    var attributes: attr_t = 0
    if wanted.contains(.bold) { attributes |= unfold_attr_bold() }
    if wanted.contains(.dim) { attributes |= unfold_attr_dim() }
    if wanted.contains(.underline) { attributes |= unfold_attr_underline() }
    if wanted.contains(.reverse) { attributes |= unfold_attr_reverse() }
    if wanted.contains(.italic) { attributes |= unfold_attr_italic() }
    return attributes
  }

  private mutating func number(of color: Color) -> Int32 {
    guard case .rgb(let red, let green, let blue) = color else { return -1 }
    if depth == .trueColor {
      let value = Int32(red) << 16 | Int32(green) << 8 | Int32(blue)
      return keepsNamedColors && (1..<8).contains(value) ? 8 : value
    }
    if let number = numbers[color] { return number }
    let number = Int32(ColorReduction.index(of: color, depth: depth) ?? -1)
    numbers[color] = number
    return number
  }
}
