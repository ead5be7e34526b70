import TrainingEvents

/// What a person set for the list of metrics.
struct MetricsControls: Sendable, Equatable {
  /// Words that a name must contain, each of them; upper and lower case are the same.
  var filter = ""
  /// Rows above the first one shown.
  var scroll = 0
}

/// The rows of the list of metrics: groups, and the series in them, as they came.
struct MetricsList {
  enum Row: Equatable {
    case group(String, count: Int)
    /// A place in the history's series.
    case series(Int, isInGroup: Bool)
  }

  private(set) var rows: [Row] = []
  /// All series, and those that the filter lets through.
  let total: Int
  let found: Int
  let words: [String]

  init(_ state: DashboardState) {
    // What is being typed filters already.
    let isTyping = state.prompt?.kind == .metric
    let filter = isTyping ? state.prompt?.line.text ?? "" : state.metrics.filter
    let words = filter.lowercased().split(separator: " ").map(String.init)
    self.words = words
    let series = state.history.extra
    total = series.count
    var order: [String] = []
    var members: [String: [Int]] = [:]
    for index in series.indices {
      if !words.isEmpty {
        let name = series[index].name.lowercased()
        guard words.allSatisfy({ name.contains($0) }) else { continue }
      }
      let group = Self.group(of: series[index].name)
      if members[group] == nil { order.append(group) }
      members[group, default: []].append(index)
    }
    found = members.values.reduce(0) { $0 + $1.count }
    for group in order.filter(\.isEmpty) + order.filter({ !$0.isEmpty }) {
      let inside = members[group] ?? []
      if !group.isEmpty { rows.append(.group(group, count: inside.count)) }
      rows += inside.map { .series($0, isInGroup: !group.isEmpty) }
    }
  }

  /// What stands before the first `/`; empty where none stands.
  static func group(of name: String) -> String {
    guard let slash = name.utf8.firstIndex(of: 0x2F), slash > name.startIndex else { return "" }
    return String(name[..<slash])
  }

  static func rest(of name: String) -> String {
    guard let slash = name.utf8.firstIndex(of: 0x2F) else { return name }
    return String(name[name.utf8.index(after: slash)...])
  }
}

extension DashboardState {
  /// Whether the run is another program's log of numbers, with nothing of a network in it.
  var isLog: Bool {
    run != nil && run?.architecture == nil && frames[.hiddenStates] == nil
      && frames[.gradientByLag] == nil && frames[.samples] == nil
      && abilities?.can.contains(.watch) != true
  }

  /// Whether the view of the task lists metrics and nothing of a task, and is called so.
  var listsMetricsAlone: Bool {
    isLog || !history.extra.isEmpty && frames[.task] == nil && frames[.samples] == nil
  }

  mutating func scrollMetrics(by rows: Int) {
    let count = MetricsList(self).rows.count
    metrics.scroll = min(max(0, metrics.scroll + min(max(rows, -count), count)), max(0, count - 1))
  }
}

extension ViewKind {
  /// A log has metrics where a run of our own has its task.
  func name(ofLog: Bool) -> String { ofLog && self == .task ? "Metrics" : name }
}
