/// A gradient of weights is a sum over all time steps, and in floating point a sum depends on its
/// order. So that it comes out the same whether the states of all steps are there at once or only
/// those of a segment, long passes are summed block by block, from the last block to the first.
extension PackedSteps {
  /// Rows of a block at least. Shorter passes are one block.
  static let blockRows = 8192

  /// Visits blocks of at least `rowsWanted` rows, from the last steps to the first. They depend on
  /// what is behind them alone: steps that end where a block ends have the same blocks as the pass
  /// that they are part of. Blocks are made of whole slices.
  func forEachBlock(
    ofRows rowsWanted: Int, in range: Range<Int>? = nil, _ body: (Range<Int>) -> Void
  ) {
    let range = range ?? 0..<stepCount
    var end = range.upperBound
    while end > range.lowerBound {
      var (start, rows) = (end, 0)
      while start > range.lowerBound, rows < rowsWanted {
        var slice = 0
        while start > range.lowerBound, slice < min(rowsWanted, Self.sliceRows) {
          start -= 1
          slice += active[start]
        }
        rows += slice
      }
      body(start..<end)
      end = start
    }
  }

  /// Rows of the largest block.
  /// - Parameter rowsWanted: rows of a block at least
  func mostRowsOfBlock(ofRows rowsWanted: Int) -> Int {
    let (more, overflow) = rowsWanted.addingReportingOverflow(
      Self.sliceRows + (active.first ?? 0))
    return overflow ? rowCount : min(rowCount, more)
  }
}
