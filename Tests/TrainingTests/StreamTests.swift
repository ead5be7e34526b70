import LinearAlgebra
import Testing
import Training
import TrainingEvents

@Suite struct StreamTests {
  /// A reader that stalls at random, for up to two seconds, sees 100,000 steps once each and in
  /// order.
  @Test func aStallingReaderSeesEveryStepOnce() async throws {
    let total = 100_000
    let (preset, task) = try TinyRun.preset([
      "network.hidden": "2", "training.batch": "1", "training.parts": "1",
      "training.sequence-length": "1", "training.steps": "\(total)",
      "training.validate-every": "1000000", "training.optimizer": "sgd",
      "task.split.validation": "0",
    ])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.perform(.watch(ProbeRequest(interests: [.hiddenStates], rate: 60)))
    await engine.start()
    var random = SeededRandom(seed: 7, stream: 0)
    var next = 1
    var isInOrder = true
    var longestBatch = 0
    var stalls = 0.0
    for await event in engine.events {
      if case .steps(let batch) = event {
        for bucket in batch.thinned {
          isInOrder = isInOrder && bucket.firstStep == next
          next += bucket.count
        }
        for record in batch.records {
          isInOrder = isInOrder && record.step == next
          next += 1
        }
        longestBatch = max(longestBatch, batch.records.count)
      }
      if event.isFinish { break }
      // Mostly none, sometimes long: ten seconds in all at most.
      let stall = random.uniform() < 0.02 ? 2 * random.uniform() : 0
      if stall > 0, stalls + stall < 10 {
        stalls += stall
        try await Task.sleep(for: .seconds(stall))
      }
    }
    #expect(isInOrder)
    #expect(next == total + 1)
    #expect(longestBatch <= StepBatch.capacity)
    #expect(stalls > 1)
    await engine.shutDown()
  }

  @Test func aBatchThatOutgrowsItsBoundKeepsItsSpikes() {
    var batch = StepBatch()
    let total = 3 * StepBatch.capacity
    for step in 1...total {
      batch.append(
        StepRecord(
          step: step, epoch: 0, loss: step == 70_000 ? 1e9 : 1, gradientNorm: 1,
          clipped: step % 2 == 0, learningRate: 1, tokens: 3, elapsed: 0, duration: 0))
    }
    #expect(batch.records.count <= StepBatch.capacity)
    #expect(batch.stepCount == total)
    #expect(batch.thinned.contains { $0.loss.maximum == 1e9 && $0.loss.minimum == 1 })
    let clipped =
      batch.thinned.reduce(0) { $0 + ($1.clippedSteps ?? 0) }
      + batch.records.count { $0.clipped == true }
    #expect(clipped == total / 2)
  }
}
