import FileFormats
import Training
import TrainingEvents

/// What came of a sweep: a row for each combination, and what varies by chance over seeds.
public struct SweepResults: Sendable {
  /// One combination.
  public struct Row: Sendable {
    /// Which one.
    public var member: SweepPlan.Member
    /// Where its run is recorded.
    public var path: String
    /// As its record tells; nil before there is one.
    public var summary: RunSummary?
    /// Why it did not end as it should, in one line.
    public var problem: String?
    /// Whether it was given up for better ones.
    public var isGivenUp = false

    public init(
      member: SweepPlan.Member, path: String, summary: RunSummary?, problem: String? = nil,
      isGivenUp: Bool = false
    ) {
      (self.member, self.path, self.summary) = (member, path, summary)
      (self.problem, self.isGivenUp) = (problem, isGivenUp)
    }

    /// How it stands, in a word.
    public var state: String {
      if isGivenUp { return "given up" }
      switch summary?.state {
      case .completed: return "completed"
      case .diverged: return "diverged"
      case .running: return "running"
      case .paused: return "paused"
      case .stopped: return problem == nil ? "stopped" : "failed"
      case .crashed, .unknown: return problem == nil ? "cut off" : "failed"
      case nil: return problem == nil ? "waiting" : "failed"
      }
    }

    /// What combinations are compared by: the lowest validation loss, else the last training loss.
    public var score: Double? { summary.flatMap { $0.best?.loss ?? $0.last?.loss } }
  }

  /// The table's and the picture's names, without their endings.
  static let name = "results"

  /// What is gone over.
  public var plan: SweepPlan
  /// In the order of the plan's combinations.
  public var rows: [Row]

  public init(plan: SweepPlan, rows: [Row]) { (self.plan, self.rows) = (plan, rows) }

  /// Writes `results.csv`, `results.md` and, once a run has a step, `results.svg` into a directory.
  /// - Returns: what was written, in this order
  @discardableResult
  public func write(into path: String) throws(RunError) -> [String] {
    let base = path + "/" + Self.name
    try AtomicFile.write(csv, to: base + ".csv")
    try AtomicFile.write(markdown, to: base + ".md")
    var files = [base + ".csv", base + ".md"]
    files += try SweepLengths(self).write(into: path)
    let chart = SweepPicture.losses(of: self)
    if !chart.series.isEmpty {
      try AtomicFile.write(chart.svg(), to: base + ".svg")
      files.append(base + ".svg")
    }
    return files
  }

  // MARK: Tables

  /// A row for each combination, with numbers that read back exactly.
  var csv: String {
    var table = CSVWriter(
      columns: ["run"] + plan.axes.map(\.key) + [
        "state", "step", "best validation loss", "at step", "metric", "training loss", "seconds",
        "parameters", "problem",
      ])
    for row in rows {
      let summary = row.summary
      var fields: [CSVWriter.Field] = [.text(row.member.name)]
      fields += row.member.values.map(CSVWriter.Field.text)
      fields += [
        .text(row.state), summary.map { .integer($0.step) } ?? .empty,
        Self.field(summary?.best?.loss), summary?.best.map { .integer($0.step) } ?? .empty,
        Self.field(summary?.best?.metric), Self.field(summary?.last?.loss),
        Self.field(summary?.elapsed),
        summary?.run.map { .integer($0.parameterCount) } ?? .empty,
        row.problem.map(CSVWriter.Field.text) ?? .empty,
      ]
      table.append(fields)
    }
    return String(decoding: table.takeBytes(), as: UTF8.self)
  }

  private static func field(_ value: Double?) -> CSVWriter.Field {
    value.map(CSVWriter.Field.number) ?? .empty
  }

  /// The rows for a report, and behind them the means over seeds where a sweep goes over these.
  public var markdown: String {
    var text = table(
      plan.axes.map(\.key) + ["state", "step", "validation loss, best", "metric", "training loss"],
      rows.map { row in
        row.member.values + [
          row.state, row.summary.map { "\($0.step)" } ?? "–",
          row.summary?.best.map { "\(Self.number($0.loss)) at step \($0.step)" } ?? "–",
          metric(row.summary), row.summary?.last.map { Self.number($0.loss) } ?? "–",
        ]
      })
    let groups = self.groups
    if groups.contains(where: { $0.rows.count > 1 }) {
      text += "\nOver seeds, mean ± standard deviation:\n\n"
      text += table(
        groupedAxes.map(\.key) + ["runs", "validation loss, best", "training loss"],
        groups.map { group in
          group.values + [
            "\(group.rows.count)", Self.spread(group.rows.map { $0.summary?.best?.loss }),
            Self.spread(group.rows.map { $0.summary?.last?.loss }),
          ]
        })
    }
    for row in rows {
      if let problem = row.problem { text += "\n\(row.member.name): \(problem)\n" }
    }
    return text
  }

  private func metric(_ summary: RunSummary?) -> String {
    guard let value = summary?.best?.metric else { return "–" }
    return "\(RunCharts.short(value)) \(summary?.run?.metric?.unit ?? "")"
  }

  private func table(_ names: [String], _ rows: [[String]]) -> String {
    let lines = [names, names.map { _ in "---" }] + rows
    return lines.map { cells in
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }.joined()
  }

  private static func number(_ value: Double) -> String {
    RunCharts.significant(value, digits: 5)
  }

  /// Mean and standard deviation of what was measured, in how many of the runs where not in all.
  static func spread(_ values: [Double?]) -> String {
    let known = values.compactMap { $0 }.filter(\.isFinite)
    guard !known.isEmpty else { return "–" }
    let mean = known.reduce(0, +) / Double(known.count)
    let some = known.count < values.count ? " (of \(known.count))" : ""
    guard known.count > 1 else { return number(mean) + some }
    let square = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (square / Double(known.count - 1)).squareRoot()
    return "\(number(mean)) ± \(RunCharts.significant(deviation, digits: 2))\(some)"
  }

  // MARK: Seeds

  /// Combinations that differ in their seed alone.
  struct Group {
    /// One for each axis but the seed's.
    var values: [String]
    var rows: [Row]
  }

  /// The axes whose values mean something.
  var groupedAxes: [SweepAxis] { plan.axes.filter { $0.key != SweepPlan.seedKey } }

  /// In the order of the rows.
  var groups: [Group] {
    let seed = plan.axes.firstIndex { $0.key == SweepPlan.seedKey }
    var groups: [Group] = []
    var places: [[String]: Int] = [:]
    for row in rows {
      let values = row.member.values.enumerated().filter { $0.offset != seed }.map(\.element)
      if let place = places[values] {
        groups[place].rows.append(row)
      } else {
        places[values] = groups.count
        groups.append(Group(values: values, rows: [row]))
      }
    }
    return groups
  }
}
