/// Whether a picture is drawn for light paper, for a dark page, or for whichever the reader has.
public enum SVGScheme: String, Sendable, CaseIterable {
  /// Light, and dark where the viewer prefers it (`prefers-color-scheme`).
  case automatic
  case light
  case dark
}

/// A colour on light and on dark ground, as `0xRRGGBB`.
public struct SVGColor: Sendable, Equatable {
  public var light: UInt32
  public var dark: UInt32

  public init(light: UInt32, dark: UInt32) {
    self.light = light
    self.dark = dark
  }

  public static let raw = SVGColor(light: 0x9CC3E3, dark: 0x3F6E8F)
  public static let smoothed = SVGColor(light: 0x1565A8, dark: 0x5EC4F2)
  public static let validation = SVGColor(light: 0xB35C00, dark: 0xF2B04E)
  public static let gradient = SVGColor(light: 0x7A3FB0, dark: 0xC79BEF)
  public static let gradientRange = SVGColor(light: 0xC9B3E0, dark: 0x6E5A8C)
  public static let limit = SVGColor(light: 0xC0393B, dark: 0xE0787A)
  public static let lag = SVGColor(light: 0x1B8A5A, dark: 0x56C596)

  /// Hues that stay apart under the common kinds of colour blindness (after Okabe and Ito 2008),
  /// for series that have no role of their own.
  public static let series: [SVGColor] = [
    SVGColor(light: 0x0072B2, dark: 0x56B4E9), SVGColor(light: 0xD55E00, dark: 0xFF9F5A),
    SVGColor(light: 0x00795A, dark: 0x2FD0A0), SVGColor(light: 0xAA4488, dark: 0xE69AC8),
    SVGColor(light: 0x8A6D00, dark: 0xF0E442), SVGColor(light: 0x555555, dark: 0xBBBBBB),
    SVGColor(light: 0x5B3FC0, dark: 0xA58BFF), SVGColor(light: 0x8C2D04, dark: 0xF0603A),
  ]

  /// A colour for the series at a position, beginning again after the last.
  public static func forSeries(_ index: Int) -> SVGColor {
    series[((index % series.count) + series.count) % series.count]
  }
}

/// The style sheet of a picture: one class a role, for one ground or for both.
struct SVGPalette {
  var scheme: SVGScheme
  private var rules: [(selector: String, property: String, color: SVGColor)] = [
    ("paper", "fill", SVGColor(light: 0xFFFFFF, dark: 0x11151C)),
    ("heading", "fill", SVGColor(light: 0x111418, dark: 0xECEFF4)),
    ("label", "fill", SVGColor(light: 0x4A525C, dark: 0xA7B0C0)),
    ("grid", "stroke", SVGColor(light: 0xE4E8EC, dark: 0x252C38)),
    ("axis", "stroke", SVGColor(light: 0x8A939E, dark: 0x5B667A)),
    ("marker", "stroke", SVGColor(light: 0x8A6D00, dark: 0xE6D37A)),
    ("halo", "stroke", SVGColor(light: 0xFFFFFF, dark: 0x11151C)),
    ("marker-text", "fill", SVGColor(light: 0x8A6D00, dark: 0xE6D37A)),
  ]

  init(scheme: SVGScheme) {
    self.scheme = scheme
  }

  mutating func add(stroke selector: String, _ color: SVGColor) {
    rules.append((selector, "stroke", color))
  }

  mutating func add(fill selector: String, _ color: SVGColor) {
    rules.append((selector, "fill", color))
  }

  var styleSheet: String {
    func lines(_ shade: KeyPath<SVGColor, UInt32>) -> String {
      rules.map { ".\($0.selector){\($0.property):\(Self.hex($0.color[keyPath: shade]))}\n" }
        .joined()
    }
    let shapes =
      ".grid,.axis{stroke-width:1}\n.marker{stroke-dasharray:2 3}\n"
      + ".halo{stroke-width:3;stroke-linejoin:round;paint-order:stroke}\n"
    switch scheme {
    case .light: return shapes + lines(\.light)
    case .dark: return shapes + lines(\.dark)
    case .automatic:
      return shapes + lines(\.light) + "@media (prefers-color-scheme:dark){\n" + lines(\.dark)
        + "}\n"
    }
  }

  static func hex(_ color: UInt32) -> String {
    let digits = String(color & 0xFFFFFF, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
