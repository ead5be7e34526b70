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

  func style(at position: Int) -> Style {
    styles.indices.contains(position) ? styles[position] : .plain
  }
}
