import TrainingEvents

/// How a run is left: what is saved first, and what happens when that fails. A pure state machine.
struct Departure {
  enum Verdict: Equatable {
    /// There is something to wait for, or nobody wants to leave.
    case wait
    /// Everything that was to be saved is.
    case leave
    /// It could not be saved, and nobody is there to be asked.
    case lose
    /// It could not be saved, for a reason that a person should hear.
    case ask(String)
  }

  /// Set once the run was asked to end.
  private(set) var next: NextAct?
  private var saves = false
  private var asks = false
  private var isAsking = false
  /// Whether the engine told the run's end: no step comes any more.
  private var hasEnded = false
  /// Checkpoints that the engine was asked for, and those that are being written.
  private var awaited = 0
  private var underWay = 0
  /// Why the newest checkpoint could not be written; nil when it was.
  private var failure: String?

  /// Whether the run ended, and the snapshot of its end could not be written.
  var hasUnsavedEnd: Bool { hasEnded && failure != nil && underWay == 0 }

  var verdict: Verdict {
    guard next != nil, saves, hasEnded, awaited == 0, underWay == 0, !isAsking else { return .wait }
    guard let failure else { return .leave }
    return asks ? .ask(failure) : .lose
  }

  /// - Returns: whether the run is to be left only now; the first wish counts.
  mutating func begin(_ next: NextAct, saving: Bool, asks: Bool) -> Bool {
    guard self.next == nil else { return false }
    (self.next, saves, self.asks) = (next, saving, asks)
    return true
  }

  /// - Returns: whether this cuts short a question, so that the run is left without an answer.
  mutating func insist(_ next: NextAct) -> Bool {
    asks = false
    guard isAsking else { return false }
    (self.next, isAsking) = (next, false)
    return true
  }

  mutating func note(_ event: TrainingEvent) {
    switch event {
    case .finished: hasEnded = true
    case .state(.training), .state(.paused): hasEnded = false
    default: break
    }
  }

  mutating func asked() { isAsking = true }

  mutating func savesAgain() {
    isAsking = false
    awaited += 1
  }

  /// A checkpoint came and is being written.
  mutating func keeps() {
    awaited = max(0, awaited - 1)
    underWay += 1
  }

  mutating func wrote(failure: String?) {
    underWay -= 1
    self.failure = failure
  }

  /// A person stays after all.
  mutating func stay() { (next, isAsking) = (nil, false) }
}
