import LinearAlgebra

/// How large one parameter is, how large its gradient, and how far the last update moved it.
public struct ParameterActivity: Sendable, Equatable {
  /// The name in files, and the lecture's symbol.
  public let name: String
  public let symbol: String
  /// Euclidean norm of the weights.
  public let norm: Double
  /// Euclidean norm of the gradient.
  public let gradientNorm: Double
  /// ‖update‖ / ‖weights‖; about 1e-3 is healthy. NaN when unknown, or when all weights are zero.
  public let updateRatio: Double

  /// One for each parameter, in the layout's order. `updateNorms` holds ‖update‖ of each, or is
  /// empty where no update was measured.
  public static func all<Scalar>(
    weights: ParameterVector<Scalar>, gradient: ParameterVector<Scalar>,
    updateNorms: [Double] = []
  ) -> [ParameterActivity] {
    weights.layout.parameters.enumerated().map { index, parameter in
      let norm = weights.matrix(parameter).norm
      return ParameterActivity(
        name: parameter.name, symbol: parameter.symbol, norm: norm,
        gradientNorm: gradient.matrix(parameter).norm,
        updateRatio: index < updateNorms.count && norm > 0 ? updateNorms[index] / norm : .nan)
    }
  }

  /// ‖after − before‖ of each parameter; `before` is overwritten with the difference.
  public static func updateNorms<Scalar>(
    from before: ParameterVector<Scalar>, to after: ParameterVector<Scalar>
  ) -> [Double] {
    Scalar.addScaled(after.count, -1, after.base, to: before.base)
    return before.layout.parameters.map { before.matrix($0).norm }
  }
}
