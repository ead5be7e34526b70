import Foundation
import Synchronization

/// What a training engine runs on: one job after the other.
protocol TrainingExecutor: SerialExecutor {
  /// Whether somebody waits for the job that runs now to end.
  var isAwaited: Bool { get }
}

extension DispatchQueueExecutor: TrainingExecutor {}

/// Runs an actor, and whatever else must stay there, on one thread for good: a queue may go on with
/// another thread after every job. The thread lives as long as the program.
public final class ThreadExecutor: TrainingExecutor {
  private enum Work: Sendable {
    case job(UnownedJob)
    case call(@Sendable () -> Void)
  }

  private final class Answer<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
    let isThere = DispatchSemaphore(value: 0)
  }

  private let waiting = Mutex<[Work]>([])
  private let count = Atomic<Int>(0)
  private let bell = DispatchSemaphore(value: 0)

  /// - Parameter label: the thread's name in debuggers
  public init(label: String) {
    let thread = Thread { self.serve() }
    thread.name = label
    thread.qualityOfService = .userInitiated
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Runs a job of the actor after all that came before it.
  public func enqueue(_ job: consuming ExecutorJob) {
    add(.job(UnownedJob(job)))
  }

  /// Runs something on the thread and waits for its end. Not to be called from the thread itself.
  public func sync<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result {
    let answer = Answer<Result>()
    add(
      .call {
        let value = body()
        answer.value.withLock { $0 = value }
        answer.isThere.signal()
      })
    while true {
      answer.isThere.wait()
      if let value = answer.value.withLock({ $0 }) { return value }
    }
  }

  var isAwaited: Bool { count.load(ordering: .relaxed) > 0 }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  private func add(_ work: Work) {
    count.wrappingAdd(1, ordering: .relaxed)
    waiting.withLock { $0.append(work) }
    bell.signal()
  }

  private func serve() {
    while true {
      bell.wait()
      let work = waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      guard let work else { continue }
      count.wrappingSubtract(1, ordering: .relaxed)
      switch work {
      case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
      case .call(let body): body()
      }
    }
  }
}
