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
    rowCount * columns <= Self.scalarsInCache ? max(1, rowCount) : Self.sliceRows
  }

  /// Visits every step, up or down in time, in slices of at least `rowsWanted` rows each. `before`
  /// and `after` get the steps of a slice.
  func forEachSlice(
    ofRows rowsWanted: Int, descending: Bool, before: (Range<Int>) -> Void = { _ in },
    step body: (Int) -> Void, after: (Range<Int>) -> Void = { _ in }
  ) {
    var start = 0
    while start < stepCount {
      var (end, rows) = (start, 0)
      while end < stepCount, rows < rowsWanted {
        rows += active[descending ? stepCount - 1 - end : end]
        end += 1
      }
      let slice = descending ? stepCount - end..<stepCount - start : start..<end
      before(slice)
      for index in start..<end { body(descending ? stepCount - 1 - index : index) }
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
