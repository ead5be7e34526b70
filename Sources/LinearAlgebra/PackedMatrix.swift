/// A weight matrix laid out for products with few rows, the work of a recurrent step.
///
/// Packing costs about as much as one small product; a matrix is packed once per update and used
/// for every time step. With few rows this is half again to several times as fast as a general
/// product, which packs anew each time.
public struct PackedMatrix<Scalar: NetworkScalar> {
  /// Rows of the matrix on the right-hand side, summed over.
  public let depth: Int
  public let columns: Int
  let storage: UnsafeMutablePointer<Scalar>
  /// Threads that share products of few rows; nil for one. Whoever keeps the storage keeps them as
  /// well, so that a copy of this, of which a training step makes many, counts no reference.
  private let workers: Unmanaged<ColumnWorkers>?

  /// Scalars that a packed depth × columns matrix takes.
  public static func size(depth: Int, columns: Int) -> Int {
    (columns + Scalar.panelWidth - 1) / Scalar.panelWidth * Scalar.panelWidth * depth
  }

  /// Packs B itself, for products A B.
  public init(_ b: Matrix<Scalar>, in arena: Arena<Scalar>) {
    self.init(b, isTransposed: false, in: arena)
  }

  /// Packs Bᵀ, for products A Bᵀ.
  public init(transposed b: Matrix<Scalar>, in arena: Arena<Scalar>) {
    self.init(b, isTransposed: true, in: arena)
  }

  private init(_ b: Matrix<Scalar>, isTransposed: Bool, in arena: Arena<Scalar>) {
    let (depth, columns) = isTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
    let storage = arena.scalars(Self.size(depth: depth, columns: columns))
    self.init(depth: depth, columns: columns, storage: storage)
    Self.pack(b, isTransposed: isTransposed, columns: 0..<columns, into: storage)
  }

  /// A depth × columns matrix whose columns have been packed into `storage`, or will be before the
  /// first product. `workers` must live as long as the storage.
  public init(
    depth: Int, columns: Int, storage: UnsafeMutablePointer<Scalar>, workers: ColumnWorkers? = nil
  ) {
    self.workers = workers.map { .passUnretained($0) }
    self.depth = depth
    self.columns = columns
    self.storage = storage
  }

  /// Packs some columns of B, or of Bᵀ, into the storage for all of them. The range begins at a
  /// multiple of `columnsOfChunk`.
  public static func pack(
    _ b: Matrix<Scalar>, isTransposed: Bool, columns: Range<Int>,
    into storage: UnsafeMutablePointer<Scalar>
  ) {
    let depth = isTransposed ? b.columns : b.rows
    let (row, column) = isTransposed ? (1, b.stride) : (b.stride, 1)
    Scalar.pack(
      depth: depth, columns: columns.count, b: b.base + columns.lowerBound * column, row: row,
      column: column, into: storage + columns.lowerBound * depth)
  }

  /// Columns that are worth packing by themselves, in whole panels.
  public static func columnsOfChunk(depth: Int) -> Int {
    max(1, (1 << 14) / max(1, depth * Scalar.panelWidth)) * Scalar.panelWidth
  }

  /// Those that share a product of so many rows.
  func workers(rows: Int) -> ColumnWorkers? {
    guard let workers, rows <= ColumnWorkers.mostRows, depth * columns >= ColumnWorkers.smallest
    else { return nil }
    return workers.takeUnretainedValue()
  }
}

extension Matrix {
  /// self ← A B, or self ← self + A B.
  public func product(_ a: Matrix, _ b: PackedMatrix<Scalar>, accumulate: Bool = false) {
    assert(a.rows == rows && a.columns == b.depth && columns == b.columns)
    guard let workers = b.workers(rows: rows) else {
      return product(a, b, columns: 0..<columns, accumulate: accumulate)
    }
    let width = Scalar.panelWidth
    workers.share(panels: (columns + width - 1) / width) { panels in
      let first = panels.lowerBound * width
      let part = first..<max(first, min(columns, panels.upperBound * width))
      product(a, b, columns: part, accumulate: accumulate)
    }
  }

  /// Some columns of a product, the first one of which begins a panel.
  private func product(
    _ a: Matrix, _ b: PackedMatrix<Scalar>, columns part: Range<Int>, accumulate: Bool
  ) {
    Scalar.multiplyPacked(
      rows: rows, columns: part.count, depth: b.depth, a: a.base, aStride: a.stride,
      packed: b.storage + part.lowerBound * b.depth, c: base + part.lowerBound, cStride: stride,
      accumulate: accumulate)
  }
}
