import CNcurses
import TerminalGraphics

/// Styles as ncurses attributes and colour pairs, brought down to what the terminal has.
struct TerminalColors {
  let depth: ColorDepth
  private var pairs: [ColorPair: Int32] = [:]

  private struct ColorPair: Hashable {
    var foreground: Color
    var background: Color
  }

  /// Call after ncurses started; chooses by the terminal's description and `NO_COLOR`.
  init() {
    let noColor = TerminalCheck.variable("NO_COLOR").map { !$0.isEmpty } ?? false
    guard !noColor, has_colors(), start_color() == OK else {
      depth = .none
      return
    }
    use_default_colors()
    switch unfold_colors() {
    case (1 << 24)...: depth = .trueColor
    case 256...: depth = .palette256
    case 16...: depth = .sixteen
    case 8...: depth = .eight
    default: depth = .none
    }
  }

  /// Attributes and pair for a style.
  mutating func resolve(_ style: Style) -> (attributes: attr_t, pair: Int32) {
    var attributes: attr_t = 0
    if style.attributes.contains(.bold) { attributes |= unfold_attr_bold() }
    if style.attributes.contains(.dim) { attributes |= unfold_attr_dim() }
    if style.attributes.contains(.underline) { attributes |= unfold_attr_underline() }
    if style.attributes.contains(.reverse) { attributes |= unfold_attr_reverse() }
    if style.attributes.contains(.italic) { attributes |= unfold_attr_italic() }
    guard depth != .none, style.foreground != .standard || style.background != .standard else {
      return (attributes, 0)
    }
    let key = ColorPair(foreground: style.foreground, background: style.background)
    if let pair = pairs[key] { return (attributes, pair) }
    let pair = max(0, alloc_pair(number(of: style.foreground), number(of: style.background)))
    pairs[key] = pair
    return (attributes, pair)
  }

  private func number(of color: Color) -> Int32 {
    guard case .rgb(let red, let green, let blue) = color else { return -1 }
    if depth == .trueColor {
      let value = Int32(red) << 16 | Int32(green) << 8 | Int32(blue)
      // Direct-colour terminals take the first eight numbers for their palette.
      return (1..<8).contains(value) ? 8 : value
    }
    return Int32(ColorReduction.index(of: color, depth: depth) ?? -1)
  }
}
