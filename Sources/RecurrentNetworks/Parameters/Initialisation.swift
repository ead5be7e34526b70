import Foundation
import LinearAlgebra

extension ParameterVector {
  /// Draws every parameter's starting values, in the layout's order.
  public func initialise(using random: inout SeededRandom) {
    for parameter in layout.parameters {
      initialise(parameter, using: &random)
    }
  }

  private func initialise(_ parameter: Parameter, using random: inout SeededRandom) {
    let values = matrix(parameter)
    switch parameter.start {
    case .zero:
      values.fill(0)
    case .one:
      values.fill(1)
    case .uniform(let bound):
      values.drawUniform(bound, using: &random)
    case .normal:
      for i in 0..<parameter.count { values.base[i] = Scalar(random.normal()) }
    case .glorot(let blocks):
      values.drawGlorot(blocks: blocks, using: &random)
    case .raised(let bound, let value, let rows):
      values.drawUniform(bound, using: &random)
      for i in rows { values.base[i] += Scalar(value) }
    case .ring(let inner, let outer):
      values.drawRing(inner, outer, using: &random)
    case .recurrent(let kind):
      let side = parameter.columns
      for first in stride(from: 0, to: parameter.rows, by: max(1, side)) {
        values.rows(first, side).drawRecurrent(kind, using: &random)
      }
    }
  }
}

extension Matrix {
  fileprivate func drawUniform(_ bound: Double, using random: inout SeededRandom) {
    for i in 0..<rows * columns { base[i] = Scalar((2 * random.uniform() - 1) * bound) }
  }

  /// Rows log ν, log θ and log γ of eigenvalues whose squares of moduli and whose angles are uniform.
  fileprivate func drawRing(_ inner: Double, _ outer: Double, using random: inout SeededRandom) {
    for unit in 0..<columns {
      let square = inner * inner + random.uniform() * (outer * outer - inner * inner)
      // An angle of 0 has no logarithm.
      let angle = (1 - random.uniform()) * 2 * Double.pi
      self[0, unit] = Scalar(log(-log(square) / 2))
      self[1, unit] = Scalar(log(angle))
      self[2, unit] = Scalar(log((1 - square).squareRoot()))
    }
  }

  fileprivate func drawGlorot(blocks: Int, using random: inout SeededRandom) {
    let height = rows / max(1, blocks)
    drawUniform((6 / Double(height + columns)).squareRoot(), using: &random)
  }

  fileprivate func drawRecurrent(
    _ kind: NetworkConfiguration.RecurrentInitialization, using random: inout SeededRandom
  ) {
    switch kind {
    case .uniform: drawUniform(1 / Double(columns).squareRoot(), using: &random)
    case .glorot: drawGlorot(blocks: 1, using: &random)
    case .identity:
      for r in 0..<rows { for c in 0..<columns { self[r, c] = r == c ? 1 : 0 } }
    case .orthogonal: drawOrthogonal(using: &random)
    }
  }

  /// Rows of normal numbers made orthonormal one after the other (Gram–Schmidt, twice for
  /// accuracy), which draws uniformly from the orthogonal matrices.
  private func drawOrthogonal(using random: inout SeededRandom) {
    var done: [[Double]] = []
    while done.count < rows {
      var row = (0..<columns).map { _ in random.normal() }
      for _ in 0..<2 {
        for other in done {
          let projection = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
          for i in row.indices { row[i] -= projection * other[i] }
        }
      }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 1e-8 else { continue }
      done.append(row.map { $0 / length })
    }
    for (r, row) in done.enumerated() {
      for (c, value) in row.enumerated() { self[r, c] = Scalar(value) }
    }
  }
}
