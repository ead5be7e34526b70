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
  }

  /// Entries kept.
  static let capacity = 1000

  private(set) var entries: [Entry] = []
  /// Entries below the ones shown; 0 follows the newest.
  private(set) var scroll = 0

  mutating func add(_ text: String, step: Int, _ severity: Severity = .plain, advice: String? = nil)
  {
    entries.append(Entry(step: step, severity: severity, text: text, advice: advice))
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

  mutating func scrollToNewest() { scroll = 0 }
}
