/// The usual size of a number that jumps about, from its last hundred values or so.
struct UsualSize: Sendable {
  private var average = DebiasedAverage(weight: 0.99)
  private var seen = 0

  /// How many times its usual size a number is; nil before that is known.
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
  /// Steps without a fall that are no plateau in any run.
  static let leastSteps = 1_000

  private var average = DebiasedAverage(weight: 0.99)
  private var best = Double.infinity
  private var bestStep = 0
  private var step = 0
  private var firstStep: Int?
  private(set) var justImproved = false

  var value: Double { average.value }
  var stepsSinceBest: Int { step - bestStep }

  /// No fall for a third of the run.
  var isFlat: Bool {
    guard let firstStep, best.isFinite else { return false }
    return stepsSinceBest > max(Self.leastSteps, (step - firstStep) / 3)
  }

  mutating func add(_ loss: Double, step: Int) {
    self.step = step
    if firstStep == nil { (firstStep, bestStep) = (step, step) }
    let smoothed = average.add(loss)
    justImproved = smoothed < best - abs(best) * Self.leastFall || !best.isFinite
    if justImproved { (best, bestStep) = (smoothed, step) }
  }
}

/// Whether the validation loss rises while the training loss falls.
struct ValidationTrend: Sendable {
  /// Validations above the best before that is called overfitting.
  static let patience = 3
  /// Rising by less than this share is noise.
  static let leastRise = 0.01

  private(set) var best: ValidationRecord?
  private(set) var isBest = false
  private var trainingLossAtBest = Double.infinity
  private var sinceBest = 0
  private var last: ValidationRecord?
  private var trainingLoss = Double.nan

  var isRising: Bool {
    guard let best, let last, sinceBest >= Self.patience else { return false }
    return last.loss > best.loss + abs(best.loss) * Self.leastRise
      && trainingLoss < trainingLossAtBest
  }

  mutating func add(_ record: ValidationRecord, trainingLoss: Double) {
    guard record.loss.isFinite else { return }
    self.trainingLoss = trainingLoss
    last = record
    // After going back to a snapshot, a best that lay behind it never was.
    if let best, best.step >= record.step { self.best = nil }
    isBest = best.map { record.loss < $0.loss } ?? true
    if isBest {
      (best, sinceBest, trainingLossAtBest) = (record, 0, trainingLoss)
    } else {
      sinceBest += 1
    }
  }
}

/// Numbers in the words of an alert.
enum AlertText {
  /// Two or three digits that count.
  static func number(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var (size, exponent) = (abs(value), 0)
    while size >= 10 {
      size /= 10
      exponent += 1
    }
    while size < 1 {
      size *= 10
      exponent -= 1
    }
    if exponent >= 2 && exponent < 9 { return "\(Int(value.rounded()))" }
    let hundredths = Int((size * 10).rounded())
    let sign = value < 0 ? "−" : ""
    if exponent < -3 || exponent >= 9 {
      let power = exponent < 0 ? "−\(-exponent)" : "\(exponent)"
      return "\(sign)\(hundredths / 10).\(hundredths % 10)e\(power)"
    }
    let scale = exponent >= 0 ? 100.0 : [100.0, 1000, 10_000][min(2, -exponent - 1)]
    let digits = exponent >= 0 ? 2 : 1 - exponent
    let units = Int((abs(value) * scale).rounded())
    let fraction = String(units % Int(scale))
    let zeros = String(repeating: "0", count: max(0, digits - fraction.count))
    return "\(sign)\(units / Int(scale)).\(zeros)\(fraction)"
  }

  static func percent(_ share: Double) -> String {
    share.isFinite ? "\(Int((min(max(share, -10), 10) * 100).rounded())) %" : "–"
  }

  /// The middle update ratio of the weights; biases start at zero, where a ratio says nothing.
  static func medianUpdate(_ record: NetworkStatistics) -> Double {
    let ratios = record.parameters.filter { !$0.name.contains("bias") && $0.updateRatio > 0 }
      .map(\.updateRatio).filter(\.isFinite).sorted()
    return ratios.isEmpty ? .nan : ratios[ratios.count / 2]
  }
}
