/// Brings full colours down to the palette that a terminal has.
///
/// Distances are measured in OKLab, where equal steps look equally large. For the 8 and 16 named
/// colours lightness counts less than hue: a deep blue should stay blue rather than turn black.
public enum ColorReduction {
  /// Number of the palette entry nearest to a colour; nil for the terminal's own colour, and for
  /// depths that have no palette (`none`, `trueColor`).
  public static func index(of color: Color, depth: ColorDepth) -> Int? {
    guard case .rgb(let red, let green, let blue) = color else { return nil }
    let lab = OKLab(red: red, green: green, blue: blue)
    switch depth {
    case .none, .trueColor: return nil
    case .eight: return nearest(to: lab, in: 0..<8, lightness: 0.25)
    case .sixteen: return nearest(to: lab, in: 0..<16, lightness: 0.6)
    // The first 16 are left out: people redefine them.
    case .palette256: return nearest(to: lab, in: 16..<256, lightness: 1)
    }
  }

  /// The colour that stands at a number of the 256-colour palette, as xterm defines it.
  public static func paletteColor(_ index: Int) -> Color { .hex(paletteValue(index)) }

  private static func nearest(to lab: OKLab, in range: Range<Int>, lightness: Double) -> Int {
    var best = range.lowerBound
    var bestDistance = Double.infinity
    for index in range {
      let distance = lab.squaredDistance(to: palette[index], lightness: lightness)
      if distance < bestDistance {
        best = index
        bestDistance = distance
      }
    }
    return best
  }

  private static let palette: [OKLab] = (0..<256).map { index in
    let value = paletteValue(index)
    return OKLab(
      red: UInt8(truncatingIfNeeded: value >> 16), green: UInt8(truncatingIfNeeded: value >> 8),
      blue: UInt8(truncatingIfNeeded: value))
  }

  private static let named: [UInt32] = [
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
  ]

  private static func paletteValue(_ index: Int) -> UInt32 {
    let levels: [UInt32] = [0, 95, 135, 175, 215, 255]
    switch index {
    case 0..<16: return named[index]
    case 16..<232:
      let cube = index - 16
      return levels[cube / 36] << 16 | levels[cube / 6 % 6] << 8 | levels[cube % 6]
    case 232..<256: return UInt32(8 + 10 * (index - 232)) * 0x010101
    default: return 0
    }
  }
}
