/// One series of numbers with minimum, maximum and mean ready at every scale.
///
/// Above the numbers themselves stand levels of summaries, each sixteen times coarser than the one
/// below, so that any range of a million numbers is summarised from a few dozen of them, and no
/// spike is ever lost to a coarse view. Numbers that are not finite count as gaps.
public struct SeriesPyramid: Sendable {
  /// Entries of one level summarised by one entry of the next.
  static let fanOut = 16

  private var values = ChunkedFloats()
  /// `levels[k][i]` summarises the numbers from `i * 16^(k+1)` on; complete groups only.
  private var levels: [ContiguousArray<Node>] = []

  public init() {}

  public var count: Int { values.count }
  public var isEmpty: Bool { values.isEmpty }
  public var last: Float? { values.last }
  public subscript(index: Int) -> Float { values[index] }

  /// Adds a number at the end, in constant time on average.
  public mutating func append(_ value: Float) {
    values.append(value)
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

  /// Forgets everything from position `newCount` on.
  public mutating func truncate(to newCount: Int) {
    guard newCount < count, newCount >= 0 else { return }
    values.truncate(to: newCount)
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
    return result.summary(samples: max(0, end - max(0, range.lowerBound)))
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
  public var minimum: Float
  public var maximum: Float
  public var mean: Float
  /// Finite numbers in the range.
  public var count: Int
  /// All numbers in the range, gaps included.
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
