import TrainingEvents

/// Alerts that stand, in the order they began, each with what was measured.
struct StandingAlerts: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var alert: Alert
    var record: WarningRecord
    /// A person has seen it and wants to see it no more; if it comes again, it is news.
    var isDismissed = false
  }

  private(set) var entries: [Entry] = []

  /// Those that nobody dismissed.
  var shown: [Entry] { entries.filter { !$0.isDismissed } }

  func contains(kind: String) -> Bool { entries.contains { $0.record.kind == kind } }

  /// Notes an alert; warnings of other kinds do not stand.
  mutating func begin(_ record: WarningRecord) {
    guard let alert = Alert(rawValue: record.kind), !contains(kind: record.kind) else { return }
    entries.append(Entry(alert: alert, record: record))
  }

  /// - Returns: what stood and is over
  mutating func end(kind: String) -> Entry? {
    entries.firstIndex { $0.record.kind == kind }.map { entries.remove(at: $0) }
  }

  /// The entry of an alert that stands.
  func entry(of alert: Alert) -> Entry? { entries.first { $0.alert == alert } }

  mutating func dismiss(_ alert: Alert) {
    for index in entries.indices where entries[index].alert == alert {
      entries[index].isDismissed = true
    }
  }
}
