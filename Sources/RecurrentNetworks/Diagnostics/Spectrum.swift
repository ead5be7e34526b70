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
    (0..<size).map { r in
      var sum = 0.0
      for c in 0..<size { sum += w[r * size + c] * x[c] }
      return sum
    }
  }

  private static func transposedProduct(_ w: [Double], _ x: [Double], _ size: Int) -> [Double] {
    var y = [Double](repeating: 0, count: size)
    for r in 0..<size { for c in 0..<size { y[c] += w[r * size + c] * x[r] } }
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
