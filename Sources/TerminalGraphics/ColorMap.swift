/// Colours for numbers from 0 to 1, in a fixed number of levels.
///
/// Levels keep neighbouring values in one colour: a heatmap that hardly changed costs a terminal
/// hardly any bytes.
public struct ColorMap: Sendable, Hashable {
  /// Levels of a map; odd, so that a diverging one has a middle.
  public static let levels = 25

  private var colors: [Color]

  /// A map through these colours (`0xRRGGBB`) at even distances; none gives the terminal's own.
  public init(_ stops: [UInt32]) {
    colors = (0..<Self.levels).map {
      ColorMap.blend(stops, at: Double($0) / Double(Self.levels - 1))
    }
  }

  /// A map with two arms and the terminal's own background in the middle.
  /// - Parameters:
  ///   - low: colours from the lowest value to just below the middle
  ///   - high: colours from just above the middle to the highest value
  /// - Returns: a map whose middle level is `Color.standard`
  public static func diverging(low: [UInt32], high: [UInt32]) -> ColorMap {
    var map = ColorMap([])
    let middle = levels / 2
    for level in 0..<middle {
      map.colors[level] = blend(low, at: Double(level) / Double(middle - 1))
      map.colors[levels - 1 - level] = blend(
        high, at: 1 - Double(level) / Double(middle - 1))
    }
    return map
  }

  /// The colour of a value, cut to 0…1; values that are not numbers have none.
  public func color(at value: Double) -> Color {
    guard value.isFinite else { return .standard }
    let level = Int((min(max(value, 0), 1) * Double(Self.levels - 1)).rounded())
    return colors[level]
  }

  private static func blend(_ stops: [UInt32], at position: Double) -> Color {
    guard let first = stops.first, let last = stops.last else { return .standard }
    guard stops.count > 1, position < 1 else { return .hex(position < 1 ? first : last) }
    let place = position * Double(stops.count - 1)
    let index = Int(place)
    let share = place - Double(index)
    func channel(_ shift: UInt32) -> UInt8 {
      let from = Double((stops[index] >> shift) & 0xFF)
      let to = Double((stops[index + 1] >> shift) & 0xFF)
      return UInt8(from + (to - from) * share)
    }
    return .rgb(red: channel(16), green: channel(8), blue: channel(0))
  }
}
