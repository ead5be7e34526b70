/// Every step of a run, at a cost of about 28 bytes a step, ready to be drawn at any zoom.
public struct RunHistory: Sendable {
  /// Smoothing that suits most runs: an average over about the last fifty steps.
  public static let usualSmoothing = 0.98

  /// Which step stands at which position of the series.
  public private(set) var steps = StepAxis()
  /// Training loss of every step.
  public private(set) var loss = SeriesPyramid()
  /// The debiased moving average of the loss, computed on every step before any thinning.
  public private(set) var smoothedLoss = SeriesPyramid()
  /// Norm of the whole gradient before clipping, of the steps that have one.
  public private(set) var gradientNorm = SeriesPyramid()
  /// The rate of each step's update.
  public private(set) var learningRate = SeriesPyramid()
  /// Seconds of training at the end of each step.
  public private(set) var elapsed = AxisSeries()
  /// Passes over the training data at each step.
  public private(set) var epoch = AxisSeries()
  /// By rising steps.
  public private(set) var validations: [ValidationRecord] = []
  /// Series of other programs' runs, by name in the order they came.
  public private(set) var extra: [NamedSeries] = []
  /// Where each of them stands.
  private var extraIndex: [String: Int] = [:]
  /// Steps of this history whose gradient was clipped.
  public private(set) var clippedSteps = 0
  /// Steps of which it is known whether the gradient was clipped.
  private var judgedSteps = 0
  /// Real targets seen; nil while no step said how many it has.
  public private(set) var tokens: Int?
  /// The newest step, in full.
  public private(set) var last: StepRecord?

  private var average: DebiasedAverage

  public init(smoothing: Double = RunHistory.usualSmoothing) {
    average = DebiasedAverage(weight: smoothing)
  }

  /// Steps kept.
  public var count: Int { steps.count }
  /// Whether there is none.
  public var isEmpty: Bool { steps.count == 0 }
  /// Share of the old average kept at each step of `smoothedLoss`.
  public var smoothing: Double { average.weight }
  /// Share of steps whose gradient was clipped, from 0 to 1; nil where no step says.
  public var clippedShare: Double? {
    judgedSteps > 0 ? Double(clippedSteps) / Double(judgedSteps) : nil
  }
  /// The validation with the lowest loss.
  public var best: ValidationRecord? {
    validations.filter { $0.loss.isFinite }.min { $0.loss < $1.loss }
  }

  /// Adds a step. One that comes again, after going back to a snapshot, replaces what followed.
  public mutating func append(_ record: StepRecord) {
    if let lastStep = steps.last, record.step <= lastStep { rewind(before: record.step) }
    add(
      step: record.step, loss: record.loss, gradientNorm: record.gradientNorm, of: record)
    count(clipped: record.clipped.map { $0 ? 1 : 0 }, of: 1, tokens: record.tokens)
    last = record
  }

  /// Adds steps, in full or in buckets.
  public mutating func append(_ batch: StepBatch) {
    for bucket in batch.thinned { append(bucket) }
    for record in batch.records { append(record) }
  }

  /// Adds a validation, which replaces those of its step and of later ones.
  public mutating func append(_ record: ValidationRecord) {
    while let last = validations.last, last.step >= record.step { validations.removeLast() }
    validations.append(record)
  }

  /// Adds values of series of their own names.
  public mutating func append(_ records: [NamedValues]) {
    for record in records {
      guard let index = extraIndex(of: record.name) else { continue }
      extra[index].append(record)
    }
  }

  /// Series with names of their own that are kept; a file with more was not made for people.
  public static let mostExtraSeries = 20_000

  /// Adds a value of a series that has a name of its own, such as one read from another program.
  public mutating func append(_ value: Double, to name: String, unit: String = "", step: Int) {
    guard let index = extraIndex(of: name, unit: unit) else { return }
    extra[index].append(value, step: step)
  }

