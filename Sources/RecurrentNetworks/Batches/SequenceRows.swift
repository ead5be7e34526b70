import LinearAlgebra

/// Between one row a sequence and one row a step.
extension PackedSteps {
  /// Adds each sequence's row of `addend` to the rows of all its steps.
  func addToEveryStep<Scalar>(_ addend: Matrix<Scalar>, of rows: Matrix<Scalar>) {
    for t in 0..<stepCount {
      rows.rows(offsets[t], active[t]).add(addend.rows(0, active[t]))
    }
  }

  /// Adds the rows of all of a sequence's steps to its one row in `sums`: the way back.
  func addSums<Scalar>(of rows: Matrix<Scalar>, to sums: Matrix<Scalar>) {
    for t in 0..<stepCount {
      sums.rows(0, active[t]).add(rows.rows(offsets[t], active[t]))
    }
  }

  /// Where this order's sequences stand in another order of the same sequences: element k is the
  /// place in `other` of what is k-th here.
  func places<Scalar>(in other: PackedSteps, arena: Arena<Scalar>) -> UnsafeMutablePointer<Int32> {
    let result = arena.integers(sequenceCount)
    for k in 0..<sequenceCount { result[k] = Int32(other.places[order[k]]) }
    return result
  }

  /// y(t−1) of every row, from y(t) of every row; −1, which stands for the zero vector, at a
  /// sequence's start.
  func previous<Scalar>(
    of symbols: UnsafePointer<Int32>, arena: Arena<Scalar>
  ) -> UnsafeMutablePointer<Int32> {
    let result = arena.integers(rowCount)
    for t in 0..<stepCount {
      for k in 0..<active[t] {
        result[offsets[t] + k] = t > 0 ? symbols[offsets[t - 1] + k] : -1
      }
    }
    return result
  }
}
