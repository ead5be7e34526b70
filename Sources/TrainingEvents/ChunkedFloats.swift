/// A growing list of numbers that never moves what it holds.
///
/// An ordinary array doubles and copies when it grows: a million steps would for a moment cost
/// three times their size. Fixed chunks cost only what they hold.
public struct ChunkedFloats: Sendable {
  static let shift = 14
  /// Numbers in one chunk.
  static let chunkSize = 1 << shift

  /// Numbers in the list.
  public private(set) var count = 0
  private var chunks: [ContiguousArray<Float>] = []

  public init() {}

  /// Whether there is none.
  public var isEmpty: Bool { count == 0 }
  /// The newest number; nil where there is none.
  public var last: Float? { count > 0 ? self[count - 1] : nil }

  /// The number at a position; NaN outside the list, so that a careless query shows a gap.
  public subscript(index: Int) -> Float {
    guard index >= 0, index < count else { return .nan }
    return chunks[index >> Self.shift][index & (Self.chunkSize - 1)]
  }

  /// Adds a number at the end, in constant time.
  public mutating func append(_ value: Float) {
    if count == chunks.count << Self.shift {
      var chunk = ContiguousArray<Float>()
      // Thousands of short series are as usual as a long one.
      if !chunks.isEmpty { chunk.reserveCapacity(Self.chunkSize) }
      chunks.append(chunk)
    }
    chunks[chunks.count - 1].append(value)
    count += 1
  }

  /// Forgets everything from position `newCount` on.
  public mutating func truncate(to newCount: Int) {
    guard newCount < count, newCount >= 0 else { return }
    let chunkCount = (newCount + Self.chunkSize - 1) >> Self.shift
    chunks.removeLast(chunks.count - chunkCount)
    if chunkCount > 0 {
      let excess = chunks[chunkCount - 1].count - (newCount - (chunkCount - 1) << Self.shift)
      chunks[chunkCount - 1].removeLast(excess)
    }
    count = newCount
  }

  /// The first position whose number is not below `value`, in a list that never falls.
  public func firstIndex(notBelow value: Float) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
