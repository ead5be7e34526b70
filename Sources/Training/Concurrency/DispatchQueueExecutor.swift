import Dispatch
import Synchronization

/// Runs an actor on its own serial Dispatch queue.
///
/// Training never runs on the cooperative pool, which is as wide as the machine: one busy task
/// there would starve every other. (On Apple platforms `DispatchSerialQueue` does this itself.)
public final class DispatchQueueExecutor: SerialExecutor {
  private let queue: DispatchQueue
  private let waiting = Atomic<Int>(0)

  /// - Parameter label: the queue's name in debuggers
  public init(label: String) {
    queue = DispatchQueue(label: label, qos: .userInitiated)
  }

  /// Runs a job of the actor after all that came before it.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    waiting.wrappingAdd(1, ordering: .relaxed)
    queue.async {
      self.waiting.wrappingSubtract(1, ordering: .relaxed)
      job.runSynchronously(on: self.asUnownedSerialExecutor())
    }
  }

  /// Whether somebody waits for the job that runs now to end.
  public var isAwaited: Bool { waiting.load(ordering: .relaxed) > 0 }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }
}
