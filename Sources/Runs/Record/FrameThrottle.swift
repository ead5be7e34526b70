import TrainingEvents

/// Lets probe frames into a record now and then: a person may watch many a second, and a record of
/// hours must stay small.
struct FrameThrottle: Sendable {
  /// Nanoseconds between frames of one kind; a map of hidden states is some thousand numbers.
  private static let heavy: UInt64 = 10_000_000_000
  private static let light: UInt64 = 2_000_000_000

  private var last: [Int: (time: UInt64, step: Int)] = [:]

  /// - Parameter hasRoom: frames are worth no memory that a stalled disk may never give back
  mutating func lets(_ event: TrainingEvent, at now: UInt64, hasRoom: Bool = true) -> Bool {
    let (kind, pause, step, isSparse): (Int, UInt64, Int, Bool)
    switch event {
    case .hiddenStates(let frame):
      (kind, pause, step, isSparse) = (0, Self.heavy, frame.step, false)
    case .gradientByLag(let frame):
      (kind, pause, step, isSparse) = (1, Self.light, frame.step, true)
    case .statistics(let frame): (kind, pause, step, isSparse) = (2, Self.light, frame.step, true)
    case .samples(let frame): (kind, pause, step, isSparse) = (3, Self.light, frame.step, false)
    default: return true
    }
    guard hasRoom else { return false }
    if let before = last[kind], now &- before.time < pause {
      // A run that is over in seconds has its whole course recorded, too.
      guard isSparse, step >= before.step + max(10, before.step / 20) else { return false }
    }
    last[kind] = (now, step)
    return true
  }
}
