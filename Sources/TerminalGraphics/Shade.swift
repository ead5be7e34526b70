/// Values as cells: colour on a terminal that has it, shade glyphs on one that has not.
public struct Shade: Sendable {
  private let cells: [Cell]
  private let texts: [Style]

  /// - Parameters:
  ///   - map: colours from the lowest to the highest value
  ///   - appearance: decides between colour, block glyphs and ASCII
  public init(map: ColorMap, appearance: Appearance) {
    let count = ColorMap.levels
    let glyphs: [Unicode.Scalar] =
      appearance.hasUnicode ? [" ", "░", "▒", "▓", "█"] : [" ", ".", ":", "+", "#"]
    texts = (0..<count).map {
      Self.text(Double($0) / Double(count - 1), map, appearance)
    }
    cells = (0..<count).map { level in
      let value = Double(level) / Double(count - 1)
      if appearance.hasColor { return Cell(" ", Style(.standard, on: map.color(at: value))) }
      return Cell(glyphs[min(glyphs.count - 1, Int(value * Double(glyphs.count)))])
    }
  }

  /// The cell of a value from 0 to 1; one that is not a number is marked as missing.
  public func cell(_ value: Double) -> Cell {
    guard value.isFinite else { return Cell("?") }
    return cells[Int((min(max(value, 0), 1) * Double(cells.count - 1)).rounded())]
  }

  /// The cell of a value in a range of its own.
  public func cell(_ value: Float, lowest: Float, highest: Float) -> Cell {
    guard highest > lowest else { return cell(0.5) }
    return cell(Double((value - lowest) / (highest - lowest)))
  }

  /// How text is written on the colour of a value: dark on light, light on dark, and without
  /// colour from dim over plain and bold to reverse.
  public func textStyle(_ value: Float, lowest: Float, highest: Float) -> Style {
    guard highest > lowest, value.isFinite else { return .plain }
    let place = Double((value - lowest) / (highest - lowest))
    guard place.isFinite else { return .plain }
    let share = min(max(place, 0), 1)
    return texts[Int((share * Double(texts.count - 1)).rounded())]
  }

  private static func text(_ level: Double, _ map: ColorMap, _ appearance: Appearance) -> Style {
    guard appearance.hasColor else {
      let attributes: [Style.Attributes] = [.dim, [], .bold, .reverse]
      return Style(.standard, on: .standard, attributes[min(3, Int(level * 4))])
    }
    let background = map.color(at: level)
    guard case .rgb(let red, let green, let blue) = background else { return .plain }
    let light = 0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)
    return Style(light > 128 ? .hex(0x10151C) : .hex(0xF4F6F8), on: background)
  }
}
