import TrainingEvents

/// The alerts of a record that holds none, as records of earlier versions do: what its losses and
/// gradient norms tell, step by step. Once a record has an alert of its own, all of them stand in it.
struct MissingAlerts: Sendable {
  /// Nil where the record has its own.
  private var watch: AlertWatch? = AlertWatch()
  private var told: Set<String> = []

  /// Whether an alert of the record itself was seen.
  var hasOwn: Bool { watch == nil }

  /// Takes in what the record says next.
  /// - Returns: the alerts that begin or end with it and that the record does not tell of.
  mutating func observe(_ event: TrainingEvent) -> [TrainingEvent] {
    guard var watch else { return [] }
    switch event {
    case .started, .steps, .validation, .command:
      self.watch = nil
      let alerts = watch.observe(event)
      self.watch = watch
      for case .warning(let record) in alerts { told.insert(record.kind) }
      return alerts
    case .warning(let record) where Alert(rawValue: record.kind) != nil:
      self.watch = nil
      return []
    // Looks inside were recorded too seldom to agree with one another.
    default: return []
    }
  }

  /// The events with the alerts that are missing, each behind what it tells of.
  mutating func completing(_ events: [TrainingEvent]) -> [TrainingEvent] {
    guard !hasOwn else { return events }
    return events.flatMap { event -> [TrainingEvent] in
      let alerts = observe(event)
      // The record's own comes a moment after the one that was worked out.
      if hasOwn, case .warning(let record) = event, told.remove(record.kind) != nil { return [] }
      return [event] + alerts
    }
  }
}
