import LinearAlgebra

/// o = c + V s for many rows at once (GBC eq. 10.10).
final class OutputLayer<Scalar: NetworkScalar> {
  /// V, outputs × states.
  let weight: ParameterHandle
  /// c, outputs.
  let bias: ParameterHandle
  private var states = Matrix<Scalar>.empty

  init(
    states: Int, outputs: Int, names: (weight: String, bias: String) = ("head.weight", "head.bias"),
    layout: inout ParameterLayout
  ) {
    let bound = 1 / Double(max(1, states)).squareRoot()
    weight = layout.matrix(
      names.weight, symbol: "V", outputs, states, start: .uniform(bound: bound))
    bias = layout.vector(names.bias, symbol: "c", outputs, start: .uniform(bound: bound))
  }

  /// - Returns: rows × outputs.
  func forward(_ states: Matrix<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    self.states = states
    let result = pass.arena.matrix(states.rows, weight.rows)
    let c = pass.parameters.row(bias)
    for r in 0..<result.rows { result.row(r).update(from: c.base, count: result.columns) }
    result.product(
      states, PackedMatrix(transposed: pass.parameters[weight], in: pass.arena), accumulate: true)
    return result
  }

  /// Adds ∇V = Σ ∇o sᵀ and ∇c = Σ ∇o (eqs. 10.22, 10.24), and returns Vᵀ ∇o, rows × states.
  func backward(_ dOutputs: Matrix<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    if let gradient = pass.gradient {
      gradient[weight].product(transposed: dOutputs, states, beta: 1)
      gradient.row(bias).addColumnSums(dOutputs)
    }
    let dStates = pass.arena.matrix(states.rows, states.columns)
    dStates.product(dOutputs, PackedMatrix(pass.parameters[weight], in: pass.arena))
    return dStates
  }
}
