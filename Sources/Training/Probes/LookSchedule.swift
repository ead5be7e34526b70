import Dispatch

/// When to look again: as often as somebody asks, but never for more than a share of the time.
struct LookSchedule {
  /// The largest part of the time that looking may take.
  let share: Double
  private var last = -Double.infinity
  /// What looking takes, in seconds: the smallest of late, since one that was interrupted says
  /// nothing about the next. The first look makes room for all others, and does not count.
  private var cost: Double?

  init(share: Double) {
    self.share = share
  }

  /// Whether a look is due at `now`, in seconds, when one is wanted every `interval` seconds.
  func isDue(every interval: Double, now: Double) -> Bool {
    now - last >= max(interval, (cost ?? 0) / share)
  }

  /// Notes a look at `now` that took `seconds`.
  mutating func note(now: Double, seconds: Double) {
    if last.isFinite { cost = min(seconds, (cost ?? .infinity) * 1.5) }
    last = now
  }

  /// Looks when it is due, or when `force` says so.
  mutating func run(every interval: Double, now: Double, force: Bool, _ look: () -> Void) {
    guard force || isDue(every: interval, now: now) else { return }
    let start = DispatchTime.now().uptimeNanoseconds
    look()
    let nanoseconds = DispatchTime.now().uptimeNanoseconds - start
    note(now: now, seconds: Double(nanoseconds) * 1e-9)
  }
}
