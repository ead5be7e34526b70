/// One series of numbers with minimum, maximum and mean ready at every scale.
///
/// Above the numbers themselves stand levels of summaries, each sixteen times coarser than the one
/// below, so that any range of a million numbers is summarised from a few dozen of them, and no
/// spike is ever lost to a coarse view. Numbers that are not finite count as gaps; a position
/// without a number is nothing at all.
public struct SeriesPyramid: Sendable {
  /// Entries of one level summarised by one entry of the next.
  static let fanOut = 16

  /// NaN where there is no number.
  private var values = ChunkedFloats()
  /// Positions that have a number; a stretch without holes costs nothing.
  private var present = StepAxis()
  /// `levels[k][i]` summarises the numbers from `i * 16^(k+1)` on; complete groups only.
  private var levels: [ContiguousArray<Node>] = []

  public init() {}

  /// Positions, with a number or without.
  public var count: Int { values.count }
  /// Whether there is no position.
  public var isEmpty: Bool { values.isEmpty }
  /// Whether any position has a number, finite or not.
  public var hasValues: Bool { present.count > 0 }
  /// The number at the last position; nil where that has none.
  public var last: Float? { value(at: count - 1) }
  /// The number at a position; NaN where there is none.
  public subscript(index: Int) -> Float { values[index] }

  /// The number at a position; nil where there is none.
  public func value(at index: Int) -> Float? {
    let found = present.firstIndex(notBelow: Double(index))
    guard found < present.count, present.step(at: found) == index else { return nil }
    return values[index]
  }

  /// Adds a position at the end, with a number or without, in constant time on average.
  public mutating func append(_ value: Float?) {
    if value != nil { present.append(values.count) }
    values.append(value ?? .nan)
    if values.count % Self.fanOut == 0 { summarise() }
  }

  /// Summaries of the groups that the last number completed.
  private mutating func summarise() {
    var group = values.count
    var level = 0
    while group % Self.fanOut == 0 {
      group /= Self.fanOut
      if level == levels.count { levels.append([]) }
      let node = level == 0 ? node(ofValuesBefore: values.count) : node(completing: level)
      levels[level].append(node)
      level += 1
    }
  }

  /// Adds a number for each of as many positions.
  mutating func append(_ numbers: [Double]) {
    present.append(values.count..<values.count + numbers.count)
    for number in numbers {
      values.append(Float(number))
      if values.count % Self.fanOut == 0 { summarise() }
    }
  }

  /// Forgets everything from position `newCount` on.
  public mutating func truncate(to newCount: Int) {
    guard newCount < count, newCount >= 0 else { return }
    values.truncate(to: newCount)
    present.truncate(to: present.firstIndex(notBelow: Double(newCount)))
    var size = Self.fanOut
    for level in levels.indices {
      let kept = newCount / size
      levels[level].removeLast(max(0, levels[level].count - kept))
      size *= Self.fanOut
    }
  }

  /// Minimum, maximum and mean over a range of positions, cut to what exists.
  public func summary(of range: Range<Int>) -> SeriesSummary {
    var position = max(0, range.lowerBound)
    let end = min(count, range.upperBound)
    var result = Accumulator()
    while position < end {
      var (level, size) = (-1, 1)
      while level + 1 < levels.count, position % (size * Self.fanOut) == 0,
        position + size * Self.fanOut <= end
      {
        size *= Self.fanOut
        level += 1
      }
      if level < 0 {
        result.add(values[position])
      } else {
        result.add(levels[level][position / size])
      }
      position += size
    }
    return result.summary(samples: samples(in: range.lowerBound..<max(range.lowerBound, end)))
  }

  /// Positions of a range that have a number.
  private func samples(in range: Range<Int>) -> Int {
    if present.count == count { return max(0, range.upperBound - max(0, range.lowerBound)) }
    return present.firstIndex(notBelow: Double(range.upperBound))
      - present.firstIndex(notBelow: Double(range.lowerBound))
  }

  /// One summary for each pair of neighbouring boundaries (positions that never fall).
  public func summaries(between boundaries: [Int]) -> [SeriesSummary] {
    zip(boundaries, boundaries.dropFirst()).map { summary(of: $0..<max($0, $1)) }
  }

  private func node(ofValuesBefore end: Int) -> Node {
    var result = Accumulator()
    for index in (end - Self.fanOut)..<end { result.add(values[index]) }
    return result.node
  }

  private func node(completing level: Int) -> Node {
    var result = Accumulator()
    for node in levels[level - 1].suffix(Self.fanOut) { result.add(node) }
    return result.node
  }
}

/// What a range of a series holds.
public struct SeriesSummary: Sendable, Equatable {
  /// The smallest finite number.
  public var minimum: Float
  /// The largest finite number.
  public var maximum: Float
  /// The mean of the finite numbers.
  public var mean: Float
  /// Finite numbers in the range.
  public var count: Int
  /// All numbers in the range, those that are not finite included.
  public var samples: Int

  public init(minimum: Float, maximum: Float, mean: Float, count: Int, samples: Int) {
    self.minimum = minimum
    self.maximum = maximum
    self.mean = mean
    self.count = count
    self.samples = samples
  }

  /// Whether the range has numbers, none of them finite: a gap to be shown as one.
  public var isGap: Bool { samples > 0 && count == 0 }
}

private struct Node: Sendable {
  var minimum: Float
  var maximum: Float
  var mean: Float
  var count: UInt32
}

/// Sums in `Double`: a mean of a million `Float`s must not drift.
private struct Accumulator {
  var minimum = Float.infinity
  var maximum = -Float.infinity
  var sum = 0.0
  var count = 0

  mutating func add(_ value: Float) {
    guard value.isFinite else { return }
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    sum += Double(value)
    count += 1
  }

  mutating func add(_ node: Node) {
    guard node.count > 0 else { return }
    minimum = min(minimum, node.minimum)
    maximum = max(maximum, node.maximum)
    sum += Double(node.mean) * Double(node.count)
    count += Int(node.count)
  }

  var mean: Float { count > 0 ? Float(sum / Double(count)) : .nan }

  var node: Node {
    Node(minimum: minimum, maximum: maximum, mean: mean, count: UInt32(clamping: count))
  }

  func summary(samples: Int) -> SeriesSummary {
    SeriesSummary(
      minimum: count > 0 ? minimum : .nan, maximum: count > 0 ? maximum : .nan, mean: mean,
      count: count, samples: samples)
  }
}
