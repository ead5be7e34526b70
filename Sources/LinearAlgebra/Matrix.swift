/// A rows × columns window onto row-major scalars that somebody else owns: an `Arena` for what one
/// step computes, a `ParameterVector` for weights and gradients.
///
/// It is as cheap as its pointer: bounds and shapes are checked in debug builds only. Whoever keeps
/// one must not outlive the owner.
public struct Matrix<Scalar: NetworkScalar> {
  public let base: UnsafeMutablePointer<Scalar>
  public let rows: Int
  public let columns: Int
  /// Scalars from one row's start to the next.
  public let stride: Int

  @inlinable
  public init(base: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, stride: Int? = nil) {
    assert(rows >= 0 && columns >= 0 && (rows <= 1 || (stride ?? columns) >= columns))
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// No rows, no columns, no memory.
  public static var empty: Matrix {
    Matrix(base: EmptyMemory.pointer(to: Scalar.self), rows: 0, columns: 0)
  }

  @inlinable
  public subscript(row: Int, column: Int) -> Scalar {
    get {
      assert(row >= 0 && row < rows && column >= 0 && column < columns)
      return base[row * stride + column]
    }
    nonmutating set {
      assert(row >= 0 && row < rows && column >= 0 && column < columns)
      base[row * stride + column] = newValue
    }
  }

  /// The start of a row.
  @inlinable
  public func row(_ index: Int) -> UnsafeMutablePointer<Scalar> {
    assert(index >= 0 && index < rows)
    return base + index * stride
  }

  /// `count` rows from `first` on.
  @inlinable
  public func rows(_ first: Int, _ count: Int) -> Matrix {
    assert(first >= 0 && count >= 0 && first + count <= rows)
    return Matrix(base: base + first * stride, rows: count, columns: columns, stride: stride)
  }

  /// `count` columns from `first` on.
  @inlinable
  public func columns(_ first: Int, _ count: Int) -> Matrix {
    assert(first >= 0 && count >= 0 && first + count <= columns)
    return Matrix(base: base + first, rows: rows, columns: count, stride: stride)
  }

  /// Whether rows follow each other without a gap.
  @inlinable
  public var isContiguous: Bool { stride == columns || rows <= 1 }

  public func fill(_ value: Scalar) {
    if isContiguous {
      Scalar.fill(rows * columns, with: value, base)
    } else {
      for r in 0..<rows { Scalar.fill(columns, with: value, row(r)) }
    }
  }

  /// Copies another matrix of the same shape.
  public func copy(_ other: Matrix) {
    assert(other.rows == rows && other.columns == columns)
    for r in 0..<rows { row(r).update(from: other.row(r), count: columns) }
  }

  /// Adds another matrix of the same shape.
  public func add(_ other: Matrix) {
    assert(other.rows == rows && other.columns == columns)
    for r in 0..<rows { Scalar.addScaled(columns, 1, other.row(r), to: row(r)) }
  }

  /// The elements, row after row.
  public var elements: [Scalar] {
    (0..<rows).flatMap { r in UnsafeBufferPointer(start: row(r), count: columns) }
  }

  /// Euclidean (Frobenius) norm.
  public var norm: Double {
    (0..<rows).reduce(0) { $0 + Scalar.sumOfSquares(columns, row($1)) }.squareRoot()
  }
}

/// An address for matrices without elements; nothing is ever read or written there.
private enum EmptyMemory {
  // One cache line that lives as long as the program, so that no pointer has to be made up.
  // Safe to share: the pointer never changes after it was made, and no element behind it is touched.
  nonisolated(unsafe) private static let shared =
    UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)

  static func pointer<Scalar>(to type: Scalar.Type) -> UnsafeMutablePointer<Scalar> {
    shared.assumingMemoryBound(to: type)
  }
}
