/// Values as cells: colour on a terminal that has it, shade glyphs on one that has not.
public struct Shade: Sendable {
  private let cells: [Cell]

  /// - Parameters:
  ///   - map: colours from the lowest to the highest value
  ///   - appearance: decides between colour, block glyphs and ASCII
  public init(map: ColorMap, appearance: Appearance) {
    let count = ColorMap.levels
    let glyphs: [Unicode.Scalar] =
      appearance.hasUnicode ? [" ", "░", "▒", "▓", "█"] : [" ", ".", ":", "+", "#"]
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
}
