import FileFormats
import TrainingEvents

/// A run's curves and states as pictures for a report.
public enum RunCharts {
  /// Positions that a curve is drawn through; each stands for the steps around it, whose lowest
  /// and highest values make the band.
  private static let resolution = 600

  /// Training loss, raw and smoothed, and validation loss over steps.
  public static func loss(
    _ history: RunHistory, of run: RunDescription?, markers: [CommandRecord] = []
  ) -> SVGLineChart {
    let unit = unit(of: run)
    let name = run?.lossName ?? "loss"
    var chart = SVGLineChart(
      title: "Loss" + title(run),
      subtitle: subtitle(run), xLabel: "step", yLabel: name + (unit.map { " (\($0))" } ?? ""))
    let (x, raw) = sampled(history.loss, history)
    let (_, smooth) = sampled(history.smoothedLoss, history)
    chart.series = [
      SVGLineChart.Series(
        name: "training, each training step", color: .raw, x: x, y: raw.map { Double($0.mean) },
        band: raw.map { (Double($0.minimum), Double($0.maximum)) }, width: 0.8),
      SVGLineChart.Series(
        name: "training, smoothed", color: .smoothed, x: x, y: smooth.map { Double($0.mean) },
        width: 2),
    ]
    if !history.validations.isEmpty {
      chart.series.append(
        SVGLineChart.Series(
          name: "validation", color: .validation, x: history.validations.map { Double($0.step) },
          y: history.validations.map(\.loss), width: 1.8, hasDots: history.validations.count < 80))
    }
    if let best = history.best {
      chart.levels = [
        SVGLineChart.Level(
          y: best.loss, text: "best validation \(short(best.loss)) at step \(best.step)",
          color: .validation)
      ]
    }
    chart.markers = texts(of: markers)
    return chart
  }

  /// Norm of the whole gradient before clipping, with the clipping threshold.
  public static func gradients(
    _ history: RunHistory, of run: RunDescription?, markers: [CommandRecord] = []
  ) -> SVGLineChart {
    let share = history.clippedShare.map { short($0 * 100) } ?? ""
    var chart = SVGLineChart(
      title: "Gradient norm",
      subtitle: subtitle(run) + (history.clippedSteps > 0 ? " · \(share) % of steps clipped" : ""),
      xLabel: "step", yLabel: "‖∇L‖ before clipping", isLogarithmic: true)
    let (x, norms) = sampled(history.gradientNorm, history)
    chart.series = [
      SVGLineChart.Series(
        name: "gradient norm (mean, with lowest and highest)", color: .gradient, x: x,
        y: norms.map { Double($0.mean) },
        band: norms.map { (Double($0.minimum), Double($0.maximum)) })
    ]
    let threshold = markers.last { $0.name == "clip-norm" && $0.value != nil }?.value
    if let clip = threshold ?? run?.clipNorm, clip > 0 {
      chart.levels = [SVGLineChart.Level(y: clip, text: "clipped at \(short(clip))")]
    }
    chart.markers = texts(of: markers)
    return chart
  }

  /// ‖∂L(τ)/∂s(t)‖ against the lag, one curve a layer.
  public static func gradientByLag(_ frame: GradientByLag, of run: RunDescription?) -> SVGLineChart
  {
    SVGLineChart(
      title: "Gradient back through time", subtitle: subtitle(run) + " · step \(frame.step)",
      xLabel: "lag τ − t (time steps)", yLabel: "‖∂L(τ)/∂s(t)‖", isLogarithmic: true,
      series: frame.curves.enumerated().map { index, curve in
        SVGLineChart.Series(
          name: named(curve), color: .forSeries(index),
          x: curve.norms.indices.map(Double.init), y: curve.norms.map(Double.init),
          width: 1.8, hasDots: curve.norms.count < 80)
      })
  }

  private static func named(_ curve: LagCurve) -> String {
    LagFit(curve.norms).rate().map { "\(curve.name) (\($0))" } ?? curve.name
  }

  /// States over time, with the symbols being read.
  public static func hiddenStates(
    _ frame: HiddenStateFrame, of run: RunDescription?
  ) -> SVGHeatmap {
    var map = SVGHeatmap(
      title: "Hidden states", subtitle: subtitle(run) + " · step \(frame.step)",
      xLabel: "time t, with what the network reads", yLabel: "unit",
      panels: frame.maps.map {
        SVGHeatmap.Panel(
          name: $0.name, rows: $0.units, values: $0.values, lowest: $0.lowest, highest: $0.highest)
      })
    map.columnLabels = frame.symbols
    map.bars = frame.targetProbability.contains { $0.isFinite } ? frame.targetProbability : []
    map.barsName = "probability of the right next \(target(run))"
    return map
  }

  /// What the loss is measured in; nil where nobody said.
  static func unit(of run: RunDescription?) -> String? {
    switch run?.lossUnit {
    case .squaredError: "squared error"
    case .unknown: nil
    case .natsPerTarget, nil: "nats per \(target(run))"
    }
  }

  static func sampled(
    _ series: SeriesPyramid, _ history: RunHistory
  ) -> (x: [Double], y: [SeriesSummary]) {
    guard !history.isEmpty else { return ([], []) }
    let boundaries: [Int]
    if history.count <= resolution {
      boundaries = Array(0...history.count)
    } else {
      boundaries = (0...resolution).map { $0 * history.count / resolution }
    }
    let x = zip(boundaries, boundaries.dropFirst()).map { from, to in
      let (first, last) = (history.steps.step(at: from), history.steps.step(at: to - 1))
      return (Double(first ?? 0) + Double(last ?? 0)) / 2
    }
    // Steps without a number leave no hole in a curve: those that have one are joined.
    let found = zip(x, series.summaries(between: boundaries)).filter { $0.1.samples > 0 }
    return (found.map(\.0), found.map(\.1))
  }

  private static func texts(of commands: [CommandRecord]) -> [SVGLineChart.Marker] {
    commands.compactMap { command in
      command.marker.map { SVGLineChart.Marker(x: Double(command.step), text: $0) }
    }
  }

  private static func target(_ run: RunDescription?) -> String { run?.targetName ?? "target" }

  /// What a picture's title says of the run behind what the picture shows.
  static func title(_ run: RunDescription?) -> String {
    run.map { ": \($0.title.isEmpty ? $0.name : $0.title)" } ?? ""
  }

  static func subtitle(_ run: RunDescription?) -> String {
    guard let run else { return "" }
    return [run.name, run.network, run.optimizer].filter { !$0.isEmpty }.joined(separator: " · ")
  }

  /// Three significant digits.
  static func short(_ value: Double) -> String { significant(value, digits: 3) }

  /// So many significant digits, without zeros at the end.
  static func significant(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "–" }
    var places = 0
    var size = abs(value)
    var bound = 1.0
    for _ in 1..<max(2, digits) { bound *= 10 }
    while size < bound, size > 0, places < 15 {
      size *= 10
      places += 1
    }
    var bytes: [UInt8] = []
    DecimalNumber.append(DecimalNumber.rounded(value, places: places), to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
