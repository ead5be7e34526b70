import LinearAlgebra

/// Weights laid out as products read them: shared by all parts of a batch where the pass has a cache
/// and they are large enough, else made in the pass's own arena.
extension Pass {
  /// B laid out for products A B.
  func packed(_ b: Matrix<Scalar>) -> PackedMatrix<Scalar> {
    packed(b, isTransposed: false)
  }

  /// Bᵀ laid out for products A Bᵀ.
  func packed(transposed b: Matrix<Scalar>) -> PackedMatrix<Scalar> {
    packed(b, isTransposed: true)
  }

  private func packed(_ b: Matrix<Scalar>, isTransposed: Bool) -> PackedMatrix<Scalar> {
    let (depth, columns) = isTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
    let size = PackedMatrix<Scalar>.size(depth: depth, columns: columns)
    guard let weightCache, size >= weightCache.smallestShared else {
      return isTransposed
        ? PackedMatrix(transposed: b, in: arena) : PackedMatrix(b, in: arena)
    }
    let width = PackedMatrix<Scalar>.columnsOfChunk(depth: depth)
    let storage = weightCache.entry(
      .init(isTransposed ? .packedTransposed : .packed, of: b, rows: depth, columns: columns),
      count: size, chunks: (columns + width - 1) / width
    ) { storage, chunk in
      let first = chunk * width
      let part = first..<min(columns, first + width)
      PackedMatrix.pack(b, isTransposed: isTransposed, columns: part, into: storage)
    }
    return PackedMatrix(
      depth: depth, columns: columns, storage: storage, workers: weightCache.workers)
  }

  /// E Uᵀ: row v is U times the v-th embedding.
  func product(_ e: Matrix<Scalar>, transposed u: Matrix<Scalar>) -> Matrix<Scalar> {
    let packed = packed(transposed: u)
    let key = PackedWeightCache.Key(.table, of: u, and: e, rows: e.rows, columns: u.rows)
    return table(key) { rows, part in
      part.product(e.rows(rows.lowerBound, rows.count), packed)
    }
  }

  /// Uᵀ: row v is the v-th column of U.
  func transposed(_ u: Matrix<Scalar>) -> Matrix<Scalar> {
    table(.init(.table, of: u, rows: u.columns, columns: u.rows)) { rows, part in
      part.copyTransposed(u.columns(rows.lowerBound, rows.count))
    }
  }

  /// Rows that a product takes at once from a packed matrix.
  private var tallestTile: Int { 6 }

  private func table(
    _ key: PackedWeightCache<Scalar>.Key, _ fill: (Range<Int>, Matrix<Scalar>) -> Void
  ) -> Matrix<Scalar> {
    let (rows, columns) = (key.rows, key.columns)
    guard let weightCache, rows * columns >= weightCache.smallestShared else {
      let result = arena.matrix(rows, columns)
      fill(0..<rows, result)
      return result
    }
    let height = 2 * tallestTile
    let storage = weightCache.entry(
      key, count: rows * columns, chunks: (rows + height - 1) / height
    ) { storage, chunk in
      let first = chunk * height
      let part = first..<min(rows, first + height)
      fill(
        part,
        Matrix(base: storage + first * columns, rows: part.count, columns: columns))
    }
    return Matrix(base: storage, rows: rows, columns: columns)
  }
}
