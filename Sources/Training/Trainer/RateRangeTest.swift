import Foundation
import LinearAlgebra
import RecurrentNetworks
import SequenceData
import TrainingEvents

/// A learning-rate range test (Smith 2017): a copy of a network in training goes on with a rate that
/// grows exponentially from step to step, and its loss tells which rates learn and which diverge.
///
/// Everything is computed with a copy of weights, moments, carried states and the data's cursor, so
/// that the run itself is left as it is, to the last bit.
struct RateRangeTest: Sendable {
  /// Steps at most; the test ends before where the loss diverges.
  static let steps = 120
  /// The first rate is the run's own over this, the last one the run's own times it.
  static let span = 1_000.0
  /// A loss, smoothed, of so many times the first one diverges.
  static let divergence = 2.0

  private let checkpoint: Checkpoint
  private let preset: Preset
  private let task: TaskData

  /// Copies what the test needs of a network that trains in this process alone.
  init(_ trainer: Trainer) {
    checkpoint = trainer.checkpoint(elapsed: 0, best: nil)
    (preset, task) = (trainer.preset, trainer.task)
  }

  /// - Parameter isCancelled: asked before each step; what was found so far then counts
  /// - Returns: nil where the copy cannot be made
  func run(isCancelled: () -> Bool = { false }) -> LandscapeFrame.RateTest? {
    guard let copy = try? Trainer(preset: preset, task: task, threads: 1) else { return nil }
    do { try copy.restore(checkpoint) } catch { return nil }
    copy.schedule = Schedule(ScheduleConfiguration(), totalSteps: nil)
    var settings = copy.settings
    let own = copy.baseLearningRate
    guard own > 0, own.isFinite else { return nil }
    var result = LandscapeFrame.RateTest(step: copy.step, ownRate: own)
    var (smoothed, first) = (DebiasedAverage(weight: 0.8), Double.nan)
    var losses: [Double] = []
    for index in 0..<Self.steps {
      if isCancelled() { break }
      let place = 2 * Double(index) / Double(Self.steps - 1) - 1
      let rate = own * pow(Self.span, place)
      settings.training.optimizer.learningRate = rate
      copy.use(settings)
      let outcome = copy.advance()
      let loss = outcome.total.mean
      guard outcome.notFinite == nil, loss.isFinite else {
        result.divergesAt = rate
        break
      }
      result.rates.append(rate)
      losses.append(loss)
      let value = smoothed.add(loss)
      result.losses.append(value)
      // A few steps agree on where the loss began.
      if index == 4 { first = value }
      if value > Self.divergence * abs(first) {
        result.divergesAt = rate
        break
      }
    }
    result.suggestedRate = Self.steepest(result)
    return result
  }

  /// Steps on either side that the slope at a step is measured over.
  private static let reach = 5

  /// The rate at which the smoothed loss falls fastest over the logarithm of the rate; nil where it
  /// falls nowhere.
  static func steepest(_ test: LandscapeFrame.RateTest) -> Double? {
    let losses = test.losses
    guard let lowest = losses.indices.min(by: { losses[$0] < losses[$1] }) else { return nil }
    var best: (fall: Double, index: Int)?
    for index in losses.indices where index >= reach && index + reach <= lowest {
      let fall = losses[index - reach] - losses[index + reach]
      if fall > best?.fall ?? 0 { best = (fall, index) }
    }
    return best.map { test.rates[$0.index] }
  }
}
