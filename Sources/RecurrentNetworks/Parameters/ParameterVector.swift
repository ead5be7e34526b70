import LinearAlgebra

/// All weights of a network, or all gradients, or one of an optimiser's moments, in one piece of
/// memory laid out by a `ParameterLayout`.
public final class ParameterVector<Scalar: NetworkScalar> {
  /// What stands where.
  public let layout: ParameterLayout
  /// `layout.count` scalars; gaps between parameters are zero.
  public let base: UnsafeMutablePointer<Scalar>

  /// All zeros.
  public init(_ layout: ParameterLayout) {
    self.layout = layout
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, layout.count) * MemoryLayout<Scalar>.stride, alignment: 64)
    base = memory.bindMemory(to: Scalar.self, capacity: layout.count)
    Scalar.fill(layout.count, with: 0, base)
  }

  deinit { base.deallocate() }

  /// Scalars in all, gaps between parameters too.
  public var count: Int { layout.count }

  /// One parameter as it is laid out, rows × columns; valid as long as the vector is.
  public subscript(_ handle: ParameterHandle) -> Matrix<Scalar> {
    Matrix(base: base + handle.offset, rows: handle.rows, columns: handle.columns)
  }

  /// A vector parameter as one row.
  public func row(_ handle: ParameterHandle) -> Matrix<Scalar> {
    Matrix(base: base + handle.offset, rows: 1, columns: handle.rows * handle.columns)
  }

  /// One parameter, rows × columns; valid as long as the vector is.
  public func matrix(_ parameter: Parameter) -> Matrix<Scalar> {
    Matrix(base: base + parameter.offset, rows: parameter.rows, columns: parameter.columns)
  }

  /// Sets every parameter's values; gaps stay zero.
  public func fill(_ value: Scalar) {
    guard value == 0 else {
      for parameter in layout.parameters { matrix(parameter).fill(value) }
      return
    }
    Scalar.fill(count, with: 0, base)
  }

  /// Takes over the values of a vector with the same layout.
  public func copy(_ other: ParameterVector) {
    base.update(from: other.base, count: count)
  }

  /// Euclidean norm over all parameters; those that stand for several tensors count that often.
  public var norm: Double {
    var total = 0.0
    for parameter in layout.parameters {
      total +=
        Double(parameter.multiplicity)
        * Scalar.sumOfSquares(parameter.count, base + parameter.offset)
    }
    return total.squareRoot()
  }
}
