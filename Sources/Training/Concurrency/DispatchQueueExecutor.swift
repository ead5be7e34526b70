import Dispatch

/// Runs an actor on its own serial Dispatch queue.
///
/// Training never runs on the cooperative pool, which is as wide as the machine: one busy task
/// there would starve every other. (On Apple platforms `DispatchSerialQueue` does this itself.)
public final class DispatchQueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  public init(label: String) {
    queue = DispatchQueue(label: label, qos: .userInitiated)
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }
}
