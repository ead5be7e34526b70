import Foundation
import LinearAlgebra
import Synchronization
import Testing

@testable import Training

@Suite struct WorkerPoolTests {
  /// Jobs of every size, one after the other and after a rest: each index once, and all done when
  /// `run` returns.
  @Test(arguments: [1, 2, 3, 7])
  func everyIndexIsTakenOnceBeforeRunReturns(threads: Int) {
    let pool = WorkerPool(threads: threads)
    #expect(pool.threadCount == threads)
    for round in 0..<400 {
      let count = round % 23
      let taken = (0..<count).map { _ in Counter() }
      pool.run(count) { taken[$0].add() }
      #expect(taken.allSatisfy { $0.value == 1 })
    }
  }

  /// Workers that went to sleep are woken, also when some are asleep and others look out.
  @Test func sleepersAreWoken() async throws {
    let pool = WorkerPool(threads: 3)
    let sum = Counter()
    for round in 1...20 {
      pool.run(3) { _ in sum.add() }
      #expect(sum.value == 3 * round)
      // Longer than a worker looks out for the next job, for some of the rounds.
      if round.isMultiple(of: 4) { try await Task.sleep(for: .milliseconds(5)) }
    }
  }

  /// Parts that differ much in length: the caller sleeps until the last worker is through.
  @Test func theCallerWaitsForTheSlowest() {
    let pool = WorkerPool(threads: 2)
    for _ in 0..<20 {
      let sum = Counter()
      pool.run(2) { index in
        for _ in 0..<(index == 1 ? 200_000 : 1) { sum.add() }
      }
      #expect(sum.value == 200_001)
    }
  }

  @Test func aPoolThatIsLetGoEndsItsThreads() async throws {
    weak var work: Counter?
    do {
      let counter = Counter()
      work = counter
      WorkerPool(threads: 4).run(4) { _ in counter.add() }
      #expect(counter.value == 4)
    }
    #expect(work == nil, "a worker still holds the job that it has done")
  }

  @Test func aJobWithinAJobIsAMistakeThatIsTold() async {
    await #expect(processExitsWith: .failure) {
      let pool = WorkerPool(threads: 2)
      pool.run(2) { _ in pool.run(2) { _ in } }
    }
  }

  /// Denormals are zero on the pool's threads, and the caller's own mode is left as it was.
  @Test func denormalsAreZeroInsideAndAsBeforeOutside() {
    // A product that is not known before the program runs.
    let half = Counter.half
    func isFlushed() -> Bool { Float.leastNormalMagnitude * half() == 0 }
    // A thread begins in the mode of the thread that made it, so that this one may flush already.
    let before = isFlushed()
    let inside = FloatingPointMode.flushingDenormals { isFlushed() }
    #expect(inside && isFlushed() == before)
  }

  /// A thread of one's own keeps the mode that it was given.
  @Test func aThreadMayTakeDenormalsForZeroForGood() async {
    let half = Counter.half
    let isFlushed = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        FloatingPointMode.flushDenormals()
        continuation.resume(returning: Float.leastNormalMagnitude * half() == 0)
      }
    }
    #expect(isFlushed)
  }
}

private final class Counter: Sendable {
  @inline(never) static func half() -> Float { Float(CommandLine.arguments.count > 0 ? 0.5 : 0.25) }
  private let count = Atomic<Int>(0)
  var value: Int { count.load(ordering: .sequentiallyConsistent) }
  func add() { count.wrappingAdd(1, ordering: .relaxed) }
}
