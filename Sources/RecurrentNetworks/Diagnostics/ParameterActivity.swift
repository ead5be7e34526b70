import LinearAlgebra

/// How large one parameter is, how large its gradient, and how far the last update moved it.
public struct ParameterActivity: Sendable, Equatable {
  /// The name in files, and the lecture's symbol.
  public let name: String
  /// The lecture's symbol, such as `W`.
  public let symbol: String
  /// Euclidean norm of the weights.
  public let norm: Double
  /// Euclidean norm of the gradient.
  public let gradientNorm: Double
  /// ‖update‖ / ‖weights‖; about 1e-3 is healthy. NaN when unknown, or when all weights are zero.
  public let updateRatio: Double

  /// One for each parameter that has values, in the layout's order. `updateNorms` holds ‖update‖ of each, or is
  /// empty where no update was measured.
  public static func all<Scalar>(
    weights: ParameterVector<Scalar>, gradient: ParameterVector<Scalar>,
    updateNorms: [Double] = []
  ) -> [ParameterActivity] {
    weights.layout.parameters.enumerated().filter { $0.element.count > 0 }.map { index, parameter in
      let norm = weights.matrix(parameter).norm
      return ParameterActivity(
        name: parameter.name, symbol: parameter.symbol, norm: norm,
        gradientNorm: gradient.matrix(parameter).norm,
        updateRatio: index < updateNorms.count && norm > 0 ? updateNorms[index] / norm : .nan)
    }
  }

  /// ‖after − before‖ of each parameter.
  public static func updateNorms<Scalar>(
    from before: ParameterVector<Scalar>, to after: ParameterVector<Scalar>
  ) -> [Double] {
    before.layout.parameters.map { parameter in
      (parameter.offset..<parameter.offset + parameter.count).reduce(0.0) { sum, index in
        let moved = Double(after.base[index] - before.base[index])
        return sum + moved * moved
      }.squareRoot()
    }
  }
}

/// What units do over the steps of a batch.
public struct StateActivity: Sendable, Equatable {
  /// Share of values with |s| > 0.97, where tanh is flat and gradients stop; 0 to 1.
  public let saturated: Double
  /// Share of units that stay within a band of 0.01; 0 to 1.
  public let dead: Double
  /// All values that were looked at, in no order.
  private let values: [Double]

  /// `states` holds rows × hidden for each layer and direction.
  public init<Scalar>(_ states: [Matrix<Scalar>]) {
    var (flat, constant, units) = (0, 0, 0)
    var values: [Double] = []
    for matrix in states where matrix.rows > 0 {
      for unit in 0..<matrix.columns {
        var (low, high) = (Double.infinity, -Double.infinity)
        for row in 0..<matrix.rows {
          let s = Double(matrix[row, unit])
          low = min(low, s)
          high = max(high, s)
          if abs(s) > 0.97 { flat += 1 }
          values.append(s)
        }
        units += 1
        if matrix.rows > 1, high - low < 0.01 { constant += 1 }
      }
    }
    saturated = values.isEmpty ? 0 : Double(flat) / Double(values.count)
    self.values = values
    dead = units > 0 ? Double(constant) / Double(units) : 0
  }

  /// The mean of a function of the states, such as 1 − s², the slope of tanh; nil without states.
  public func mean(of value: (Double) -> Double) -> Double? {
    values.isEmpty ? nil : values.reduce(0) { $0 + value($1) } / Double(values.count)
  }
}
