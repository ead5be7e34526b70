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
  /// A smoothed loss of so many times the largest of the first ones diverges.
  static let divergence = 2.0
  /// Steps whose losses tell where the loss began.
  private static let beginning = 5

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
    var smoothed = DebiasedAverage(weight: 0.8)
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
      if losses.count > Self.beginning, Self.isDiverged(value, behind: losses) {
        result.divergesAt = rate
        break
      }
    }
    result.suggestedRate = Self.steepestFall(losses).map { result.rates[$0] }
    return result
  }

  /// Whether a smoothed loss is far above those that the test began with, however they scatter.
  static func isDiverged(_ value: Double, behind losses: [Double]) -> Bool {
    value > divergence * (losses.prefix(beginning).map(abs).max() ?? .infinity)
  }

  // MARK: Where the loss falls

  /// Standard errors that a fall must exceed. Of 1,500 curves of noise alone, none falls by so many;
  /// a fall of twice the scatter does in 97 of 100.
  private static let clear = 5.0
  /// The share of the loss that a fall must exceed, also where there is no noise.
  private static let leastShare = 0.01
  /// Steps on either side of a fall: the more there are, the less the noise, and the coarser the rate.
  private static let reaches = [5, 10, 20, 40]

  /// The step at which the loss falls fastest over the logarithm of the rate, by the mean of some
  /// losses from it on below that of as many before it, and below that of the first ones: what falls
  /// from a height to which the loss had risen is no gain. The fewest losses whose fall stands out of
  /// the noise count.
  ///
  /// - Parameter losses: of each step, as they were measured
  /// - Returns: nil where no fall stands out of the noise, or where that is not known
  static func steepestFall(_ losses: [Double]) -> Int? {
    guard let noise = FirstLossNoise(losses) else { return nil }
    for reach in reaches where 2 * reach <= losses.count {
      func mean(from start: Int) -> Double {
        losses[start..<start + reach].reduce(0, +) / Double(reach)
      }
      let first = mean(from: 0)
      var best = (fall: 0.0, step: 0)
      for step in reach...losses.count - reach {
        let fall = min(first, mean(from: step - reach)) - mean(from: step)
        if fall > best.fall { best = (fall, step) }
      }
      let error = noise.errorOfDifference(betweenMeansOf: reach)
      if best.fall > max(clear * error, leastShare * abs(first)) { return best.step }
    }
    return nil
  }
}

/// How a loss scatters from batch to batch, by the first steps of a range test, whose rates are too
/// small to move it much: around the line through them, so that a slow fall is no noise.
struct FirstLossNoise {
  /// Of one loss.
  private let variance: Double
  /// From one loss to the next; that of neighbours which are alike is no noise that a mean is rid of.
  private let correlation: Double

  /// Losses that the noise is estimated from.
  static let count = 20
  /// Of so few losses a larger correlation is no more than a guess.
  private static let largestCorrelation = 0.9

  /// Nil where there are too few losses.
  init?(_ losses: [Double]) {
    let first = losses.prefix(Self.count).map { $0 }
    guard first.count == Self.count else { return nil }
    let count = Double(Self.count)
    let (middle, mean) = ((count - 1) / 2, first.reduce(0, +) / count)
    var (product, square) = (0.0, 0.0)
    for (index, loss) in first.enumerated() {
      let place = Double(index) - middle
      product += place * (loss - mean)
      square += place * place
    }
    let residuals = first.enumerated().map { index, loss in
      loss - mean - product / square * (Double(index) - middle)
    }
    let sum = residuals.reduce(0) { $0 + $1 * $1 }
    let neighbours = zip(residuals, residuals.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    variance = sum / (count - 2)
    correlation = sum > 0 ? min(Self.largestCorrelation, max(0, neighbours / sum)) : 0
  }

  /// The standard error of the difference between two means of so many losses each.
  func errorOfDifference(betweenMeansOf reach: Int) -> Double {
    (2 * variance / Double(reach) * (1 + correlation) / (1 - correlation)).squareRoot()
  }
}
