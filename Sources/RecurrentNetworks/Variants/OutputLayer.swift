import LinearAlgebra

/// o = c + V s for many rows at once (GBC eq. 10.10).
final class OutputLayer<Scalar: NetworkScalar> {
  /// V, outputs × states.
  let weight: ParameterHandle
  /// c, outputs.
  let bias: ParameterHandle
  private var states = Matrix<Scalar>.empty
  private var packed: PackedMatrix<Scalar>?

  /// - Parameter tied: E, outputs × states, which is V as well; nil for a V of its own
  init(
    states: Int, outputs: Int, names: (weight: String, bias: String) = ("head.weight", "head.bias"),
    tied: ParameterHandle? = nil, layout: inout ParameterLayout
  ) {
    let bound = 1 / Double(max(1, states)).squareRoot()
    if let tied { layout.tie(names.weight, to: tied) }
    weight =
      tied
      ?? layout.matrix(names.weight, symbol: "V", outputs, states, start: .uniform(bound: bound))
    bias = layout.vector(names.bias, symbol: "c", outputs, start: .uniform(bound: bound))
  }

  /// - Returns: rows × outputs.
  func forward(_ states: Matrix<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let result = begin(states, pass)
    forward(rows: 0, states.rows, into: result)
    return result
  }

  /// Makes room for the outputs of states that become known a few rows at a time.
  func begin(_ states: Matrix<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    self.states = states
    packed = pass.packed(transposed: pass.parameters[weight])
    let result = pass.arena.matrix(states.rows, weight.rows)
    let c = pass.parameters.row(bias)
    for r in 0..<result.rows { result.row(r).update(from: c.base, count: result.columns) }
    return result
  }

  /// Adds V s to `count` rows of what `begin` returned.
  func forward(rows first: Int, _ count: Int, into outputs: Matrix<Scalar>) {
    guard let packed else { return }
    outputs.rows(first, count).product(states.rows(first, count), packed, accumulate: true)
  }

  /// Adds ∇V = Σ ∇o sᵀ and ∇c = Σ ∇o (eqs. 10.22, 10.24), and returns Vᵀ ∇o, rows × states.
  func backward(_ dOutputs: Matrix<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    addGradients(dOutputs, pass)
    let dStates = pass.arena.matrix(states.rows, states.columns)
    dStates.product(dOutputs, pass.packed(pass.parameters[weight]))
    return dStates
  }

  /// Adds ∇V and ∇c alone.
  func addGradients(_ dOutputs: Matrix<Scalar>, _ pass: Pass<Scalar>) {
    guard let gradient = pass.gradient else { return }
    gradient[weight].product(transposed: dOutputs, states, beta: 1)
    gradient.row(bias).addColumnSums(dOutputs)
  }
}
