/// Whether the validation loss rises by more than it scatters while the training loss falls.
///
/// A lowest value among many is low by chance as well; so levels are compared instead of values:
/// medians of three validations in a row.
struct ValidationTrend: Sendable {
  /// Rising by less than this share is no rise.
  static let leastRise = 0.01
  /// Rising by less than so many times the scatter is noise.
  static let leastScatters = 4.0
  /// Validations that the scatter is measured over.
  private static let window = 16

  /// The lowest validation.
  private(set) var best: ValidationRecord?
  private var recent: [Double] = []
  private var lowestLevel = Double.infinity
  /// The training loss when the level was lowest.
  private var trainingLossAtLowest = Double.nan
  private var level = Double.nan
  private var trainingLoss = Double.nan
  private var levelWhenRaised = Double.infinity

  /// The standard deviation of one validation around its trend: from differences of neighbouring
  /// differences, which a steady rise or fall leaves at 0.
  private var scatter: Double {
    guard recent.count >= 4 else { return 0 }
    let bends = (2..<recent.count).map { (index: Int) -> Double in
      abs(recent[index] - 2 * recent[index - 1] + recent[index - 2])
    }
    // The median of |x| is 0.6745 σ, and σ of such a difference is √6 times that of a value.
    return bends.sorted()[bends.count / 2] / 0.6745 / 2.449
  }

  var isRising: Bool {
    let least = abs(lowestLevel) * Self.leastRise
    return level > lowestLevel + max(least, Self.leastScatters * scatter)
      && trainingLoss < trainingLossAtLowest - abs(trainingLossAtLowest) * Self.leastRise
  }

  /// Whether the level is clearly lower than it was before the last rise.
  var isOver: Bool { level < levelWhenRaised - max(abs(levelWhenRaised) * Self.leastRise, scatter) }

  mutating func noteRaised() { levelWhenRaised = lowestLevel }

  mutating func add(_ record: ValidationRecord, trainingLoss: Double) {
    guard record.loss.isFinite else { return }
    // After going back to a snapshot, a best that lay behind it never was.
    if let best, best.step >= record.step { self = ValidationTrend() }
    self.trainingLoss = trainingLoss
    if record.loss < best?.loss ?? .infinity { best = record }
    recent.append(record.loss)
    if recent.count > Self.window { recent.removeFirst() }
    level = recent.suffix(3).sorted()[recent.suffix(3).count / 2]
    if level < lowestLevel { (lowestLevel, trainingLossAtLowest) = (level, trainingLoss) }
  }
}
