import Dispatch
import Glibc
import Synchronization
import TrainingEvents

/// Writes what happens in a run to its record, on a queue of its own.
///
/// Recording an event costs a microsecond or two for each step and never waits for the disk. A disk
/// that is full or gone is reported once; what could not be written is kept, up to a bound, and
/// tried again until it can be.
public final class RunRecorder: Sendable {
  /// Bytes kept for a disk that refuses them, about 150,000 steps; what comes then is counted
  /// instead of kept.
  static let patience = 32 << 20
  private static let batch = 1 << 16
  private static let delay = 0.5

  private struct Pending {
    var bytes: [UInt8] = []
    /// Nil while it is not known what frames the record has already.
    var budget: FrameBudget?
    var isScheduled = false
    var lostSteps = 0
    /// Whether steps were ever left out.
    var hasLost = false
    var lastStep = 0
    /// Bytes that the writer still holds.
    var backlog = 0
    var stall = StallWatch()

    /// Whether a disk that takes nothing has used up the room there is.
    var isFull: Bool { bytes.count + backlog >= RunRecorder.patience }

    /// Adds a frame that the budget has room for.
    /// - Returns: whether it was added
    mutating func append(_ frame: ProbeFrame, at now: UInt64) -> Bool {
      guard budget?.lets(frame, at: now) == true else { return false }
      let start = bytes.count
      EventLine.append(.frame(frame), for: .record, to: &bytes)
      let isTaken = budget?.take(
        frame, bytes: bytes.count - start,
        nanoseconds: DispatchTime.now().uptimeNanoseconds &- now)
      if isTaken != true { bytes.removeLast(bytes.count - start) }
      return isTaken == true
    }
  }

  private let queue = DispatchQueue(label: "unfold recorder", qos: .utility)
  private let pending = Mutex(Pending())
  /// Touched on the queue alone; the lock is never waited for.
  private let writer: Mutex<RecordWriter>
  private let report: @Sendable (WarningRecord) -> Void

  /// Goes on with a run's record.
  ///
  /// - Parameters:
  ///   - directory: the run, which stays locked while the recorder lives.
  ///   - frameMegabytes: what probe frames may take for a million steps; nil for the usual
  ///   - report: gets a warning when writing fails or takes very long, and again when it works, on
  ///     any queue; it must not wait.
  public init(
    _ directory: RunDirectory, frameMegabytes: Double? = nil,
    report: @escaping @Sendable (WarningRecord) -> Void
  ) {
    let budget = FrameBudget(megabytes: frameMegabytes ?? FrameBudget.standard)
    writer = Mutex(RecordWriter(directory: directory))
    self.report = report
    let session = EventLine.session(time: WallClock.now, process: Int(getpid()))
    let isNew = directory.root.status(RunDirectory.eventsName).map { $0.size == 0 } ?? true
    pending.withLock { pending in
      pending.bytes = session
      if isNew { pending.budget = budget }
    }
    guard !isNew else { return }
    let end = directory.root.status(RunDirectory.eventsName)?.size ?? 0
    queue.async { [weak self] in
      let budget = budget.goingOn(with: directory, until: end)
      self?.pending.withLock { $0.budget = budget }
    }
  }

  deinit { write() }

  /// Adds an event to the record. Returns at once.
  public func record(_ event: TrainingEvent) {
    let now = DispatchTime.now().uptimeNanoseconds
    if pending.withLock({ $0.stall.isNews(at: now) }) { reportStall() }
    let delay: Double? = pending.withLock { pending in
      if case .frame(let frame) = event {
        // Frames are worth no memory that a stalled disk may never give back.
        guard !pending.isFull, pending.append(frame, at: now) else { return nil }
        return 0
      }
      if case .steps(let batch) = event {
        pending.lastStep = batch.records.last?.step ?? pending.lastStep
        pending.budget?.note(steps: batch.stepCount)
        guard !pending.isFull else {
          pending.lostSteps += batch.stepCount
          pending.hasLost = true
          return nil
        }
      }
      EventLine.append(event, for: .record, to: &pending.bytes)
      var isUrgent = pending.bytes.count >= Self.batch
      if case .steps = event {} else { isUrgent = true }
      if isUrgent { return 0 }
      if pending.isScheduled { return nil }
      pending.isScheduled = true
      return Self.delay
    }
    guard let delay else { return }
    if delay == 0 {
      queue.async { self.write() }
    } else {
      // A recorder that was let go keeps neither its directory nor its lock.
      queue.asyncAfter(deadline: .now() + delay) { [weak self] in self?.write() }
    }
  }

  /// Waits until everything recorded so far was handed to the system, or refused by it.
  public func flush() {
    queue.sync { write() }
  }

  /// Writes everything recorded so far and makes it durable, as far as the system takes it.
  public func synchronize() {
    queue.sync {
      write()
      writer.withLock { try? $0.synchronize() }
    }
  }

  /// Ends the record.
  /// - Returns: whether it holds every step that it was given.
  @discardableResult
  public func close() -> Bool {
    synchronize()
    return pending.withLock { $0.backlog == 0 && !$0.hasLost }
  }

  private func write() {
    let (bytes, lost, step) = pending.withLock { pending in
      defer {
        pending.bytes.removeAll(keepingCapacity: pending.bytes.count <= 2 * Self.batch)
        pending.lostSteps = 0
        pending.isScheduled = false
      }
      pending.stall.begin(at: DispatchTime.now().uptimeNanoseconds)
      return (pending.bytes, pending.lostSteps, pending.lastStep)
    }
    let (outcome, backlog) = writer.withLock { writer in
      (writer.write(bytes, lostSteps: lost, step: step), writer.backlog)
    }
    let hasStalled = pending.withLock { pending in
      pending.backlog = backlog
      return pending.stall.end()
    }
    switch outcome {
    case .unchanged:
      if hasStalled {
        report(WarningRecord(step: step, kind: "record", text: "the record's disk answers again"))
      }
    case .failed(let error): report(Self.warning(error, step: step))
    case .recovered:
      report(
        WarningRecord(step: step, kind: "record", text: "recording goes on; nothing was lost"))
    case .recoveredWithLoss(let steps):
      report(
        WarningRecord(
          step: step, kind: "record",
          text: "recording goes on; the record lacks \(steps) steps"))
    case .moved(let place):
      report(
        WarningRecord(
          step: step, kind: "record",
          text: "the run's directory was moved; it goes on in \(SafeText.printable(place))"))
    }
    if backlog > 0 { retryLater() }
  }

  private func reportStall() {
    let step = pending.withLock(\.lastStep)
    report(
      WarningRecord(
        step: step, kind: "record", text: "the record's disk does not answer",
        advice: "Training goes on; \(Self.patience >> 20) MB of steps are kept for it."))
  }

  private func retryLater() {
    let isNew = pending.withLock { pending in
      defer { pending.isScheduled = true }
      return !pending.isScheduled
    }
    if isNew { queue.asyncAfter(deadline: .now() + 2) { [weak self] in self?.write() } }
  }

  private static func warning(_ error: RunError, step: Int) -> WarningRecord {
    WarningRecord(
      step: step, kind: "record", text: "the record cannot be written: \(error)",
      advice: error.isOutOfSpace
        ? "Free some space: training goes on, and what was not written is tried again."
        : "Training goes on, and what was not written is tried again.")
  }
}
