import TrainingEvents

/// Lets probe frames into a record now and then: a person may watch many a second, and a record of
/// hours must stay small.
struct FrameThrottle: Sendable {
  /// Nanoseconds between frames of one kind; a map of hidden states is some thousand numbers.
  private static let heavy: UInt64 = 10_000_000_000
  private static let light: UInt64 = 2_000_000_000

  private var last: [Int: UInt64] = [:]

  /// - Parameter hasRoom: frames are worth no memory that a stalled disk may never give back
  mutating func lets(_ event: TrainingEvent, at now: UInt64, hasRoom: Bool = true) -> Bool {
    let (kind, pause): (Int, UInt64)
    switch event {
    case .hiddenStates: (kind, pause) = (0, Self.heavy)
    case .gradientByLag: (kind, pause) = (1, Self.light)
    case .statistics: (kind, pause) = (2, Self.light)
    case .samples: (kind, pause) = (3, Self.light)
    default: return true
    }
    guard hasRoom else { return false }
    if let before = last[kind], now &- before < pause { return false }
    last[kind] = now
    return true
  }
}
