import LinearAlgebra

/// Cuts a flat vector of parameters into slices that several threads can work on. Where it is cut
/// depends on its size alone, so that sums come out the same on any number of threads.
public struct ParameterSlices: Sendable {
  /// Scalars of a slice: some microseconds of work, and whole cache lines.
  static let size = 1 << 14

  /// Scalars of the whole vector.
  private let total: Int

  /// The slices of vectors with this layout.
  public init(_ layout: ParameterLayout) {
    total = layout.count
  }

  /// How many slices there are, at least one.
  public var count: Int { max(1, (total + Self.size - 1) / Self.size) }

  /// A slice's place in the flat vector.
  public subscript(index: Int) -> Range<Int> {
    index * Self.size..<min(total, (index + 1) * Self.size)
  }
}

extension ParameterLayout {
  /// Calls `body` with every parameter of which a part lies in `range`, and that part's place in the
  /// flat vector.
  func forEachPart(of range: Range<Int>, _ body: (Parameter, Range<Int>) -> Void) {
    for parameter in parameters {
      let first = max(range.lowerBound, parameter.offset)
      let end = min(range.upperBound, parameter.offset + parameter.count)
      if first < end { body(parameter, first..<end) }
    }
  }
}

extension ParameterVector {
  /// self ← self + other, in a slice.
  public func add(_ other: ParameterVector, in range: Range<Int>) {
    Scalar.addScaled(range.count, 1, other.base + range.lowerBound, to: base + range.lowerBound)
  }

  /// Σ x² of a slice; parameters that stand for several tensors count that often.
  public func sumOfSquares(in range: Range<Int>) -> Double {
    var total = 0.0
    layout.forEachPart(of: range) { parameter, part in
      total +=
        Double(parameter.multiplicity) * Scalar.sumOfSquares(part.count, base + part.lowerBound)
    }
    return total
  }
}
