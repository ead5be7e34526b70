import LinearAlgebra

/// All weights of a network, or all gradients, or one of an optimiser's moments, in one piece of
/// memory laid out by a `ParameterLayout`.
public final class ParameterVector<Scalar: NetworkScalar> {
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

  public var count: Int { layout.count }

  public subscript(_ handle: ParameterHandle) -> Matrix<Scalar> {
    Matrix(base: base + handle.offset, rows: handle.rows, columns: handle.columns)
  }

  /// A vector parameter as one row.
  public func row(_ handle: ParameterHandle) -> Matrix<Scalar> {
    Matrix(base: base + handle.offset, rows: 1, columns: handle.rows * handle.columns)
  }

  public func matrix(_ parameter: Parameter) -> Matrix<Scalar> {
    Matrix(base: base + parameter.offset, rows: parameter.rows, columns: parameter.columns)
  }

  public func fill(_ value: Scalar) {
    guard value == 0 else {
      for parameter in layout.parameters { matrix(parameter).fill(value) }
      return
    }
    Scalar.fill(count, with: 0, base)
  }

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
