/// The usual size of a number that jumps about, from its last hundred values or so.
struct UsualSize: Sendable {
  private var average = DebiasedAverage(weight: 0.99)
  private var seen = 0

  /// How many times the mean of its last hundred values a number is; nil before that is known.
  mutating func excess(of value: Double) -> Double? {
    let usual = average.value
    seen += 1
    // One huge value must not become the usual.
    _ = average.add(usual.isFinite && usual > 0 ? min(value, usual * 4) : value)
    guard seen > 50, usual > 0 else { return nil }
    return value / usual
  }
}

/// Whether the smoothed training loss still falls.
struct LossTrend: Sendable {
  /// Falling by less than this share is not falling.
  static let leastFall = 0.005
  /// Steps without a fall that are no plateau in any run: many a task is solved all at once after a
  /// thousand steps and more in which nothing seemed to happen.
  static let leastSteps = 2_500
  /// Losses without a fall, where not every step has one.
  static let leastLosses = 250
  /// Below this share of the first losses a task counts as solved: to stand still there is no fault.
  static let solved = 0.02
  /// Losses whose mean is what there was at the beginning.
  private static let first = 10

  private var average = DebiasedAverage(weight: 0.99)
  private var recent = DebiasedAverage(weight: 0.9)
  private var best = Double.infinity
  private var bestStep = 0
  private var lossesSinceBest = 0
  private var step = 0
  private var firstStep: Int?
  private var beginning = (sum: 0.0, count: 0)
  private(set) var justImproved = false

  var value: Double { average.value }
  /// Over about the last ten losses.
  var newest: Double { recent.value }
  var stepsSinceBest: Int { step - bestStep }
  /// The mean of the first losses; NaN before there is one.
  var initial: Double {
    beginning.count > 0 ? beginning.sum / Double(beginning.count) : .nan
  }
  /// Whether next to nothing of the first losses is left.
  var isSolved: Bool { initial > 0 && min(value, newest) < initial * Self.solved }

  /// No fall for more than half of the run.
  var isFlat: Bool {
    guard let firstStep, best.isFinite, !isSolved else { return false }
    return stepsSinceBest > max(Self.leastSteps, (step - firstStep) / 2)
      && lossesSinceBest > Self.leastLosses
  }

  mutating func add(_ loss: Double, step: Int) {
    self.step = step
    if firstStep == nil { (firstStep, bestStep) = (step, step) }
    if beginning.count < Self.first { beginning = (beginning.sum + loss, beginning.count + 1) }
    let smoothed = average.add(loss)
    _ = recent.add(loss)
    justImproved = smoothed < best - abs(best) * Self.leastFall || !best.isFinite
    lossesSinceBest += 1
    if justImproved { (best, bestStep, lossesSinceBest) = (smoothed, step, 0) }
  }
}

/// Whether a loss that is still finite has left all bounds.
public struct LossBlowUp: Sendable {
  /// So many times the loss of an untrained network is no noise any more.
  public static let factor = 100
  /// Steps in a row that it has to last.
  public static let patience = 20
  /// So many times is enough at once.
  static let atOnce = 1e6

  /// What a network that has learned nothing loses; the first loss, where that is more.
  public private(set) var reference: Double
  private var hasBegun = false
  private var streak = 0

  /// - Parameter untrained: what a network that has learned nothing loses
  public init(untrained: Double) {
    reference = untrained
  }

  /// Whether a loss is one that no training passes through.
  public func isBeyond(_ loss: Double) -> Bool { loss > reference * Double(Self.factor) }

  /// Takes in a step's loss.
  /// - Returns: whether the run has diverged
  public mutating func add(_ loss: Double) -> Bool {
    guard loss.isFinite else { return false }
    if !hasBegun { (hasBegun, reference) = (true, max(reference, loss)) }
    streak = isBeyond(loss) ? streak + 1 : 0
    return streak >= Self.patience || loss > reference * Self.atOnce
  }
}
