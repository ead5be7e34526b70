/// Which step stands at which position of a series.
///
/// Steps that follow each other at an even pace, which is nearly always, cost nothing: a run of
/// them is kept as its first step and its pace.
public struct StepAxis: Sendable, Equatable {
  private struct Run: Sendable, Equatable {
    var firstIndex: Int
    var firstStep: Int
    var pace: Int
    var count: Int

    var lastStep: Int { firstStep + (count - 1) * pace }
  }

  private var runs: [Run] = []
  /// Steps on the axis.
  public private(set) var count = 0

  public init() {}

  /// The lowest step; nil where there is none.
  public var first: Int? { runs.first?.firstStep }
  /// The highest step; nil where there is none.
  public var last: Int? { runs.last?.lastStep }

  /// Adds a step; it must lie beyond the last one, else it is refused.
  @discardableResult
  public mutating func append(_ step: Int) -> Bool {
    if let last, step <= last { return false }
    if let index = runs.indices.last {
      if runs[index].count == 1 { runs[index].pace = step - runs[index].firstStep }
      if step == runs[index].lastStep + runs[index].pace {
        runs[index].count += 1
        count += 1
        return true
      }
    }
    runs.append(Run(firstIndex: count, firstStep: step, pace: 1, count: 1))
    count += 1
    return true
  }

  /// Adds steps that rise one after the other beyond the last; adds none of them where they do not.
  mutating func append(ascending steps: [Int]) -> Bool {
    var before = last ?? .min
    for step in steps {
      guard step > before else { return false }
      before = step
    }
    for step in steps { append(step) }
    return true
  }

  /// Adds positions that follow each other, the first beyond the last.
  mutating func append(_ positions: Range<Int>) {
    guard let first = positions.first, first > last ?? .min else { return }
    append(first)
    if positions.count > 1 { append(first + 1) }
    guard positions.count > 2, let index = runs.indices.last else { return }
    if runs[index].pace == 1 {
      runs[index].count += positions.count - 2
      count += positions.count - 2
    } else {
      for position in positions.dropFirst(2) { append(position) }
    }
  }

  /// The step at a position, cut to the positions that exist; nil when there is none at all.
  public func step(at index: Int) -> Int? {
    guard !runs.isEmpty else { return nil }
    let index = min(max(0, index), count - 1)
    // The last run that does not begin behind the position.
    var (low, high) = (0, runs.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if runs[middle].firstIndex <= index { low = middle } else { high = middle - 1 }
    }
    let run = runs[low]
    return run.firstStep + (index - run.firstIndex) * run.pace
  }

  /// The first position whose step is not below `step`; `count` when there is none.
  public func firstIndex(notBelow step: Double) -> Int {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if Double(runs[middle].lastStep) < step { low = middle + 1 } else { high = middle }
    }
    guard low < runs.count else { return count }
    let run = runs[low]
    let distance = step - Double(run.firstStep)
    guard distance > 0 else { return run.firstIndex }
    return run.firstIndex + Int((distance / Double(run.pace)).rounded(.up))
  }

  /// Forgets everything from position `newCount` on.
  public mutating func truncate(to newCount: Int) {
    guard newCount < count, newCount >= 0 else { return }
    while let run = runs.last, run.firstIndex >= newCount { runs.removeLast() }
    if let index = runs.indices.last {
      runs[index].count = newCount - runs[index].firstIndex
    }
    count = newCount
  }
}
