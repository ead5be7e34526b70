import RecurrentNetworks
import SequenceData
import Testing
import TrainingEvents

@testable import Training

@Suite struct RateRangeTestTests {
  /// Weights, moments and numbers stay as they are, and the same test gives the same again.
  @Test func theRunIsLeftAsItIs() throws {
    for optimiser in ["sgd", "adam"] {
      let (preset, task) = try TinyRun.preset(["training.optimizer.name": optimiser])
      let trainer = try Trainer(preset: preset, task: task, threads: 1)
      let other = try Trainer(preset: preset, task: task, threads: 1)
      for _ in 0..<7 { _ = (trainer.advance(), other.advance()) }
      let first = try #require(RateRangeTest(trainer).run())
      let again = try #require(RateRangeTest(trainer).run())
      #expect(first == again && first.step == 7)
      for _ in 0..<5 { _ = (trainer.advance(), other.advance()) }
      let one = trainer.checkpoint(elapsed: 0, best: nil)
      let two = other.checkpoint(elapsed: 0, best: nil)
      #expect(one.parameters == two.parameters && one.moments == two.moments)
      #expect(one.state == two.state)
    }
  }

  /// Small rates learn nothing, large ones diverge, and what is suggested lies between.
  @Test func theSuggestedRateLearns() throws {
    let (preset, task) = try TinyRun.preset([
      "training.optimizer.name": "sgd", "training.optimizer.learning-rate": "0.5",
      "training.clip-norm": "none",
    ])
    let trainer = try Trainer(preset: preset, task: task, threads: 1)
    _ = trainer.advance()
    let test = try #require(RateRangeTest(trainer).run())
    #expect(test.rates.count == test.losses.count && test.ownRate == 0.5)
    #expect(zip(test.rates, test.rates.dropFirst()).allSatisfy { $0 < $1 })
    #expect(abs(test.rates[0] - 0.5 / 1_000) < 1e-9)
    let (suggested, diverges) = (try #require(test.suggestedRate), try #require(test.divergesAt))
    #expect(test.rates[0] < suggested && suggested < diverges && diverges < 500)
    #expect(RateRangeTest(trainer).run(isCancelled: { true })?.rates == [])
  }

  /// Where the loss falls fastest is found on a curve that is known.
  @Test func theSteepestFallIsFound() {
    var test = LandscapeFrame.RateTest(step: 0, ownRate: 1)
    test.rates = (0..<60).map { Double($0 + 1) }
    test.losses = (0..<60).map { index in index < 20 ? 3 : max(1, 3 - 0.2 * Double(index - 20)) }
    let found = RateRangeTest.steepest(test) ?? 0
    #expect((21...31).contains(found))
    test.losses = (0..<60).map { Double($0) }
    #expect(RateRangeTest.steepest(test) == nil)
  }

  @Test func anEngineTellsWhatWasTried() async throws {
    let (preset, task) = try TinyRun.preset(["training.steps": "20"])
    let engine = try TrainingEngine(preset: preset, task: task, threads: 1)
    await engine.start(paused: true)
    await engine.perform(.step(count: 3))
    var isAsked = false
    for await event in engine.events {
      if case .steps = event, !isAsked {
        isAsked = true
        await engine.perform(.testRates)
      }
      guard case .frame(.landscape(let frame)) = event else { continue }
      #expect(frame.rateTest?.rates.isEmpty == false && frame.sharpness == nil)
      break
    }
    await engine.shutDown()
  }
}
