/// When a preset asks for a snapshot: every so many steps, every so many minutes of training, or
/// both.
struct SnapshotSchedule {
  private let steps: Int?
  private let seconds: Double?
  /// Seconds of training when the minutes began to be counted.
  private var counted: Double

  /// - Parameter elapsed: seconds of training so far
  init(_ training: TrainingConfiguration, elapsed: Double) {
    steps = training.snapshotEvery
    seconds = training.snapshotMinutes.map { $0 * 60 }
    counted = elapsed
  }

  /// Whether a snapshot is due at a step's end.
  /// - Parameter elapsed: seconds of training, read only where minutes count
  mutating func isDue(step: Int, elapsed: @autoclosure () -> Double) -> Bool {
    let isStepDue = steps.map { step % $0 == 0 } ?? false
    guard let seconds else { return isStepDue }
    let now = elapsed()
    // Going back to an earlier step turns the clock back, too.
    counted = min(counted, now)
    guard isStepDue || now - counted >= seconds else { return false }
    counted = now
    return true
  }
}
