/// What probes had seen of the network when a run stood at a past step, as far as it is recorded.
public struct PastFrames: Sendable, Equatable {
  /// The step that was asked for.
  public var step: Int
  /// Of each kind the newest recorded frame at that step or before it.
  public var frames: [ProbeFrame]

  public init(step: Int, frames: [ProbeFrame]) {
    self.step = step
    self.frames = frames
  }

  /// The frame of a kind that is shown at a step, which may lie before the one that was asked for.
  public func frame(_ kind: ProbeFrame.Kind, at step: Int) -> ProbeFrame? {
    frames.first { $0.kind == kind && $0.step <= step }
  }
}
