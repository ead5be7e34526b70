import Foundation
import LinearAlgebra

/// The little arithmetic that a walk's numbers take.
extension [Float] {
  var norm: Double {
    reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  func adding(_ other: [Float]) -> [Float] { zip(self, other).map { $0 + $1 } }
  func subtracting(_ other: [Float]) -> [Float] { zip(self, other).map { $0 - $1 } }
  /// Element by element.
  func times(_ other: [Float]) -> [Float] { zip(self, other).map { $0 * $1 } }

  var mean: Double {
    isEmpty ? 0 : reduce(0.0) { $0 + Double($1) } / Double(count)
  }

  var softmax: [Float] {
    let highest = self.max() ?? 0
    let shares = map { exp(Double($0 - highest)) }
    let total = shares.reduce(0, +)
    return shares.map { Float($0 / total) }
  }
}

extension Matrix where Scalar == Float {
  /// A copy of each row.
  var rowCopies: [[Float]] { (0..<rows).map { copy(ofRow: $0) } }

  func copy(ofRow row: Int) -> [Float] {
    Array(UnsafeBufferPointer(start: self.row(row), count: columns))
  }

  /// The matrix times a column.
  func times(_ vector: [Float]) -> [Float] {
    let width = Swift.min(columns, vector.count)
    return (0..<rows).map { r in
      let row = self.row(r)
      var sum: Float = 0
      for c in 0..<width { sum += row[c] * vector[c] }
      return sum
    }
  }

  /// Its transpose times a column.
  func transposedTimes(_ vector: [Float]) -> [Float] {
    var result = [Float](repeating: 0, count: columns)
    for r in 0..<Swift.min(rows, vector.count) where vector[r] != 0 {
      let row = self.row(r)
      for c in 0..<columns { result[c] += row[c] * vector[r] }
    }
    return result
  }

  /// One column.
  func column(_ index: Int) -> [Float] { (0..<rows).map { self[$0, index] } }
}
