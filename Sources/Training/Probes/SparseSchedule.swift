import Dispatch

/// What looks that nobody asked for may cost.
public enum LookBudget: Sendable {
  /// A small part of the time that training takes.
  case shareOfTime
  /// Whatever they take: each happens at its step, on a fast machine as on a slow one.
  case unlimited
}

/// When to look at a network whether or not anybody watches: at steps that lie ever further apart,
/// so that a run of any length leaves a record of its whole course, and never for more than a small
/// share of the time.
struct SparseSchedule {
  /// The largest part of the time that looking may take.
  let share: Double
  /// Seconds that a run may spend before it has lasted long enough to have earned them.
  private static let advance = 0.01
  /// The first step that is looked at, and the least distance between two.
  private static let pace = 10

  /// Looks left that nothing holds back: alerts need a few to agree, on a slow machine as well.
  private var free: Int
  private var next = SparseSchedule.pace
  private var spent = 0.0
  /// What the last look took, in seconds.
  private var cost = 0.0
  private var began: UInt64?

  init(share: Double, free: Int = 0, _ budget: LookBudget = .shareOfTime) {
    self.share = share
    self.free = budget == .unlimited ? .max : free
  }

  /// Whether a step is to be looked at. Reads a clock only where one is due.
  mutating func isDue(step: Int) -> Bool {
    guard step >= next else {
      // After going back to a snapshot, looks begin as dense as they were there.
      if next - step > max(Self.pace, step / 20) { next = step + max(Self.pace, step / 20) }
      return false
    }
    let now = DispatchTime.now().uptimeNanoseconds
    let start = began ?? now
    began = start
    return free > 0 || spent + cost <= Self.advance + share * Double(now - start) * 1e-9
  }

  /// Looks at a step, and notes what that took.
  mutating func run(step: Int, _ look: () -> Void) {
    next = step + max(Self.pace, step / 20)
    free = max(0, free - 1)
    let start = DispatchTime.now().uptimeNanoseconds
    look()
    cost = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    spent += cost
  }
}
