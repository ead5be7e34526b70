import FileFormats
import Training
import TrainingEvents

/// The losses of a sweep in one picture: a hue for each combination, and around its mean a band from the
/// lowest to the highest of its seeds.
enum SweepPicture {
  /// One curve and how far its runs lie apart.
  private struct Curve {
    var name: String
    var x: [Double] = []
    var mean: [Double] = []
    var band: [(low: Double, high: Double)] = []
  }

  /// Validation losses where every run that has a step has one, else smoothed training losses.
  static func losses(of results: SweepResults) -> SVGLineChart {
    let groups = results.groups
    let axes = results.groupedAxes
    let short = SweepPlan.shortNames(of: axes.map(\.key))
    let begun = results.rows.compactMap(\.summary).filter { $0.step > 0 }
    let isValidated = !begun.isEmpty && begun.allSatisfy { $0.newest != nil }
    let seeds = groups.map(\.rows.count).max() ?? 1
    let run = begun.first?.run
    var chart = SVGLineChart(
      title: "\(isValidated ? "Validation loss" : "Training loss") of \(groups.count) "
        + (groups.count == 1 ? "setting" : "settings"),
      subtitle: (isValidated ? "" : "smoothed; ")
        + (seeds > 1 ? "mean, lowest and highest of \(seeds) seeds" : "one run each"),
      xLabel: "step",
      yLabel: (run?.lossName ?? "loss") + (RunCharts.unit(of: run).map { " (\($0))" } ?? ""))
    for (index, group) in groups.enumerated() {
      let name = zip(short, group.values).map { "\($0) \($1)" }.joined(separator: ", ")
      // Histories are read one after the other: those of hundreds of runs have no room at once.
      let curves = group.rows.compactMap { row in
        row.summary == nil ? nil : self.points(of: row.path, isValidated)
      }
      let curve = joined(curves, named: name.isEmpty ? "all" : name)
      guard !curve.x.isEmpty else { continue }
      let hues = SVGColor.series.count
      chart.series.append(
        SVGLineChart.Series(
          name: curve.name, color: .forSeries(index), x: curve.x, y: curve.mean,
          band: curves.count > 1 ? curve.band : [], width: 1.8, hasDots: curve.x.count < 40,
          isDashed: index / hues % 2 == 1))
    }
    return chart
  }

  private static func points(of path: String, _ isValidated: Bool) -> [(x: Double, y: Double)] {
    guard let history = try? RecordedRun.read(path).history else { return [] }
    if isValidated { return history.validations.map { (Double($0.step), $0.loss) } }
    let (x, y) = RunCharts.sampled(history.smoothedLoss, history)
    return zip(x, y).map { ($0, Double($1.mean)) }
  }

  /// The mean at each step at which every run has a finite number: over others it would be one of other
  /// runs.
  private static func joined(
    _ curves: [[(x: Double, y: Double)]], named name: String
  ) -> Curve {
    var values: [Double: [Double]] = [:]
    for (x, y) in curves.joined() where y.isFinite { values[x, default: []].append(y) }
    var curve = Curve(name: name)
    for (x, all) in values.sorted(by: { $0.key < $1.key }) where all.count == curves.count {
      curve.x.append(x)
      curve.mean.append(all.reduce(0, +) / Double(all.count))
      curve.band.append((all.min() ?? 0, all.max() ?? 0))
    }
    return curve
  }
}
