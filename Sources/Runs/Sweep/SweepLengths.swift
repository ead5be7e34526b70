import FileFormats
import Training
import TrainingEvents

/// How much the runs of a sweep answer right at lengths beyond those that they are trained on: a table,
/// and a picture with a chart for each task, a curve for each other setting, and around its mean a band
/// from the lowest to the highest of its seeds.
struct SweepLengths {
  /// The table's and the picture's names, without their endings.
  static let name = "lengths"
  private static let taskKey = "task.data.synthetic"

  /// Runs that differ in their seed alone.
  private struct Group {
    /// The task that it goes over, where the sweep goes over tasks.
    var task: String
    /// Its other values.
    var name: String
    /// Per cent that each run had right at a length, by length.
    var accuracies: [Int: [Double]] = [:]
    var step: Int = 0

    func mean(_ steps: Int) -> Double? {
      accuracies[steps].map { $0.reduce(0, +) / Double(max(1, $0.count)) }
    }
  }

  private let groups: [Group]
  private let lengths: [Int]

  /// Reads the newest judgement of each run's record.
  init(_ results: SweepResults) {
    let axes = results.groupedAxes
    let task = axes.firstIndex { $0.key == Self.taskKey }
    let short = SweepPlan.shortNames(of: axes.map(\.key))
    groups = results.groups.map { group in
      let others = group.values.indices.filter { $0 != task }
      // Where one key is left, its values alone say which is which.
      let name = others.map {
        others.count == 1 ? group.values[$0] : "\(short[$0]) \(group.values[$0])"
      }
      .joined(separator: ", ")
      var result = Group(task: task.map { group.values[$0] } ?? "", name: name)
      for row in group.rows where row.summary != nil {
        for (steps, accuracy, step) in Self.judgements(of: row.path) {
          result.accuracies[steps, default: []].append(accuracy)
          result.step = max(result.step, step)
        }
      }
      return result
    }
    lengths = Set(groups.flatMap(\.accuracies.keys)).sorted()
  }

  private static func judgements(of path: String) -> [(steps: Int, accuracy: Double, step: Int)] {
    guard let history = try? RecordedRun.read(path).history else { return [] }
    return history.extra.compactMap { series in
      guard let length = JudgedLength(seriesName: series.name), let accuracy = series.last,
        let step = series.steps.last
      else { return nil }
      return (length.steps, accuracy, step)
    }
  }

  /// Writes `lengths.csv`, `lengths.md` and `lengths.svg` into a directory, once something was judged.
  /// - Returns: what was written, in this order; nothing where no run is judged at several lengths
  func write(into path: String) throws(RunError) -> [String] {
    guard !lengths.isEmpty else { return [] }
    let base = path + "/" + Self.name
    try AtomicFile.write(csv, to: base + ".csv")
    try AtomicFile.write(markdown, to: base + ".md")
    try AtomicFile.write(SVGChartGrid(charts).svg(), to: base + ".svg")
    return [base + ".csv", base + ".md", base + ".svg"]
  }

  private var csv: String {
    var table = CSVWriter(
      columns: [
        "task", "setting", "time steps", "runs", "mean accuracy (%)", "lowest (%)", "highest (%)",
      ])
    for group in groups {
      for length in lengths {
        guard let all = group.accuracies[length], let mean = group.mean(length),
          let least = all.min(), let most = all.max()
        else { continue }
        table.append([
          .text(group.task), .text(group.name), .integer(length), .integer(all.count),
          .number(mean), .number(least), .number(most),
        ])
      }
    }
    return String(decoding: table.takeBytes(), as: UTF8.self)
  }

  /// A table for each task, with a row for each setting: mean, and in brackets the lowest and the highest
  /// of its seeds.
  private var markdown: String {
    tasks.map { task in
      let rows = groups.filter { $0.task == task }
      var text = task.isEmpty ? "" : "**\(task)**, per cent right, mean (lowest–highest):\n\n"
      text += "| | " + lengths.map { "\($0)" }.joined(separator: " | ") + " |\n"
      text += "|---|" + lengths.map { _ in "---|" }.joined() + "\n"
      for group in rows {
        let cells = lengths.map { length -> String in
          guard let all = group.accuracies[length], let mean = group.mean(length),
            let least = all.min(), let most = all.max()
          else { return "–" }
          let range = all.count > 1 ? " (\(Self.whole(least))–\(Self.whole(most)))" : ""
          return Self.whole(mean) + range
        }
        text += "| \(group.name) | " + cells.joined(separator: " | ") + " |\n"
      }
      return text
    }.joined(separator: "\n")
  }

  private static func whole(_ value: Double) -> String { "\(Int(value.rounded()))" }

  /// Each once, in the order of the sweep.
  private var tasks: [String] {
    groups.map(\.task).reduce(into: []) { tasks, task in
      if !tasks.contains(task) { tasks.append(task) }
    }
  }

  private var charts: [SVGLineChart] {
    // All charts have the same curves in the same colours, also before some of them are there.
    let names = groups.map(\.name).reduce(into: [String]()) { names, name in
      if !names.contains(name) { names.append(name) }
    }
    let seeds = groups.flatMap(\.accuracies.values).map(\.count).max() ?? 1
    return tasks.map { task in
      var chart = SVGLineChart(
        title: task.isEmpty ? "Accuracy by length" : "\(task): accuracy by length",
        subtitle: seeds > 1 ? "mean, lowest and highest of up to \(seeds) seeds" : "one run each",
        xLabel: "time steps; trained on up to \(lengths.first ?? 0)",
        yLabel: "right answers (%)")
      chart.hasLogarithmicX = true
      chart.yRange = 0...100
      for (index, name) in names.enumerated() {
        let group = groups.first { $0.task == task && $0.name == name }
        let known = lengths.filter { group?.accuracies[$0] != nil }
        let hues = SVGColor.series.count
        chart.series.append(
          SVGLineChart.Series(
            name: name.isEmpty ? "all" : name, color: .forSeries(index),
            x: known.map(Double.init), y: known.compactMap { group?.mean($0) },
            band: known.compactMap { length in
              group?.accuracies[length].map { ($0.min() ?? 0, $0.max() ?? 0) }
            }, width: 2, hasDots: true, isDashed: index / hues % 2 == 1))
      }
      return chart
    }
  }
}
