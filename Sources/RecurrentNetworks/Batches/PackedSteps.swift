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
  /// Rows of all steps of the pass that these are part of.
  public internal(set) var wholeRowCount = 0
  /// Steps of the pass before the first of these.
  public private(set) var firstStep = 0
  private var tally: [Int] = []

  public init() {}

  public init(lengths: [Int]) {
    assign(lengths: lengths)
  }

  /// Sequences in the batch.
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
    (wholeRowCount, firstStep) = (rowCount, 0)
  }

  /// Becomes some steps of a longer pass, whose sequences keep their order. Reuses memory.
  mutating func assign(_ range: Range<Int>, of whole: PackedSteps) {
    order.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    active.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    rowCount = 0
    for k in 0..<(range.isEmpty ? 0 : whole.active[range.lowerBound]) {
      order.append(k)
      places.append(k)
      lengths.append(min(whole.lengths[k], range.upperBound) - range.lowerBound)
    }
    for t in range {
      active.append(whole.active[t])
      offsets.append(rowCount)
      rowCount += whole.active[t]
    }
    (wholeRowCount, firstStep) = (whole.wholeRowCount, whole.firstStep + range.lowerBound)
  }

  /// The row of step t of the k-th longest sequence.
  public func row(step t: Int, sequence k: Int) -> Int { offsets[t] + k }

  /// The row of the k-th longest sequence's own last step.
  public func lastRow(sequence k: Int) -> Int { offsets[lengths[k] - 1] + k }
}

extension PackedSteps {
  /// Rows after which work that a time loop leaves behind is done: what they fill is still in a
  /// core's second-level cache, and enough of them make an efficient product.
  static let sliceRows = 256
  /// Scalars of what a loop leaves behind that stay in the cache by themselves, so that slices are
  /// not worth their while.
  static let scalarsInCache = 1 << 17
  /// Scalars of the largest weight gradient to which slices are added one by one. A larger one would
  /// be fetched and stored again for every slice, at a greater cost than the slices' own.
  static let largestSlicedProduct = 1 << 16

  /// Rows of a slice of a matrix over all rows with so many columns.
  func rowsOfSlice(columns: Int) -> Int {
    wholeRowCount * columns <= Self.scalarsInCache ? max(1, rowCount) : Self.sliceRows
  }

  /// Visits every step, or those of a range, up or down in time, in slices of at least `rowsWanted`
  /// rows each. `before` and `after` get the steps of a slice.
  func forEachSlice(
    ofRows rowsWanted: Int, descending: Bool, in range: Range<Int>? = nil,
    before: (Range<Int>) -> Void = { _ in }, step body: (Int) -> Void,
    after: (Range<Int>) -> Void = { _ in }
  ) {
    let range = range ?? 0..<stepCount
    let (first, last) = (range.lowerBound, range.upperBound - 1)
    var start = 0
    while start < range.count {
      var (end, rows) = (start, 0)
      while end < range.count, rows < rowsWanted {
        rows += active[descending ? last - end : first + end]
        end += 1
      }
      let slice = descending ? last + 1 - end..<last + 1 - start : first + start..<first + end
      before(slice)
      for index in start..<end { body(descending ? last - index : first + index) }
      after(slice)
      start = end
    }
  }

  /// The rows of some steps.
  func rows(of steps: Range<Int>) -> Range<Int> {
    guard let last = steps.last else { return 0..<0 }
    return offsets[steps.lowerBound]..<offsets[last] + active[last]
  }
}
