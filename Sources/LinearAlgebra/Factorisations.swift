import COpenBLAS

/// What a small dense matrix can be taken apart into, beside its eigenvalues and singular values.
extension SquareMatrix {
  /// 1 on the diagonal.
  public static func identity(_ size: Int) -> SquareMatrix {
    var result = SquareMatrix(size: size)
    for i in 0..<size { result[i, i] = 1 }
    return result
  }

  /// The same with rows and columns exchanged.
  public var transposed: SquareMatrix {
    var result = SquareMatrix(size: size)
    for row in 0..<size {
      for column in 0..<size { result[column, row] = self[row, column] }
    }
    return result
  }

  /// A B, or Aᵀ B.
  public func product(_ other: SquareMatrix, transposingSelf: Bool = false) -> SquareMatrix {
    precondition(other.size == size, "only matrices of one size are multiplied")
    var result = SquareMatrix(size: size)
    var (left, right) = (elements, other.elements)
    let size = size
    left.withMatrix(columns: size) { a in
      right.withMatrix(columns: size) { b in
        result.elements.withMatrix(columns: size) { c in
          if transposingSelf { c.product(transposed: a, b) } else { c.product(a, b) }
        }
      }
    }
    return result
  }

  /// A v, or Aᵀ v.
  public func product(_ vector: [Double], transposingSelf: Bool = false) -> [Double] {
    var result = [Double](repeating: 0, count: size)
    elements.withUnsafeBufferPointer { a in
      for row in 0..<size {
        let start = row * size
        if transposingSelf {
          for column in 0..<size { result[column] += a[start + column] * vector[row] }
        } else {
          var sum = 0.0
          for column in 0..<size { sum += a[start + column] * vector[column] }
          result[row] = sum
        }
      }
    }
    return result
  }

  /// x with A x = b (`dgesv`); nil where A is singular or an entry is not finite. O(n³).
  public func solving(_ right: [Double]) -> [Double]? {
    guard size > 0 else { return [] }
    guard right.count == size, let n = Int32(exactly: size),
      elements.allSatisfy(\.isFinite), right.allSatisfy(\.isFinite)
    else { return nil }
    // LAPACK reads column by column.
    var (a, x) = (transposed.elements, right)
    var pivots = [Int32](repeating: 0, count: size)
    var info = Int32(0)
    dgesv_([n], [1], &a, [n], &pivots, &x, [n], &info)
    guard info == 0, x.allSatisfy(\.isFinite) else { return nil }
    return x
  }

  /// Eigenvalues and eigenvectors of length 1 of a symmetric matrix, the largest eigenvalue first
  /// (`dsyev`, which reads one triangle); nil where an entry is not finite or the iteration fails.
  public var symmetricEigenvectors: (values: [Double], vectors: [[Double]])? {
    guard size > 0 else { return ([], []) }
    guard elements.allSatisfy(\.isFinite), let n = Int32(exactly: size) else { return nil }
    var a = elements
    var values = [Double](repeating: 0, count: size)
    var info = Int32(0)
    func call(_ work: inout [Double], _ count: Int32) {
      dsyev_("V", "U", [n], &a, [n], &values, &work, [count], &info, 1, 1)
    }
    Self.withWorkspace(atLeast: 3 * size, call)
    guard info == 0 else { return nil }
    let vectors = (0..<size).map { Array(a[$0 * size..<($0 + 1) * size]) }
    return (values.reversed(), vectors.reversed())
  }

  /// U, the singular values (the largest first) and Vᵀ, with A = U Σ Vᵀ (`dgesdd`); nil where an
  /// entry is not finite or the iteration fails. O(n³).
  public var singularVectors: (left: SquareMatrix, values: [Double], right: SquareMatrix)? {
    guard size > 0 else { return (self, [], self) }
    guard elements.allSatisfy(\.isFinite), let n = Int32(exactly: size) else { return nil }
    var a = elements
    var values = [Double](repeating: 0, count: size)
    // Row by row is the transpose column by column, whose left and right vectors change places;
    // read row by row again, both come out as they are wanted.
    var (left, right) = (SquareMatrix(size: size), SquareMatrix(size: size))
    var integers = [Int32](repeating: 0, count: 8 * size)
    var info = Int32(0)
    func call(_ work: inout [Double], _ count: Int32) {
      dgesdd_(
        "A", [n], [n], &a, [n], &values, &right.elements, [n], &left.elements, [n], &work,
        [count], &integers, &info, 1)
    }
    var work = [0.0]
    call(&work, -1)
    let room = max(8 * size, Int(work[0]))
    work = [Double](repeating: 0, count: room)
    call(&work, Int32(room))
    return info == 0 ? (left, values, right) : nil
  }
}

extension [Double] {
  /// Calls `body` with these numbers as the rows of a matrix, for products in place.
  public mutating func withMatrix<Result>(
    columns: Int, _ body: (Matrix<Double>) -> Result
  ) -> Result {
    let rows = columns > 0 ? count / columns : 0
    return withUnsafeMutableBufferPointer { memory in
      guard let base = memory.baseAddress else { return body(.empty) }
      return body(Matrix(base: base, rows: rows, columns: columns))
    }
  }
}
