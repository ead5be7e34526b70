import COpenBLAS

/// An eigenvalue λ of a real matrix.
public struct Eigenvalue: Sendable, Equatable {
  public var real: Double
  public var imaginary: Double

  public init(real: Double, imaginary: Double) {
    self.real = real
    self.imaginary = imaginary
  }

  /// |λ|.
  public var modulus: Double { (real * real + imaginary * imaginary).squareRoot() }
}

/// A small dense matrix in memory of its own, n × n, for decompositions.
public struct SquareMatrix: Sendable, Equatable {
  public let size: Int
  /// Row by row.
  public var elements: [Double]

  /// The zero matrix.
  public init(size: Int) {
    self.size = size
    elements = [Double](repeating: 0, count: size * size)
  }

  /// A copy of `block`, which must be square.
  public init<Scalar>(_ block: Matrix<Scalar>) {
    precondition(block.rows == block.columns, "only a square matrix has eigenvalues")
    size = block.rows
    elements = block.elements.map { Double($0) }
  }

  public subscript(row: Int, column: Int) -> Double {
    get { elements[row * size + column] }
    set { elements[row * size + column] = newValue }
  }

  private var isFinite: Bool { elements.allSatisfy(\.isFinite) }

  /// Calls a routine of LAPACK twice: to be told how much room it works in, and with that room.
  static func withWorkspace(atLeast least: Int, _ call: (inout [Double], Int32) -> Void) {
    var work = [0.0]
    call(&work, -1)
    let room = max(least, Int(work[0]))
    work = [Double](repeating: 0, count: room)
    call(&work, Int32(room))
  }

  /// All eigenvalues, in LAPACK's order (`dgeev`); nil where an entry is not finite or the
  /// iteration fails. O(n³).
  public var eigenvalues: [Eigenvalue]? {
    guard size > 0 else { return [] }
    guard isFinite, let n = Int32(exactly: size) else { return nil }
    // Row by row is the transpose column by column, which has the same eigenvalues.
    var a = elements
    var real = [Double](repeating: 0, count: size)
    var imaginary = real
    var info = Int32(0)
    func call(_ work: inout [Double], _ count: Int32) {
      dgeev_(
        "N", "N", [n], &a, [n], &real, &imaginary, nil, [1], nil, [1], &work, [count], &info, 1, 1)
    }
    Self.withWorkspace(atLeast: 3 * size, call)
    guard info == 0 else { return nil }
    return zip(real, imaginary).map { Eigenvalue(real: $0, imaginary: $1) }
  }

  /// ρ, the largest |λ|; nil where it cannot be had.
  public var spectralRadius: Double? {
    eigenvalues.map { $0.map(\.modulus).max() ?? 0 }
  }

  /// All singular values, the largest first (`dgesdd`); nil where an entry is not finite or the
  /// iteration fails. O(n³).
  public var singularValues: [Double]? {
    guard size > 0 else { return [] }
    guard isFinite, let n = Int32(exactly: size) else { return nil }
    var a = elements
    var values = [Double](repeating: 0, count: size)
    var integers = [Int32](repeating: 0, count: 8 * size)
    var info = Int32(0)
    func call(_ work: inout [Double], _ count: Int32) {
      dgesdd_(
        "N", [n], [n], &a, [n], &values, nil, [1], nil, [1], &work, [count], &integers, &info, 1)
    }
    Self.withWorkspace(atLeast: 8 * size, call)
    return info == 0 ? values : nil
  }
}
