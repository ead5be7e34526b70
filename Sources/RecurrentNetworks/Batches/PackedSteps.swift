/// Where the time steps of sequences of different lengths stand when no room is given to padding.
///
/// Sequences are ordered from the longest to the shortest; the rows of step t are those of the
/// first `active[t]` sequences, and steps follow each other. A matrix over all steps has exactly
/// as many rows as there are real steps, so padding cannot cost time or change a result.
public struct PackedSteps: Sendable, Equatable {
  /// `order[k]` is the original index of the k-th longest sequence; equal lengths keep their order.
  public private(set) var order: [Int] = []
  /// The inverse of `order`: where the sequence with an original index stands.
  public private(set) var places: [Int] = []
  /// Lengths from the longest to the shortest, each at least 1.
  public private(set) var lengths: [Int] = []
  /// Sequences that have a step t, never growing with t.
  public private(set) var active: [Int] = []
  /// First row of step t.
  public private(set) var offsets: [Int] = []
  /// Real steps in all.
  public private(set) var rowCount = 0
  private var tally: [Int] = []

  public init() {}

  public init(lengths: [Int]) {
    assign(lengths: lengths)
  }

  public var sequenceCount: Int { lengths.count }
  /// Steps of the longest sequence.
  public var stepCount: Int { active.count }
  /// Whether all sequences are equally long.
  public var isUniform: Bool { lengths.first == lengths.last }

  /// Takes new lengths, reusing memory: nothing is allocated once the largest batch has been seen.
  public mutating func assign(lengths new: [Int]) {
    let longest = new.max().map { max(1, $0) } ?? 0
    let count = new.count
    tally.removeAll(keepingCapacity: true)
    for _ in 0...longest { tally.append(0) }
    for length in new { tally[max(1, length)] += 1 }
    active.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    rowCount = 0
    var left = count
    for t in 0..<longest {
      if t > 0 { left -= tally[t] }
      active.append(left)
      offsets.append(rowCount)
      rowCount += left
    }
    // Counting sort, longest first: the tally becomes each length's first place.
    var place = 0
    for length in stride(from: longest, through: 1, by: -1) {
      let here = tally[length]
      tally[length] = place
      place += here
    }
    order.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    for _ in 0..<count {
      order.append(0)
      places.append(0)
      lengths.append(0)
    }
    for (index, length) in new.enumerated() {
      let at = tally[max(1, length)]
      order[at] = index
      places[index] = at
      lengths[at] = max(1, length)
      tally[max(1, length)] += 1
    }
  }

  /// The row of step t of the k-th longest sequence.
  public func row(step t: Int, sequence k: Int) -> Int { offsets[t] + k }

  /// The row of the k-th longest sequence's own last step.
  public func lastRow(sequence k: Int) -> Int { offsets[lengths[k] - 1] + k }
}
