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

  mutating func add(_ text: String, step: Int, _ severity: Severity = .plain, advice: String? = nil)
  {
    entries.append(Entry(step: step, severity: severity, text: text, advice: advice))
    // Drop in blocks, so that a flood of lines costs constant time each.
    if entries.count > Self.capacity + 200 { entries.removeFirst(200) }
  }
}
