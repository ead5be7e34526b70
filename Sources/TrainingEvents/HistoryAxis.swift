/// What the horizontal axis of a run's curves counts.
public enum HistoryAxis: String, Sendable, CaseIterable {
  /// Training steps, from 1.
  case step
  /// Passes over the training data.
  case epoch
  /// Seconds of training.
  case time
}

extension RunHistory {
  /// Whether the run's steps can be placed along an axis: a run of another program may tell neither
  /// epochs nor times.
  public func has(_ axis: HistoryAxis) -> Bool {
    switch axis {
    case .step: true
    case .epoch: epoch.hasValues
    case .time: elapsed.hasValues
    }
  }

  /// From the first to the last step, in the axis's unit; nil before the first step.
  public func extent(of axis: HistoryAxis) -> ClosedRange<Double>? {
    guard let first = steps.first, let last = steps.last else { return nil }
    switch axis {
    case .step: return Double(first)...Double(max(first, last))
    case .epoch: return ordered(Double(epoch.place(at: 0)), Double(epoch.place(at: count - 1)))
    case .time: return ordered(Double(elapsed.place(at: 0)), Double(elapsed.place(at: count - 1)))
    }
  }

  /// The first position that is not before `value` on the axis.
  public func index(of value: Double, on axis: HistoryAxis) -> Int {
    switch axis {
    case .step: steps.firstIndex(notBelow: value)
    case .epoch: epoch.firstIndex(notBelow: Float(value))
    case .time: elapsed.firstIndex(notBelow: Float(value))
    }
  }

  /// Where a step lies on the axis, for markers; steps without a record take their neighbour's.
  public func position(ofStep step: Int, on axis: HistoryAxis) -> Double? {
    guard !isEmpty else { return nil }
    if axis == .step { return Double(step) }
    let index = min(steps.firstIndex(notBelow: Double(step)), count - 1)
    return Double(axis == .epoch ? epoch.place(at: index) : elapsed.place(at: index))
  }

  /// Positions that cut a stretch of the axis into `columns` equal parts, `columns + 1` of them.
  ///
  /// The last part takes in the end itself, so that the newest step is never left out.
  public func boundaries(
    columns: Int, over range: ClosedRange<Double>, on axis: HistoryAxis
  ) -> [Int] {
    guard columns > 0 else { return [] }
    let width = (range.upperBound - range.lowerBound) / Double(columns)
    var result = (0..<columns).map {
      index(of: range.lowerBound + width * Double($0), on: axis)
    }
    var end = index(of: range.upperBound, on: axis)
    if end < count, stepsReach(range.upperBound, at: end, on: axis) { end += 1 }
    result.append(max(end, result.last ?? 0))
    return result
  }

  private func stepsReach(_ value: Double, at index: Int, on axis: HistoryAxis) -> Bool {
    switch axis {
    case .step: steps.step(at: index).map { Double($0) <= value } ?? false
    case .epoch: epoch.place(at: index) <= Float(value)
    case .time: elapsed.place(at: index) <= Float(value)
    }
  }

  private func ordered(_ a: Double, _ b: Double) -> ClosedRange<Double> {
    guard a.isFinite, b.isFinite else { return 0...1 }
    return min(a, b)...max(a, b)
  }
}