  /// The series of a name, made where there is none; nil when there are too many.
  private mutating func extraIndex(of name: String, unit: String = "") -> Int? {
    if let index = extraIndex[name] { return index }
    guard extra.count < Self.mostExtraSeries else { return nil }
    extraIndex[name] = extra.count
    extra.append(NamedSeries(name: name, unit: unit))
    return extra.count - 1
  }

  /// The curves as they stood when a step of this history had just been done.
  public func through(_ record: StepRecord) -> RunHistory {
    guard let last = steps.last, record.step < last else { return self }
    var result = self
    result.rewind(before: record.step + 1)
    result.last = record
    return result
  }

  /// The curves without what came after a step.
  public func through(step: Int) -> RunHistory {
    guard let last = steps.last, step < last else { return self }
    var result = self
    result.rewind(before: step + 1)
    return result
  }

  /// Smooths the whole history anew.
  public mutating func smooth(weight: Double) {
    average = DebiasedAverage(weight: weight)
    smoothedLoss = SeriesPyramid()
    for index in 0..<loss.count {
      smoothedLoss.append(Float(average.add(Double(loss[index]))))
    }
  }

  /// A thinned bucket stands for as many steps as it summarises: its lowest and highest values
  /// are kept once each, and the others take the value that preserves the mean.
  private mutating func append(_ bucket: StepBucket) {
    if let lastStep = steps.last, bucket.firstStep <= lastStep { rewind(before: bucket.firstStep) }
    let losses = bucket.loss.spread(over: bucket.count)
    let norms = bucket.gradientNorm?.spread(over: bucket.count)
    for offset in 0..<max(0, bucket.count) {
      add(
        step: bucket.firstStep + offset, loss: losses(offset), gradientNorm: norms?(offset),
        of: bucket.last)
    }
    count(clipped: bucket.clippedSteps, of: bucket.count, tokens: bucket.tokens)
    last = bucket.last
  }

  private mutating func count(clipped: Int?, of steps: Int, tokens: Int?) {
    if let clipped {
      clippedSteps += clipped
      judgedSteps += steps
    }
    if let tokens { self.tokens = (self.tokens ?? 0) &+ tokens }
  }

  private mutating func add(step: Int, loss: Double, gradientNorm: Double?, of record: StepRecord) {
    guard steps.append(step) else { return }
    self.loss.append(Float(loss))
    smoothedLoss.append(Float(average.add(loss)))
    self.gradientNorm.append(gradientNorm.map { Float($0) })
    learningRate.append(record.learningRate.map { Float($0) })
    elapsed.append(record.elapsed)
    epoch.append(record.epoch)
  }

  /// Forgets every step from `step` on.
  private mutating func rewind(before step: Int) {
    let kept = steps.firstIndex(notBelow: Double(step))
    let (before, clipped, judged) = (count, clippedSteps, judgedSteps)
    steps.truncate(to: kept)
    loss.truncate(to: kept)
    smoothedLoss.truncate(to: kept)
    gradientNorm.truncate(to: kept)
    learningRate.truncate(to: kept)
    elapsed.truncate(to: kept)
    epoch.truncate(to: kept)
    validations.removeAll { $0.step >= step }
    // Which steps were clipped is not kept: those that stay have the share of all.
    let share = before > 0 ? Double(kept) / Double(before) : 0
    clippedSteps = Int((Double(clipped) * share).rounded())
    judgedSteps = Int((Double(judged) * share).rounded())
    average = DebiasedAverage(weight: average.weight)
    for index in max(0, kept - 1_000)..<max(kept, 0) { _ = average.add(Double(loss[index])) }
  }
}

extension StepBucket.Range {
  /// A value for each of `count` steps with this minimum, maximum and mean.
  fileprivate func spread(over count: Int) -> (Int) -> Double {
    guard count > 2 else { return { $0 == 0 ? minimum : maximum } }
    let rest = (mean * Double(count) - minimum - maximum) / Double(count - 2)
    let middle = Swift.min(Swift.max(rest, minimum), maximum)
    return { $0 == count / 3 ? minimum : $0 == 2 * count / 3 ? maximum : middle }
  }
}
