extension Matrix {
  /// self ← β self + A B.
  public func product(_ a: Matrix, _ b: Matrix, beta: Scalar = 0) {
    multiply(a, false, b, false, depth: a.columns, beta: beta)
  }

  /// self ← β self + A Bᵀ.
  public func product(_ a: Matrix, transposed b: Matrix, beta: Scalar = 0) {
    multiply(a, false, b, true, depth: a.columns, beta: beta)
  }

  /// self ← β self + Aᵀ B: what weight gradients are, over all steps at once.
  public func product(transposed a: Matrix, _ b: Matrix, beta: Scalar = 0) {
    multiply(a, true, b, false, depth: a.rows, beta: beta)
  }

  private func multiply(
    _ a: Matrix, _ transposeA: Bool, _ b: Matrix, _ transposeB: Bool, depth: Int, beta: Scalar
  ) {
    assert(
      (transposeA ? a.columns : a.rows) == rows && (transposeB ? b.rows : b.columns) == columns)
    assert((transposeB ? b.columns : b.rows) == depth)
    guard rows > 0, columns > 0 else { return }
    guard depth > 0 else {
      if beta == 0 { fill(0) }
      return
    }
    Scalar.multiply(
      transposeA: transposeA, transposeB: transposeB, rows: rows, columns: columns, depth: depth,
      alpha: 1, a: a.base, aStride: max(1, a.stride), b: b.base, bStride: max(1, b.stride),
      beta: beta, c: base, cStride: max(1, stride))
  }

  /// Adds the sum of each column of `other` to this matrix's only row.
  public func addColumnSums(_ other: Matrix) {
    assert(rows == 1 && columns == other.columns)
    Scalar.addColumnSums(
      rows: other.rows, columns: other.columns, x: other.base, stride: other.stride, sums: base)
  }

  /// self ← transpose of `other`.
  public func copyTransposed(_ other: Matrix) {
    assert(rows == other.columns && columns == other.rows)
    Scalar.transpose(
      rows: rows, columns: columns, x: other.base, xStride: other.stride, y: base, yStride: stride,
      accumulate: false)
  }

  /// self ← self + transpose of `other`.
  public func addTransposed(_ other: Matrix) {
    assert(rows == other.columns && columns == other.rows)
    Scalar.transpose(
      rows: rows, columns: columns, x: other.base, xStride: other.stride, y: base, yStride: stride,
      accumulate: true)
  }

  /// Row r ← row `index[r]` of `table` (zero where that is negative), plus the bias if there is one.
  public func gather(
    _ table: Matrix, rows index: UnsafePointer<Int32>, bias: UnsafePointer<Scalar>? = nil
  ) {
    assert(columns == table.columns)
    assert((0..<rows).allSatisfy { index[$0] < table.rows }, "no such row of the table")
    Scalar.gather(
      rows: rows, columns: columns, table: table.base, tableStride: table.stride, index: index,
      bias: bias, y: base, yStride: stride)
  }

  /// Row `index[r]` of self += row r of the other matrix; negative indices are passed over.
  public func scatterAdd(_ other: Matrix, rows index: UnsafePointer<Int32>) {
    assert(columns == other.columns)
    assert((0..<other.rows).allSatisfy { index[$0] < self.rows }, "no such row of the table")
    Scalar.scatterAdd(
      rows: other.rows, columns: columns, x: other.base, xStride: other.stride, index: index,
      table: base, tableStride: stride)
  }
}
