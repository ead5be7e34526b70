import Foundation
import LinearAlgebra

/// How much the recurrent matrix can stretch a state: what makes gradients vanish or explode.
///
/// The spectral radius ρ(W) rules the long run, the largest singular value a single step. Both are
/// estimated by a bounded number of products; for a gated cell, W is the block of its candidate.
public struct Spectrum: Sendable, Equatable {
  /// ρ(W), the largest absolute eigenvalue.
  public let radius: Double
  /// ‖W‖₂, the largest singular value.
  public let largestSingularValue: Double

  static let iterations = 60

  /// `w` is blocks of hidden × hidden, one below another; the last one is looked at.
  public init<Scalar>(_ w: Matrix<Scalar>) {
    let size = w.columns
    let block = w.rows(max(0, w.rows - size), min(size, w.rows))
    let values = block.elements.map { Double($0) }
    largestSingularValue = Self.singularValue(values, size)
    radius = Self.spectralRadius(values, size)
  }

  /// Power iteration on WᵀW.
  private static func singularValue(_ w: [Double], _ size: Int) -> Double {
    var x = start(size)
    var norm = 0.0
    for _ in 0..<iterations {
      let y = product(w, x, size)
      norm = length(y)
      guard norm > 0 else { return 0 }
      x = transposedProduct(w, y, size)
      normalise(&x)
    }
    return norm
  }

  /// ρ = lim ‖Wᵏ x‖^(1/k), over the later half of the iterations, so that complex pairs of
  /// eigenvalues, which make single steps swing, average out.
  private static func spectralRadius(_ w: [Double], _ size: Int) -> Double {
    var x = start(size)
    var logarithms = 0.0
    for k in 0..<2 * iterations {
      x = product(w, x, size)
      let norm = length(x)
      guard norm > 0 else { return 0 }
      for i in x.indices { x[i] /= norm }
      if k >= iterations { logarithms += log(norm) }
    }
    return exp(logarithms / Double(iterations))
  }

  private static func start(_ size: Int) -> [Double] {
    var random = SeededRandom(seed: 0x5EED)
    var x = (0..<size).map { _ in random.normal() }
    normalise(&x)
    return x
  }

  private static func product(_ w: [Double], _ x: [Double], _ size: Int) -> [Double] {
    w.withUnsafeBufferPointer { w in
      x.withUnsafeBufferPointer { x in (0..<size).map { dot(w, $0 * size, x) } }
    }
  }

  /// Row of `w` from `start` on times x; eight sums at once, for a lone one would wait for itself.
  private static func dot(
    _ w: UnsafeBufferPointer<Double>, _ start: Int, _ x: UnsafeBufferPointer<Double>
  ) -> Double {
    var sums = SIMD8<Double>.zero
    var c = 0
    while c + 8 <= x.count {
      var (left, right) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
      for k in 0..<8 {
        left[k] = w[start + c + k]
        right[k] = x[c + k]
      }
      sums += left * right
      c += 8
    }
    var sum = sums.sum()
    while c < x.count {
      sum += w[start + c] * x[c]
      c += 1
    }
    return sum
  }

  private static func transposedProduct(_ w: [Double], _ x: [Double], _ size: Int) -> [Double] {
    var y = [Double](repeating: 0, count: size)
    y.withUnsafeMutableBufferPointer { y in
      w.withUnsafeBufferPointer { w in
        for r in 0..<size {
          let factor = x[r]
          for c in 0..<size { y[c] += w[r * size + c] * factor }
        }
      }
    }
    return y
  }

  private static func length(_ x: [Double]) -> Double {
    x.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private static func normalise(_ x: inout [Double]) {
    let norm = length(x)
    guard norm > 0 else { return }
    for i in x.indices { x[i] /= norm }
  }
}
