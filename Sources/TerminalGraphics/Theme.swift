/// A colour for every role on the screen, so that a curve has the same hue in every view.
public struct Theme: Sendable, Hashable {
  public var name: String
  public var text: Style
  /// Labels and units.
  public var muted: Style
  /// Axes, borders and whatever should stay behind the data.
  public var faint: Style
  public var border: Style
  /// The border of the panel that has the focus.
  public var focus: Style
  public var title: Style
  /// Keys in hints, the chosen line in a list.
  public var accent: Style
  public var chosen: Style
  /// Every step of the training loss.
  public var raw: Style
  /// The smoothed training loss.
  public var smoothed: Style
  public var validation: Style
  public var gradient: Style
  /// Minimum and maximum of a curve whose mean is drawn in full.
  public var gradientRange: Style
  public var lag: Style
  public var limit: Style
  public var marker: Style
  public var good: Style
  public var warning: Style
  public var bad: Style
  /// From the lowest value through zero, which has the background's colour, to the highest.
  public var diverging: ColorMap
  /// From nothing, which has the background's colour, to much.
  public var sequential: ColorMap
  /// Hues that are told apart, also by people who are colour-blind (after Okabe and Ito 2008), for
  /// lines that have no role of their own.
  public var series: [Style]

  public static let all: [Theme] = [.dark, .light, .colorBlind, .monochrome]

  public static func named(_ name: String) -> Theme? { all.first { $0.name == name } }
}

extension Theme {
  public static let dark = Theme(
    name: "dark", text: Style(.hex(0xD8DEE9)), muted: Style(.hex(0x8C96A8)),
    faint: Style(.hex(0x4C566A)), border: Style(.hex(0x4C566A)), focus: Style(.hex(0x7FB4E0)),
    title: Style(.hex(0xECEFF4), .bold), accent: Style(.hex(0x7FB4E0), .bold),
    chosen: Style(.hex(0x10151C), on: .hex(0x7FB4E0)), raw: Style(.hex(0x3F6E8F)),
    smoothed: Style(.hex(0x5EC4F2)), validation: Style(.hex(0xF2B04E), .bold),
    gradient: Style(.hex(0xC79BEF)), gradientRange: Style(.hex(0x6E5A8C)),
    lag: Style(.hex(0x56C596)), limit: Style(.hex(0xE0787A)), marker: Style(.hex(0xE6D37A)),
    good: Style(.hex(0x6CCB8B), .bold), warning: Style(.hex(0xF2B04E), .bold),
    bad: Style(.hex(0xF07178), .bold),
    diverging: .diverging(
      low: [0x8FD0FF, 0x2F7FC0, 0x16293A], high: [0x33230F, 0xCC7A1E, 0xFFC98A]),
    sequential: ColorMap([0x1B1F3B, 0x3B4A8A, 0x2F7F8E, 0x35B279, 0xA5D541, 0xFBE725]),
    series: seriesOnDark)

  public static let light = Theme(
    name: "light", text: Style(.hex(0x24292E)), muted: Style(.hex(0x5B6470)),
    faint: Style(.hex(0xA9B1BB)), border: Style(.hex(0xA9B1BB)), focus: Style(.hex(0x1F6FB5)),
    title: Style(.hex(0x111418), .bold), accent: Style(.hex(0x1F6FB5), .bold),
    chosen: Style(.hex(0xFFFFFF), on: .hex(0x1F6FB5)), raw: Style(.hex(0x9CC3E3)),
    smoothed: Style(.hex(0x1565A8)), validation: Style(.hex(0xB35C00), .bold),
    gradient: Style(.hex(0x7A3FB0)), gradientRange: Style(.hex(0xC9B3E0)),
    lag: Style(.hex(0x1B8A5A)), limit: Style(.hex(0xC0393B)), marker: Style(.hex(0x8A6D00)),
    good: Style(.hex(0x1B7F3B), .bold), warning: Style(.hex(0xB35C00), .bold),
    bad: Style(.hex(0xC0262B), .bold),
    diverging: .diverging(
      low: [0x0B4A8F, 0x5FA3DB, 0xE3EEF7], high: [0xFAECDC, 0xE39A4A, 0x9A4A00]),
    sequential: ColorMap([0xF2F0C9, 0xB5D98A, 0x4FB389, 0x2F7F8E, 0x3B4A8A, 0x2B1055]),
    series: seriesOnLight)

  /// Hues that stay apart under the common kinds of colour blindness: blue, orange, yellow, and
  /// state by lightness as well as by hue.
  public static let colorBlind = Theme(
    name: "colour-blind", text: Style(.hex(0xE6E6E6)), muted: Style(.hex(0x9A9A9A)),
    faint: Style(.hex(0x585858)), border: Style(.hex(0x585858)), focus: Style(.hex(0x56B4E9)),
    title: Style(.hex(0xFFFFFF), .bold), accent: Style(.hex(0x56B4E9), .bold),
    chosen: Style(.hex(0x000000), on: .hex(0x56B4E9)), raw: Style(.hex(0x2F6180)),
    smoothed: Style(.hex(0x56B4E9)), validation: Style(.hex(0xE69F00), .bold),
    gradient: Style(.hex(0xCC79A7)), gradientRange: Style(.hex(0x6E4A5E)),
    lag: Style(.hex(0x56B4E9)), limit: Style(.hex(0xD55E00)), marker: Style(.hex(0xF0E442)),
    good: Style(.hex(0x56B4E9), .bold), warning: Style(.hex(0xF0E442), .bold),
    bad: Style(.hex(0xD55E00), .bold),
    diverging: .diverging(
      low: [0x9FD8FF, 0x0072B2, 0x10202C], high: [0x2E1D08, 0xE69F00, 0xFFE3A3]),
    sequential: ColorMap([0x00204C, 0x31446B, 0x666970, 0x958F78, 0xCBBA69, 0xFFE945]),
    series: seriesOnDark)

  /// Attributes alone: bold for what matters, dim for what stays behind.
  public static let monochrome = Theme(
    name: "monochrome", text: .plain, muted: .plain, faint: Style(.standard, .dim),
    border: Style(.standard, .dim), focus: Style(.standard, .bold),
    title: Style(.standard, .bold), accent: Style(.standard, .bold),
    chosen: Style(.standard, .reverse), raw: Style(.standard, .dim), smoothed: .plain,
    validation: Style(.standard, .bold), gradient: .plain, gradientRange: Style(.standard, .dim),
    lag: .plain, limit: Style(.standard, .dim), marker: Style(.standard, .bold),
    good: Style(.standard, .bold), warning: Style(.standard, .bold),
    bad: Style(.standard, [.bold, .reverse]),
    diverging: ColorMap([]), sequential: ColorMap([]),
    series: [.plain])
}

extension Theme {
  private static let seriesOnDark = [
    0x56B4E9, 0xFF9F5A, 0x2FD0A0, 0xE69AC8, 0xF0E442, 0xBBBBBB, 0xA58BFF, 0xF0603A,
  ].map { Style(.hex($0)) }
  private static let seriesOnLight = [
    0x0072B2, 0xD55E00, 0x00795A, 0xAA4488, 0x8A6D00, 0x555555, 0x5B3FC0, 0x8C2D04,
  ].map { Style(.hex($0)) }
}

extension Style {
  fileprivate init(_ foreground: Color, _ attributes: Attributes) {
    self.init(foreground, on: .standard, attributes)
  }
}
