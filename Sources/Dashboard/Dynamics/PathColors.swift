import TerminalGraphics
import TrainingEvents

/// The colour of every position of a path: by time from dark to bright, or one for each symbol.
struct PathColors {
  private let styles: [Style]

  init(_ frame: DynamicsFrame, _ scene: Scene) {
    let (count, theme) = (frame.path.count, scene.theme)
    guard scene.appearance.hasColor else {
      styles = frame.path.map { _ in theme.smoothed }
      return
    }
    switch scene.state.dynamicsControls.coloring {
    case .time:
      styles = (0..<count).map { position in
        let share = Double(position) / Double(max(1, count - 1))
        return Style(theme.sequential.color(at: 0.25 + 0.75 * share))
      }
    case .symbol:
      let names = Array(Set(frame.symbols)).sorted()
      styles = (0..<count).map { position in
        guard position < frame.symbols.count, !theme.series.isEmpty,
          let index = names.firstIndex(of: frame.symbols[position])
        else { return theme.smoothed }
        return theme.series[index % theme.series.count]
      }
    case .unit:
      guard let unit = Self.unit(scene) else {
        styles = frame.path.map { _ in theme.smoothed }
        return
      }
      let offset = count - unit.values.count
      styles = (0..<count).map { position in
        guard unit.values.indices.contains(position - offset) else { return theme.faint }
        let (value, range) = (unit.values[position - offset], unit.highest - unit.lowest)
        guard value.isFinite, range > 0 else { return theme.faint }
        return Style(
          theme.sequential.color(at: 0.25 + 0.75 * Double((value - unit.lowest) / range)))
      }
    case .layer:
      styles = Self.moving(scene.state.chainedLayers, count: count).map { layer in
        guard let layer, !theme.series.isEmpty else { return theme.faint }
        return theme.series[layer % theme.series.count]
      }
    }
  }

  /// The place in `layers` of the one whose state changes most on the way to each position: by the
  /// mean square over its units. What all hold ends with the last step.
  static func moving(_ layers: [StateMap], count: Int) -> [Int?] {
    (0..<count).map { position in
      let moves = layers.map { map -> Float in
        let column = position - (count - map.columns)
        guard column > 0, column < map.columns, map.units > 0 else { return -1 }
        let sum = (0..<map.units).reduce(Float(0)) { sum, unit in
          let difference =
            map.values[column * map.units + unit] - map.values[(column - 1) * map.units + unit]
          return sum + difference * difference
        }
        return sum.isFinite ? sum / Float(map.units) : -1
      }
      guard let most = moves.indices.max(by: { moves[$0] < moves[$1] }), moves[most] >= 0 else {
        return nil
      }
      return most
    }
  }

  /// The picked unit of the heatmap along the text; what both hold ends with the last step.
  private static func unit(
    _ scene: Scene
  ) -> (name: String, values: [Float], lowest: Float, highest: Float)? {
    guard let map = scene.state.shownMap,
      let unit = scene.state.heatmap.unit ?? scene.state.shownUnit, unit < map.units
    else { return nil }
    let values = (0..<map.columns).map { map.values[$0 * map.units + unit] }
    guard let lowest = values.filter(\.isFinite).min(),
      let highest = values.filter(\.isFinite).max()
    else { return nil }
    return (map.name(ofUnit: unit), values, lowest, highest)
  }

  /// What is coloured by, such as `time` or `unit 7`.
  static func words(_ scene: Scene) -> String {
    let coloring = scene.state.dynamicsControls.coloring
    guard coloring == .unit, let unit = unit(scene) else { return coloring.rawValue }
    return "unit \(unit.name)"
  }

  /// Of layers, each in its colour; empty where something else is coloured by.
  static func layerLegend(_ scene: Scene) -> StyledText {
    let theme = scene.theme
    guard scene.state.dynamicsControls.coloring == .layer else { return StyledText() }
    var text = StyledText("  moves most: layer", theme.muted)
    for (index, map) in scene.state.chainedLayers.enumerated() where !theme.series.isEmpty {
      let number = map.name.split(separator: " ").last.map { String($0) } ?? map.name
      text.add(" \(number)", theme.series[index % theme.series.count], joined: true)
    }
    return text
  }

  func style(at position: Int) -> Style {
    styles.indices.contains(position) ? styles[position] : .plain
  }
}
