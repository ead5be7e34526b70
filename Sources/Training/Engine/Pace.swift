/// How fast steps may follow one another, so that a person can look on. It holds steps back and
/// changes nothing else.
struct Pace {
  /// Steps a second at most; nil trains as fast as it can.
  private(set) var stepsPerSecond: Double?
  /// When the next step may begin, on the training clock's time.
  private var due = 0.0
  /// The wait for it, which ends early when the run's state or its pace changes.
  private var waiting: Task<Void, Never>?

  /// Steps that came late are made up for within this many seconds, not later.
  private static let patience = 0.1
  /// The longest single wait, in seconds: whatever a preset says, it is a number that a clock takes.
  private static let longestWait = 3600.0

  func isDue(now: Double) -> Bool { stepsPerSecond == nil || now >= due }

  /// Training begins or goes on: the first step need not wait.
  mutating func begin(now: Double) { due = now }

  mutating func noteStep(now: Double) {
    guard let stepsPerSecond else { return }
    due = max(due, now - Self.patience) + 1 / stepsPerSecond
  }

  mutating func change(to stepsPerSecond: Double?, now: Double) {
    self.stepsPerSecond = stepsPerSecond.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
    due = min(due, now + (self.stepsPerSecond.map { 1 / $0 } ?? 0))
    wake()
  }

  /// A wait until the next step is due, which holds no thread; nil when it is due already.
  mutating func rest(now: Double) -> Task<Void, Never>? {
    guard !isDue(now: now) else { return nil }
    let seconds = min(due - now, Self.longestWait)
    let task = Task { _ = try? await Task.sleep(for: .seconds(seconds)) }
    waiting = task
    return task
  }

  mutating func wake() {
    waiting?.cancel()
    waiting = nil
  }
}
