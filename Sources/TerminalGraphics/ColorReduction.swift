import Foundation

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

/// A colour as lightness and two opponent hues (Björn Ottosson's OKLab), from 8-bit sRGB.
struct OKLab: Sendable, Equatable {
  /// 0 is black, 1 is white.
  var lightness: Double
  /// Green to red.
  var a: Double
  /// Blue to yellow.
  var b: Double

  init(red: UInt8, green: UInt8, blue: UInt8) {
    let (r, g, b) = (Self.linear(red), Self.linear(green), Self.linear(blue))
    let long = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    let medium = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    let short = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    self.b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
  }

  /// Squared distance, with the difference in lightness scaled by `weight`.
  func squaredDistance(to other: OKLab, lightness weight: Double) -> Double {
    let (dl, da, db) = (weight * (lightness - other.lightness), a - other.a, b - other.b)
    return dl * dl + da * da + db * db
  }

  private static func linear(_ component: UInt8) -> Double {
    let value = Double(component) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}
