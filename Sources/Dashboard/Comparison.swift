import TrainingEvents

/// An earlier run whose curves lie under this one's.
struct Comparison: Sendable {
  var name: String
  var history: RunHistory
}

extension DashboardState {
  /// Lays an earlier run of the same preset under this run's curves.
  /// - Parameters:
  ///   - name: such as `words-2`; a run of the same name is replaced
  ///   - history: its steps
  public mutating func addComparison(name: String, history: RunHistory) {
    var history = history
    if history.smoothing != self.history.smoothing {
      history.smooth(weight: self.history.smoothing)
    }
    comparisons.removeAll { $0.name == name }
    comparisons.append(Comparison(name: name, history: history))
    needsRedraw = true
  }

  /// Earlier runs that are drawn now: none when a person put them away.
  var shownComparisons: [Comparison] { chart.showsComparisons ? comparisons : [] }

  /// Smooths this run and the ones under it alike.
  mutating func smooth(weight: Double) {
    history.smooth(weight: weight)
    for index in comparisons.indices { comparisons[index].history.smooth(weight: weight) }
  }
}
