/// A run's whole state, copied between two steps, on its way to whoever writes it.
public struct CheckpointRecord: Sendable, Equatable {
  /// The step after which it was copied.
  public var step: Int
  /// Why it was copied.
  public var reason: SnapshotReason
  /// What a trainer copied; only modules that know trainers see inside.
  public var state: any CheckpointState

  public init(step: Int, reason: SnapshotReason, state: any CheckpointState) {
    self.step = step
    self.reason = reason
    self.state = state
  }

  public static func == (a: CheckpointRecord, b: CheckpointRecord) -> Bool {
    func isSame<State: CheckpointState>(_ state: State) -> Bool { b.state as? State == state }
    return a.step == b.step && a.reason == b.reason && isSame(a.state)
  }
}

/// The state that a checkpoint carries.
public protocol CheckpointState: Sendable, Equatable {}

/// Why a snapshot was made, which decides how long it is kept.
public enum SnapshotReason: String, Sendable, Codable, CaseIterable {
  /// A person asked for it: kept until a person removes it.
  case requested
  /// The schedule: the last few and the best are kept.
  case scheduled
  /// The run's end, however it came.
  case final
  /// The last good state before a number was not finite.
  case diverged
  /// The lowest validation loss so far: one stands in a run, and a better one replaces it.
  case best
}
