/// What stands in for a missing number of a series: `task.data.missing`.
public enum MissingValues: String, Sendable, CaseIterable {
  /// The number of the row before.
  case hold
  /// On the line between the numbers before and after.
  case interpolate
  /// Nothing: the row is left out.
  case drop

  /// How many numbers were filled in, and how many rows left out.
  struct Count: Equatable {
    var filled = 0
    var dropped = 0

    /// For a remark: `3 missing numbers interpolated, 2 rows left out`.
    func words(_ policy: MissingValues) -> String {
      let verb = policy == .interpolate ? "interpolated" : "held from the row before"
      let parts = [
        filled == 0 ? nil : "\(filled) missing number\(filled == 1 ? "" : "s") \(verb)",
        dropped == 0
          ? nil : "\(dropped) row\(dropped == 1 ? "" : "s") left out for missing numbers",
      ]
      return parts.compactMap { $0 }.joined(separator: ", ")
    }
  }

  /// Fills rows of `width` numbers in which NaN stands for a missing one. Rows before the first
  /// number, which nothing can fill, are left out, and so are those behind the last where numbers
  /// are interpolated.
  func fill(_ numbers: inout [Float], width: Int) -> Count {
    guard width > 0, numbers.contains(where: \.isNaN) else { return Count() }
    let rows = numbers.count / width
    var count = Count()
    if self != .drop {
      for column in 0..<width {
        var last: Int?
        for row in 0..<rows where !numbers[row * width + column].isNaN {
          defer { last = row }
          guard let last, row - last > 1 else { continue }
          fillGap(&numbers, width, column, from: last, to: row, &count)
        }
        if self == .hold, let last {
          fillGap(&numbers, width, column, from: last, to: rows, &count)
        }
      }
    }
    var kept: [Float] = []
    kept.reserveCapacity(numbers.count)
    for row in 0..<rows {
      let values = numbers[row * width..<(row + 1) * width]
      if values.contains(where: \.isNaN) { count.dropped += 1 } else { kept += values }
    }
    numbers = kept
    return count
  }

  private func fillGap(
    _ numbers: inout [Float], _ width: Int, _ column: Int, from first: Int, to end: Int,
    _ count: inout Count
  ) {
    let before = numbers[first * width + column]
    let after = self == .interpolate ? numbers[end * width + column] : before
    for row in (first + 1)..<max(first + 1, end) {
      let share = Float(row - first) / Float(end - first)
      numbers[row * width + column] = before + (after - before) * share
      count.filled += 1
    }
  }
}
