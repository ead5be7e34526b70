import Foundation
import LinearAlgebra
import Synchronization

/// A few threads that compute the parts of a step together.
///
/// A step of a small network takes some 150 µs, little more than waking a sleeping thread may
/// take, so workers look out for the next job, and the caller for their end, for a moment before
/// they sleep. They do sleep then: a thread that wakes is put on a core that is free, while two
/// that spin on the same core, after a third thread came between, may stay there for many steps.
/// A pool of one thread runs everything on the caller.
final class WorkerPool: Sendable {
  let threadCount: Int
  private let shared: Shared?

  /// `threads` counts the caller.
  init(threads: Int) {
    threadCount = max(1, threads)
    guard threadCount > 1 else {
      shared = nil
      return
    }
    let shared = Shared(workers: threadCount - 1)
    self.shared = shared
    for worker in 1..<threadCount {
      let thread = Thread { shared.serve(worker: worker, of: shared.workers + 1) }
      thread.name = "unfold worker \(worker)"
      thread.qualityOfService = .userInitiated
      thread.start()
    }
  }

  deinit { shared?.stop() }

  /// The same threads, each of which takes some columns of a product.
  var columnWorkers: ColumnWorkers { ColumnWorkers(count: threadCount) { self.run($0, $1) } }

  /// Calls `body` once for each index below `count`, on all threads, and returns when all are done.
  /// Which thread takes an index never changes a result: parts share nothing they write but
  /// `PackedWeightCache`, which come out the same whoever makes them.
  ///
  /// One job at a time: `body` must not run another on the same pool, nor may a second thread.
  func run(_ count: Int, _ body: (Int) -> Void) {
    guard let shared, count > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    withoutActuallyEscaping(body) { body in
      shared.run(Job(count: count, body: body))
    }
  }

  /// Safe to send: the caller of `run` waits until no worker uses the job any more, and `body` is
  /// called with different indices by different threads only.
  private struct Job: @unchecked Sendable {
    let count: Int
    let body: (Int) -> Void
  }

  /// What caller and workers agree through. `job` is written before `generation` is raised (with
  /// release ordering) and read after it was seen raised (with acquire ordering), and not written
  /// again before `left` says that every worker is through; that is why it is safe to share.
  private final class Shared: @unchecked Sendable {
    let workers: Int
    private var job: Job?
    private let generation = Atomic<Int>(0)
    private let left = Atomic<Int>(0)
    private let places: [RestingPlace]
    private let isStopped = Atomic<Bool>(false)
    private let isBusy = Atomic<Bool>(false)

    init(workers: Int) {
      self.workers = workers
      places = (0...workers).map { _ in RestingPlace() }
    }

    func run(_ job: Job) {
      let wasBusy = isBusy.exchange(true, ordering: .acquiring)
      precondition(!wasBusy, "a pool runs one job at a time")
      defer { isBusy.store(false, ordering: .releasing) }
      self.job = job
      left.store(workers, ordering: .relaxed)
      generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
      for worker in 1...workers { places[worker].wakeIfAsleep() }
      for index in stride(from: 0, to: job.count, by: workers + 1) { job.body(index) }
      // Parts are about as long as each other: a caller that waits much longer waits for a core.
      rest(at: places[0], after: 20_000) { left.load(ordering: .sequentiallyConsistent) == 0 }
      self.job = nil
    }

    /// Returns when `isTime` holds; whoever makes it hold wakes `place` afterwards. Looks `looks`
    /// times before it sleeps.
    private func rest(at place: RestingPlace, after looks: Int, _ isTime: () -> Bool) {
      for _ in 0..<looks {
        if isTime() { return }
        FloatingPointMode.spinPause()
      }
      while true {
        place.prepareToSleep()
        if isTime() { return place.stayAwake() }
        place.sleep()
      }
    }

    func stop() {
      isStopped.store(true, ordering: .relaxed)
      generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
      for worker in 1...workers { places[worker].wakeIfAsleep() }
    }

    func serve(worker: Int, of threads: Int) {
      FloatingPointMode.flushDenormals()
      var seen = 0
      while true {
        seen = awaitGeneration(after: seen, worker: worker)
        if isStopped.load(ordering: .relaxed) { return }
        work(as: worker, of: threads)
        let others = left.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
        if others == 0 { places[0].wakeIfAsleep() }
      }
    }

    /// A function of its own, so that the worker has let go of the job's closure before it says
    /// that it is through: the caller may not return while anybody still holds it.
    @inline(never)
    private func work(as worker: Int, of threads: Int) {
      guard let job else { return }
      for index in stride(from: worker, to: job.count, by: threads) { job.body(index) }
    }

    private func awaitGeneration(after seen: Int, worker: Int) -> Int {
      rest(at: places[worker], after: 4000) {
        generation.load(ordering: .sequentiallyConsistent) != seen
      }
      return generation.load(ordering: .sequentiallyConsistent)
    }
  }
}

/// Where one thread sleeps: whether it does, and what wakes it.
private final class RestingPlace: Sendable {
  private let isAsleep = Atomic<Bool>(false)
  private let semaphore = DispatchSemaphore(value: 0)

  func prepareToSleep() { isAsleep.store(true, ordering: .sequentiallyConsistent) }

  /// Takes back `prepareToSleep`; when somebody has already rung, the ring is used up.
  func stayAwake() {
    if !isAsleep.exchange(false, ordering: .sequentiallyConsistent) { semaphore.wait() }
  }

  func sleep() { semaphore.wait() }

  func wakeIfAsleep() {
    if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { semaphore.signal() }
  }
}
