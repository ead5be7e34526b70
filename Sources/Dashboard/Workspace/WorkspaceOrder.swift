import TerminalGraphics
import TrainingEvents

/// By what the list of runs is sorted.
struct WorkspaceOrder: Sendable, Equatable {
  /// A column of the list.
  enum Column: Int, Sendable, CaseIterable {
    case run, state, best, last, step

    var name: String {
      switch self {
      case .run: "run"
      case .state: "state"
      case .best: "best loss"
      case .last: "last loss"
      case .step: "step"
      }
    }

    /// Whether the largest comes first: a run with more steps is further.
    var isFallingFirst: Bool { self == .step }
  }

  var column = Column.run
  /// Whether the order is the other way round than the column usually has.
  var isReversed = false

  var isFalling: Bool { column.isFallingFirst != isReversed }

  mutating func useNext() {
    let all = Column.allCases
    column = all[(column.rawValue + 1) % all.count]
    isReversed = false
  }

  /// Sorts by a column, or turns it round where it is the one already.
  mutating func use(_ column: Column) {
    isReversed = column == self.column ? !isReversed : false
    self.column = column
  }

  /// Pinned runs first, then by the column; runs without a number last, whichever way it goes. Equal
  /// ones stay in the order in which people count.
  func sorted(_ rows: [Int], of runs: [RunOverview], pinned: Set<String>) -> [Int] {
    let keys = rows.map {
      (row: $0, isPinned: pinned.contains(runs[$0].id), key: key(runs[$0], $0))
    }
    return keys.sorted { a, b in
      if a.isPinned != b.isPinned { return a.isPinned }
      guard a.key != b.key, let first = a.key, let second = b.key else {
        return a.key == nil && b.key == nil || a.key == b.key ? a.row < b.row : a.key != nil
      }
      return isFalling ? first > second : first < second
    }.map(\.row)
  }

  private func key(_ run: RunOverview, _ place: Int) -> Double? {
    switch column {
    case .run: Double(place)
    case .state: run.state.map { Double($0.rawValue) }
    case .best: run.best?.loss
    case .last: run.lastLoss.flatMap { $0.isFinite ? $0 : nil }
    case .step: run.step.map(Double.init)
    }
  }
}

extension RunOverview.State {
  /// In a word.
  var word: String {
    switch self {
    case .live: "live"
    case .paused: "paused"
    case .silent: "silent"
    case .waiting: "waiting"
    case .finished: "finished"
    case .stopped: "stopped"
    case .failed: "failed"
    case .killed: "killed"
    case .unreadable: "unreadable"
    case .gone: "gone"
    }
  }

  func style(_ theme: Theme) -> Style {
    switch self {
    case .live: theme.good
    case .paused, .silent: theme.warning
    case .waiting: theme.muted
    case .finished, .stopped: theme.text
    case .failed, .killed, .unreadable, .gone: theme.bad
    }
  }
}
