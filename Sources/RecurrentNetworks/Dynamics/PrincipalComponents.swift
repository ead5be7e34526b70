import LinearAlgebra

/// The directions in which states vary most, and how much of their variance lies along each.
public struct PrincipalComponents: Sendable, Equatable {
  /// Mean of the states, `size` numbers.
  public var mean: [Double]
  /// Orthonormal directions, the one of the largest variance first; `size` numbers each.
  public var directions: [[Double]]
  /// Variance along each direction over the variance in all, from 0 to 1.
  public var shares: [Double]
  /// (Σ λ)² / Σ λ² over all eigenvalues λ of the covariance: how many directions the states really
  /// use, from 1 to `size`; nil where they do not vary.
  public var participationRatio: Double?

  /// - Parameters:
  ///   - states: one after the other, `size` numbers each
  ///   - size: numbers of a state
  ///   - count: directions wanted; there are no more than states and numbers
  /// - Returns: nil where a number is not finite, or where there are fewer than two states.
  public init?(_ states: [Double], size: Int, count: Int) {
    let rows = size > 0 ? states.count / size : 0
    guard rows > 1, states.allSatisfy(\.isFinite) else { return nil }
    var mean = [Double](repeating: 0, count: size)
    for (i, value) in states.enumerated() { mean[i % size] += value / Double(rows) }
    var centred = states
    for i in centred.indices { centred[i] -= mean[i % size] }
    // Of states × states and size × size the smaller one: both have the same eigenvalues.
    let isWide = rows < size
    var products = SquareMatrix(size: isWide ? rows : size)
    let order = products.size
    centred.withMatrix(columns: size) { x in
      products.elements.withMatrix(columns: order) { target in
        if isWide { target.product(x, transposed: x) } else { target.product(transposed: x, x) }
      }
    }
    guard let eigen = products.symmetricEigenvectors else { return nil }
    let variances = eigen.values.map { max(0, $0) }
    let total = variances.reduce(0, +)
    self.mean = mean
    let kept = total > 0 ? min(count, order) : 0
    directions = (0..<kept).compactMap { index in
      // Below that, a direction is made of rounding.
      guard variances[index] > 1e-12 * total else { return nil }
      let vector = eigen.vectors[index]
      guard isWide else { return Self.pointed(vector) }
      var direction = [Double](repeating: 0, count: size)
      for row in 0..<rows {
        for i in 0..<size { direction[i] += vector[row] * centred[row * size + i] }
      }
      let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return Self.pointed(direction.map { $0 / length })
    }
    shares = directions.indices.map { variances[$0] / total }
    let squares = variances.reduce(0) { $0 + $1 * $1 }
    participationRatio = squares > 0 ? total * total / squares : nil
  }

  /// The one of a direction and its opposite whose largest number is positive.
  private static func pointed(_ direction: [Double]) -> [Double] {
    let largest = direction.max { abs($0) < abs($1) } ?? 0
    return largest < 0 ? direction.map { -$0 } : direction
  }

  /// Where a state lies along each direction, from the mean.
  public func project(_ state: some Collection<Double>) -> [Double] {
    directions.map { direction in
      var sum = 0.0
      for (index, value) in state.enumerated() {
        sum += (value - mean[index]) * direction[index]
      }
      return sum
    }
  }

  /// A direction as it is seen along each direction of the basis.
  /// - Parameter vector: `size` numbers
  public func along(_ vector: [Double]) -> [Double] {
    directions.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// The same plane, turned within itself so that its directions lie as near as they can to those of
  /// an earlier basis (orthogonal Procrustes): what then moves on screen is the network, not the
  /// basis. Shares go with the turned directions.
  public func aligned(to earlier: PrincipalComponents) -> PrincipalComponents {
    let count = directions.count
    guard count > 0, earlier.directions.count == count,
      earlier.mean.count == mean.count
    else { return self }
    var overlap = SquareMatrix(size: count)
    for (row, own) in directions.enumerated() {
      for (column, old) in earlier.directions.enumerated() {
        overlap[row, column] = zip(own, old).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    guard let (left, _, right) = overlap.singularVectors else { return self }
    let turn = left.product(right)
    var result = self
    result.directions = (0..<count).map { column in
      var direction = [Double](repeating: 0, count: mean.count)
      for (row, own) in directions.enumerated() {
        for i in direction.indices { direction[i] += turn[row, column] * own[i] }
      }
      return direction
    }
    result.shares = (0..<count).map { column in
      (0..<count).reduce(0) { $0 + turn[$1, column] * turn[$1, column] * shares[$1] }
    }
    return result
  }
}
