import TrainingEvents

/// Lets probe frames into a record now and then: a person may watch many a second, and a record of
/// hours must stay small.
struct FrameThrottle: Sendable {
  private var last: [ProbeFrame.Kind: (time: UInt64, step: Int)] = [:]

  /// - Parameter hasRoom: frames are worth no memory that a stalled disk may never give back
  mutating func lets(_ event: TrainingEvent, at now: UInt64, hasRoom: Bool = true) -> Bool {
    guard case .frame(let frame) = event else { return true }
    guard hasRoom, let recording = frame.kind.recording else { return false }
    let step = frame.step
    if let before = last[frame.kind], now &- before.time < recording.pause {
      // A run that is over in seconds has its whole course recorded, too.
      guard recording.coversShortRuns, step >= before.step + max(10, before.step / 20) else {
        return false
      }
    }
    last[frame.kind] = (now, step)
    return true
  }
}
