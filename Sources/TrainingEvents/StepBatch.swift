/// Consecutive steps travelling together in one event.
///
/// While the reader keeps up, `records` holds every step and `thinned` is empty. When a batch
/// outgrows `capacity` because nobody reads, its older half is thinned to buckets of minimum,
/// maximum and mean, so that memory stays bounded and no spike disappears.
public struct StepBatch: Sendable, Equatable {
  /// Records kept in full before the older half is thinned.
  public static let capacity = 65_536
  /// Steps summarised by one bucket of `thinned`.
  public static let stepsPerBucket = 64

  /// Summaries of steps older than every record in `records`, oldest first.
  public private(set) var thinned: [StepBucket] = []
  /// Steps in full, oldest first.
  public private(set) var records: [StepRecord] = []

  public init() {}

  /// Steps in full, oldest first.
  public init(_ records: [StepRecord]) {
    self.records = records
  }

  /// Summaries of older steps and newer steps in full, such as those read from a file.
  public init(thinned: [StepBucket], records: [StepRecord] = []) {
    self.thinned = thinned
    self.records = records
  }

  /// Whether there is no step.
  public var isEmpty: Bool { records.isEmpty && thinned.isEmpty }

  /// Steps represented, in full or in buckets.
  public var stepCount: Int { records.count + thinned.reduce(0) { $0 + $1.count } }

  /// Takes in the next step.
  public mutating func append(_ record: StepRecord) {
    records.append(record)
    if records.count > Self.capacity { thin() }
  }

  /// Takes in a newer batch behind this one.
  public mutating func append(_ newer: StepBatch) {
    if !newer.thinned.isEmpty {
      for bucket in StepBucket.summarise(records, size: Self.stepsPerBucket) {
        thinned.append(bucket)
      }
      records.removeAll(keepingCapacity: true)
      thinned.append(contentsOf: newer.thinned)
      coarsenIfLarge()
    }
    records.append(contentsOf: newer.records)
    if records.count > Self.capacity { thin() }
  }

  /// Empties the batch and keeps its memory.
  public mutating func removeAll() {
    records.removeAll(keepingCapacity: true)
    thinned.removeAll()
  }

  private mutating func thin() {
    let half = Self.capacity / 2
    thinned.append(
      contentsOf: StepBucket.summarise(Array(records[..<half]), size: Self.stepsPerBucket))
    records.removeFirst(half)
    coarsenIfLarge()
  }

  /// Buckets are merged pairwise when there are too many, so that even a reader that never comes
  /// back costs a bounded amount of memory.
  private mutating func coarsenIfLarge() {
    guard thinned.count > Self.capacity else { return }
    thinned = stride(from: 0, to: thinned.count, by: 2).map { index in
      index + 1 < thinned.count ? thinned[index].merged(with: thinned[index + 1]) : thinned[index]
    }
  }
}

/// Minimum, maximum and mean of consecutive steps.
public struct StepBucket: Sendable, Equatable {
  /// Smallest, largest and mean value of one series over the bucket.
  public struct Range: Sendable, Equatable {
    /// The smallest value.
    public var minimum: Double
    /// The largest value.
    public var maximum: Double
    /// The mean over the bucket's steps.
    public var mean: Double

    public init(minimum: Double, maximum: Double, mean: Double) {
      self.minimum = minimum
      self.maximum = maximum
      self.mean = mean
    }
  }

  /// The number of its first step.
  public var firstStep: Int
  /// Steps in it.
  public var count: Int
  /// Training loss of its steps.
  public var loss: Range
  /// Nil where no step of the bucket has one.
  public var gradientNorm: Range?
  /// Steps whose gradient was clipped; nil where that was not logged.
  public var clippedSteps: Int?
  /// Real targets of all its steps; nil where that was not logged.
  public var tokens: Int?
  /// The newest step of the bucket, in full.
  public var last: StepRecord

  public init(
    firstStep: Int, count: Int, loss: Range, gradientNorm: Range?, clippedSteps: Int?,
    tokens: Int?, last: StepRecord
  ) {
    self.firstStep = firstStep
    self.count = count
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.clippedSteps = clippedSteps
    self.tokens = tokens
    self.last = last
  }

  static func summarise(_ records: [StepRecord], size: Int) -> [StepBucket] {
    stride(from: 0, to: records.count, by: size).compactMap { start in
      StepBucket(records[start..<min(start + size, records.count)])
    }
  }

  /// Summarises consecutive steps; nil when there are none.
  public init?(_ records: ArraySlice<StepRecord>) {
    guard let first = records.first, let last = records.last else { return nil }
    firstStep = first.step
    count = records.count
    loss = Range(records.lazy.map(\.loss))
    gradientNorm =
      records.contains { $0.gradientNorm != nil }
      ? Range(records.lazy.compactMap(\.gradientNorm)) : nil
    clippedSteps =
      records.contains { $0.clipped != nil } ? records.count { $0.clipped == true } : nil
    tokens = records.reduce(nil) { Self.sum($0, $1.tokens) }
    self.last = last
  }

  func merged(with newer: StepBucket) -> StepBucket {
    var result = self
    result.count += newer.count
    result.loss = loss.merged(with: newer.loss, weights: (count, newer.count))
    result.gradientNorm =
      if let gradientNorm, let other = newer.gradientNorm {
        gradientNorm.merged(with: other, weights: (count, newer.count))
      } else {
        gradientNorm ?? newer.gradientNorm
      }
    result.clippedSteps = Self.sum(clippedSteps, newer.clippedSteps)
    result.tokens = Self.sum(tokens, newer.tokens)
    result.last = newer.last
    return result
  }

  /// The sum of what is known; nil where neither is.
  private static func sum(_ a: Int?, _ b: Int?) -> Int? {
    guard let a, let b else { return a ?? b }
    return a &+ b
  }
}

extension StepBucket.Range {
  init(_ values: some Sequence<Double>) {
    var (low, high, sum, count) = (Double.infinity, -Double.infinity, 0.0, 0)
    for value in values {
      low = min(low, value)
      high = max(high, value)
      sum += value
      count += 1
    }
    self.init(minimum: low, maximum: high, mean: count > 0 ? sum / Double(count) : .nan)
  }

  func merged(with other: Self, weights: (Int, Int)) -> Self {
    let total = Double(weights.0 + weights.1)
    return Self(
      minimum: Swift.min(minimum, other.minimum), maximum: Swift.max(maximum, other.maximum),
      mean: (mean * Double(weights.0) + other.mean * Double(weights.1)) / total)
  }
}
