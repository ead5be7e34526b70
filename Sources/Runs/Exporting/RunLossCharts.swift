import FileFormats
import TrainingEvents

extension RunCharts {
  /// One run's losses, thinned for a picture.
  struct LossOfRun: Sendable {
    /// What tells it from the others.
    var name = ""
    let lossName: String
    let unit: String?
    let training: SVGLineChart.Series
    let validation: SVGLineChart.Series?

    init(_ history: RunHistory, of run: RunDescription?) {
      lossName = run?.lossName ?? "loss"
      unit = RunCharts.unit(of: run)
      let (x, smooth) = RunCharts.sampled(history.smoothedLoss, history)
      training = SVGLineChart.Series(
        name: "", color: .raw, x: x, y: smooth.map { Double($0.mean) }, width: 1.8)
      validation =
        history.validations.isEmpty
        ? nil
        : SVGLineChart.Series(
          name: "", color: .raw, x: history.validations.map { Double($0.step) },
          y: history.validations.map(\.loss), width: 1.2,
          hasDots: history.validations.count < 80, isDashed: true)
    }
  }

  /// The losses of several runs over each other, a hue each: the smoothed training loss, and dashed
  /// the validation loss, where there are not too many runs for both.
  static func losses(_ runs: [LossOfRun]) -> SVGLineChart {
    let names = Set(runs.map(\.lossName))
    let units = Set(runs.map(\.unit))
    let unit = units.count == 1 ? units.first ?? nil : nil
    let hues = SVGColor.series.count
    let hasValidation = runs.count <= hues && runs.contains { $0.validation != nil }
    var chart = SVGLineChart(
      title: "Loss of \(runs.count) runs",
      subtitle: "training, smoothed" + (hasValidation ? " · dashed: validation" : ""),
      xLabel: "step",
      yLabel: (names.count == 1 ? names.first ?? "loss" : "loss") + (unit.map { " (\($0))" } ?? ""))
    for (index, run) in runs.enumerated() {
      var training = run.training
      (training.name, training.color) = (run.name, .forSeries(index))
      // Behind the last hue they begin again, and are told apart by dashes.
      training.isDashed = index / hues % 2 == 1
      chart.series.append(training)
      guard hasValidation, var validation = run.validation else { continue }
      validation.color = .forSeries(index)
      chart.series.append(validation)
    }
    return chart
  }
}
