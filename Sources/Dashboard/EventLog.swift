import TrainingEvents

/// The last things that happened, in words.
struct EventLog: Sendable {
  enum Severity: Sendable, Equatable {
    case plain
    case good
    case warning
    case bad
    /// Output of something that is not the dashboard.
    case stray
  }

  struct Entry: Sendable, Equatable {
    var step: Int
    var severity: Severity
    var text: String
    /// One sentence on what people do about it.
    var advice: String?
    /// Validations that the entry stands for, where it stands for those that were not the best.
    var foldedCount = 0
    /// The alert that it tells of.
    var alert: Alert?
  }

  /// Entries kept.
  static let capacity = 1000

  private(set) var entries: [Entry] = []
  /// Entries below the ones shown; 0 follows the newest.
  private(set) var scroll = 0

  /// Adds a validation. The best ones stand each for itself; all others since the best one share a
  /// line.
  mutating func addValidation(_ result: String, step: Int, isBest: Bool) {
    var count = 0
    if let index = entries.lastIndex(where: { $0.foldedCount > 0 }) {
      count = entries.remove(at: index).foldedCount
      if scroll > 0 { scroll -= 1 }
    }
    guard !isBest else { return add("validation loss \(result)  best so far", step: step, .good) }
    add(
      count == 0
        ? "validation loss \(result), not better"
        : "\(count + 1) validations since the best, none better; now \(result)", step: step)
    entries[entries.count - 1].foldedCount = count + 1
  }

  /// The entry at the foot of the panel.
  var newestShown: Entry? { entries.dropLast(scroll).last }

  mutating func add(
    _ text: String, step: Int, _ severity: Severity = .plain, advice: String? = nil,
    alert: Alert? = nil
  ) {
    entries.append(
      Entry(step: step, severity: severity, text: text, advice: advice, alert: alert))
    // What a person scrolled to stays where it is.
    if scroll > 0 { scroll += 1 }
    // Drop in blocks, so that a flood of lines costs constant time each.
    if entries.count > Self.capacity + 200 { entries.removeFirst(200) }
    scroll = min(scroll, entries.count - 1)
  }

  /// Goes towards older entries, or newer ones where `count` is negative.
  mutating func scroll(by count: Int) {
    scroll = min(max(0, scroll + count), max(0, entries.count - 1))
  }

  /// Leaves what the program itself said, which is no part of any run.
  mutating func forgetRun() {
    entries.removeAll { $0.severity != .stray }
    scroll = 0
  }

  mutating func scrollToNewest() { scroll = 0 }
}
