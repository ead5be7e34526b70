import Training
import TrainingEvents

/// Runs side by side: results, time, and the keys in which their presets differ.
public struct RunComparison: Sendable {
  /// One key that is not the same in all runs, with each run's value.
  public struct Difference: Sendable, Equatable {
    /// The preset key, such as `network.hidden`.
    public var key: String
    /// As a preset writes them, in the order of `summaries`; `?` where a preset cannot be read.
    public var values: [String]
  }

  /// The runs, in the order they were named in.
  public var summaries: [RunSummary]
  /// Keys that are not the same in all runs whose preset could be read.
  public var differences: [Difference]
  /// Presets that cannot be read, one line each: their keys are left out.
  public var problems: [String] = []

  /// Reads runs for comparison.
  ///
  /// - Throws: `RunError` when one of the paths leads to no run.
  public init(_ paths: [String]) throws(RunError) {
    summaries = []
    var presets: [Preset?] = []
    for path in paths {
      summaries.append(try RunSummary(path))
      let file = path + "/" + RunDirectory.presetName
      do throws(RunError) {
        let text = try OpenDirectory(path).text(
          of: RunDirectory.presetName, limit: SnapshotReader.presetLimit)
        presets.append(try? Preset(yaml: text, file: file, name: "run"))
        if presets.last == .some(nil) { problems.append("\(file): not a preset of this version") }
      } catch {
        presets.append(nil)
        problems.append("\(error)")
      }
    }
    differences = Self.differences(presets)
  }

  private static func differences(_ presets: [Preset?]) -> [Difference] {
    guard let first = presets.compactMap({ $0 }).first else { return [] }
    var keys: [String] = []
    var values: [String: [Int: String]] = [:]
    var own: [String: String] = [:]
    for (index, preset) in presets.enumerated() {
      guard let preset else { continue }
      for difference in first.differences(from: preset) {
        if values[difference.key] == nil { keys.append(difference.key) }
        own[difference.key] = difference.mine
        values[difference.key, default: [:]][index] = difference.theirs
      }
    }
    return keys.map { key in
      Difference(
        key: key,
        values: presets.indices.map { index in
          presets[index] == nil ? "?" : values[key]?[index] ?? own[key] ?? ""
        })
    }
  }

  /// The comparison as a table, one column a run.
  public var table: String {
    var rows: [[String]] = [[""] + summaries.map(\.name)]
    func row(_ name: String, _ value: (RunSummary) -> String?) {
      let values = summaries.map { value($0) ?? "–" }
      if values.contains(where: { $0 != "–" }) { rows.append([name] + values) }
    }
    row("state") { $0.stateText }
    row("steps") { String($0.step) }
    row("training time") { $0.elapsed.map(Self.duration) }
    row("the loss is logged as") { $0.run?.lossName }
    row("training loss") { $0.last.map { Self.number($0.loss) } }
    row("validation loss, last") { $0.newest.map { Self.number($0.loss) } }
    row("validation loss, best") {
      $0.best.map { "\(Self.number($0.loss)) at step \($0.step)" }
    }
    row("metric at the best") { summary in
      summary.best?.metric.map { value in
        "\(RunCharts.short(value)) \(summary.run?.metric?.unit ?? "")"
      }
    }
    row("parameters") { $0.run.flatMap { $0.parameterCount > 0 ? String($0.parameterCount) : nil } }
    rows += metricRows
    for difference in differences { rows.append([difference.key] + difference.values) }
    return TextTable.text(rows)
  }

  /// Series with names of their own beyond which a table is no help any more.
  private static let mostMetrics = 40

  /// The newest value of each series that other programs log, under their own names.
  private var metricRows: [[String]] {
    var names: [String] = []
    var seen: Set<String> = []
    for metric in summaries.flatMap(\.metrics) where seen.insert(metric.name).inserted {
      names.append(metric.name)
    }
    let values = summaries.map { summary in
      Dictionary(
        summary.metrics.map { ($0.name, $0.last) }, uniquingKeysWith: { first, _ in first })
    }
    var rows = names.prefix(Self.mostMetrics).map { name in
      [name + ", last"] + values.map { $0[name].map(Self.number) ?? "–" }
    }
    if names.count > Self.mostMetrics {
      rows.append(["and \(names.count - Self.mostMetrics) more metrics"])
    }
    return rows
  }

  private static func number(_ value: Double) -> String {
    RunCharts.significant(value, digits: 5)
  }

  /// Such as `1:02:03`.
  static func duration(_ seconds: Double) -> String {
    let whole = seconds.isFinite ? Int(min(max(0, seconds), 1e12)) : 0
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
  }
}
