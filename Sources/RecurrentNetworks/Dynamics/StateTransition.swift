import LinearAlgebra

/// A network as a dynamic system under one input that stays the same: s(t+1) = g(s(t), x*), with
/// the exact derivative of g.
///
/// A state is what is carried from step to step: s of every layer, each followed by c where the
/// cell has one.
public protocol StateTransition {
  /// Numbers of one state.
  var size: Int { get }
  /// g of several states that stand one after the other, `size` numbers each.
  func next(_ states: [Double]) -> [Double]
  /// g(s), and ∂g/∂s there.
  func linearised(at state: [Double]) -> (next: [Double], jacobian: SquareMatrix)
}

/// s(t+1) = φ(a + W s(t)): a linear system, the lecture's cell, or a network set by hand.
public struct PlainTransition: StateTransition, Sendable {
  /// φ.
  public enum Function: Sendable {
    /// φ(z) = z.
    case identity
    /// φ(z) = tanh z.
    case tanh
    /// φ(z) = min(max(z, 0), 1), Siegelmann and Sontag's.
    case clamp
  }

  /// W, size × size.
  public let weights: SquareMatrix
  /// a = b + U x*.
  public let drive: [Double]
  /// φ.
  public let function: Function

  /// `drive` has one number for each row of `weights`.
  public init(_ weights: SquareMatrix, drive: [Double], _ function: Function) {
    precondition(drive.count == weights.size, "one number of the drive for each unit")
    self.weights = weights
    self.drive = drive
    self.function = function
  }

  public var size: Int { weights.size }

  public func next(_ states: [Double]) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(states.count)
    for start in stride(from: 0, to: states.count, by: max(1, size)) {
      result += preActivation(Array(states[start..<start + size])).map { value($0) }
    }
    return result
  }

  public func linearised(at state: [Double]) -> (next: [Double], jacobian: SquareMatrix) {
    let a = preActivation(state)
    var jacobian = weights
    for row in 0..<size {
      let slope = slope(a[row])
      for column in 0..<size { jacobian[row, column] *= slope }
    }
    return (a.map { value($0) }, jacobian)
  }

  private func preActivation(_ state: [Double]) -> [Double] {
    zip(weights.product(state), drive).map { $0 + $1 }
  }

  private func value(_ a: Double) -> Double {
    switch function {
    case .identity: a
    case .tanh: hyperbolicTangent(a)
    case .clamp: min(max(a, 0), 1)
    }
  }

  private func slope(_ a: Double) -> Double {
    switch function {
    case .identity: return 1
    case .tanh:
      let s = hyperbolicTangent(a)
      return 1 - s * s
    case .clamp: return a > 0 && a < 1 ? 1 : 0
    }
  }
}

/// A network that feeds the symbol it decided for back to itself (GBC fig. 10.4, run alone):
///
///     s(t+1) = tanh(a + W onehot(argmax(c + V s(t))))
///
/// Between the borders of two decisions nothing changes with s, so its derivative is 0.
public struct DecisionTransition: StateTransition, Sendable {
  /// a + W onehot(k) through tanh, for each symbol k: symbols × size.
  private let after: [[Double]]
  /// V, symbols × size.
  private let outputs: [[Double]]
  /// c.
  private let bias: [Double]
  public let size: Int

  /// - Parameters:
  ///   - feedback: W, size × symbols, by rows
  ///   - drive: a = b + U x*, one number a unit
  ///   - outputs: V, symbols × size, by rows
  ///   - bias: c, one number a symbol
  public init(feedback: [[Double]], drive: [Double], outputs: [[Double]], bias: [Double]) {
    size = drive.count
    self.outputs = outputs
    self.bias = bias
    after = outputs.indices.map { symbol in
      zip(drive, feedback).map { hyperbolicTangent($0 + $1[symbol]) }
    }
  }

  public func next(_ states: [Double]) -> [Double] {
    stride(from: 0, to: states.count, by: max(1, size)).flatMap { start in
      after[decision(states[start..<start + size])]
    }
  }

  public func linearised(at state: [Double]) -> (next: [Double], jacobian: SquareMatrix) {
    (next(state), SquareMatrix(size: size))
  }

  private func decision(_ state: ArraySlice<Double>) -> Int {
    var best = (symbol: 0, value: -Double.infinity)
    for (symbol, row) in outputs.enumerated() {
      let value = zip(row, state).reduce(bias[symbol]) { $0 + $1.0 * $1.1 }
      if value > best.value { best = (symbol, value) }
    }
    return best.symbol
  }
}
