/// Whether the validation loss rises by more than it scatters while the training loss falls.
///
/// A lowest value among many is low by chance as well; so levels are compared instead of values:
/// medians of three validations in a row.
struct ValidationTrend: Sendable {
  /// Rising by less than this share is no rise.
  static let leastRise = 0.01
  /// Rising by less than so many times the scatter is noise.
  static let leastScatters = 6.0
  /// A rise by this share without a step back needs no knowledge of the scatter.
  static let steadyRise = 0.06
  /// Validations in a row that have to be so high.
  private static let patience = 2
  /// Validations that the scatter is measured over, and differences that make it well known.
  private static let (window, enough) = (24, 8)

  /// The lowest validation.
  private(set) var best: ValidationRecord?
  private var recent: [Double] = []
  private var lowestLevel = Double.infinity
  /// The training loss when the level was lowest.
  private var trainingLossAtLowest = Double.nan
  private var level = Double.nan
  private var trainingLoss = Double.nan
  private var levelWhenRaised = Double.infinity
  private var scatter = 0.0
  /// Validations in a row above the scatter.
  private var streak = 0

  var isRising: Bool {
    let last = recent.suffix(4)
    let isSteady =
      last.count == 4 && zip(last, last.dropFirst()).allSatisfy { $0 < $1 }
      && level > lowestLevel + abs(lowestLevel) * Self.steadyRise
    return (isSteady || streak >= Self.patience)
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
    scatter = measuredScatter
    let rise = max(abs(lowestLevel) * Self.leastRise, Self.leastScatters * scatter)
    streak = level > lowestLevel + rise ? streak + 1 : 0
  }

  /// The standard deviation of one validation around its trend: from differences of neighbouring
  /// differences, which a steady rise or fall leaves at 0; more where few are known.
  private var measuredScatter: Double {
    guard recent.count > 2 else { return 0 }
    let bends = (2..<recent.count).map { (index: Int) -> Double in
      abs(recent[index] - 2 * recent[index - 1] + recent[index - 2])
    }
    // The median of |x| is 0.6745 σ, and σ of such a difference is √6 times that of a value.
    let deviation = bends.sorted()[bends.count / 2] / 0.6745 / 2.449
    let doubt = max(1, Double(Self.enough) / Double(bends.count))
    return deviation * doubt.squareRoot()
  }
}
