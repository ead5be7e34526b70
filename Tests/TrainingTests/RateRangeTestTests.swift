import Foundation
import LinearAlgebra
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

  /// Losses of so many steps, with noise of a known scatter around a curve.
  private func losses(
    seed: UInt64, noise: Double, count: Int = 120, alike: Double = 0,
    _ curve: (Double) -> Double
  ) -> [Double] {
    var random = SeededRandom(seed: seed)
    var last: Double = random.normal()
    return (0..<count).map { step in
      last = alike * last + (1 - alike * alike).squareRoot() * random.normal()
      return curve(Double(step)) + noise * last
    }
  }

  /// From 3 on down by so much, around step 70.
  private func fall(_ depth: Double) -> (Double) -> Double {
    { 3 - depth / (1 + exp((70 - $0) / 5)) }
  }

  /// Where the loss falls fastest is found on curves that are known, with and without noise.
  @Test func theSteepestFallIsFound() throws {
    let line = losses(seed: 1, noise: 0) { $0 < 20 ? 3 : max(1, 3 - 0.2 * ($0 - 20)) }
    #expect((24...26).contains(try #require(RateRangeTest.steepestFall(line))))
    for seed: UInt64 in 1...50 {
      let clear = losses(seed: seed, noise: 0.1, fall(1))
      #expect((58...82).contains(try #require(RateRangeTest.steepestFall(clear))))
      // Of three times the scatter: it takes more losses, and the place is coarser.
      let faint = losses(seed: seed, noise: 0.3, fall(1))
      #expect((50...95).contains(try #require(RateRangeTest.steepestFall(faint))))
    }
    // It falls from the first step on, before the scatter is known.
    let early = losses(seed: 1, noise: 0.02) { 3 - 0.05 * min($0, 40) }
    #expect((5...36).contains(try #require(RateRangeTest.steepestFall(early))))
  }

  /// Noise does not fall, be its losses independent, alike from one to the next, or far from normal.
  @Test(arguments: [0.0, 0.3]) func noiseDoesNotFall(alike: Double) {
    let found = (1...300).count { seed in
      let noise = losses(seed: UInt64(seed), noise: 0.5, alike: alike) { _ in 3 }
      return RateRangeTest.steepestFall(noise) != nil
    }
    #expect(found <= (alike > 0 ? 6 : 0), "\(found) of 300")
    let skewed = (1...300).count { seed in
      var random = SeededRandom(seed: UInt64(seed))
      let losses = (0..<120).map { _ in exp(random.normal()) }
      return RateRangeTest.steepestFall(losses) != nil
    }
    #expect(skewed <= 6, "\(skewed) of 300")
  }

  /// A loss that stays, that only rises, or that comes down from where it had risen falls nowhere, and
  /// one that diverges at once has told nothing.
  @Test func whatDoesNotFallHasNoRate() {
    #expect(RateRangeTest.steepestFall(losses(seed: 1, noise: 0) { _ in 3 }) == nil)
    #expect(RateRangeTest.steepestFall(losses(seed: 1, noise: 0) { 3 - 1e-5 * $0 }) == nil)
    #expect(RateRangeTest.steepestFall(losses(seed: 2, noise: 0.1) { 3 + 0.01 * $0 }) == nil)
    let peak = losses(seed: 3, noise: 0.05) { 3 + 2 * exp(-pow($0 - 80, 2) / 200) }
    #expect(RateRangeTest.steepestFall(peak) == nil)
    for count in [0, 1, 3, 19] {
      let short = losses(seed: 4, noise: 0, count: count) { 3 * exp($0) }
      #expect(RateRangeTest.steepestFall(short) == nil)
    }
  }

  /// A network that has nothing to learn: small losses scatter by more than they are, and that is no
  /// divergence either.
  @Test func divergenceIsNoNoise() throws {
    #expect(RateRangeTest.isDiverged(7, behind: [3, 3, 2, 3, 3, 5]))
    #expect(!RateRangeTest.isDiverged(5, behind: [3, 3, 2, 3, 3, 20]))
    #expect(!RateRangeTest.isDiverged(0.05, behind: [0.01, 0.001, 0.04, 0.01, 0.02, 0.09]))
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
