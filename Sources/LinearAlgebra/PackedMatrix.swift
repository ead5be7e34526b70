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

  /// Scalars that a packed depth × columns matrix takes.
  public static func size(depth: Int, columns: Int) -> Int {
    (columns + Scalar.panelWidth - 1) / Scalar.panelWidth * Scalar.panelWidth * depth
  }

  /// Packs B itself, for products A B.
  public init(_ b: Matrix<Scalar>, in arena: Arena<Scalar>) {
    depth = b.rows
    columns = b.columns
    storage = arena.scalars(Self.size(depth: depth, columns: columns))
    Scalar.pack(
      depth: depth, columns: columns, b: b.base, row: b.stride, column: 1, into: storage)
  }

  /// Packs Bᵀ, for products A Bᵀ.
  public init(transposed b: Matrix<Scalar>, in arena: Arena<Scalar>) {
    depth = b.columns
    columns = b.rows
    storage = arena.scalars(Self.size(depth: depth, columns: columns))
    Scalar.pack(
      depth: depth, columns: columns, b: b.base, row: 1, column: b.stride, into: storage)
  }
}

extension Matrix {
  /// self ← A B, or self ← self + A B.
  public func product(_ a: Matrix, _ b: PackedMatrix<Scalar>, accumulate: Bool = false) {
    assert(a.rows == rows && a.columns == b.depth && columns == b.columns)
    Scalar.multiplyPacked(
      rows: rows, columns: columns, depth: b.depth, a: a.base, aStride: a.stride,
      packed: b.storage, c: base, cStride: stride, accumulate: accumulate)
  }
}
