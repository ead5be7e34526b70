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

  /// o of states that are part of a longer pass, and are not kept for the way back.
  func forward(_ states: Matrix<Scalar>, into outputs: Matrix<Scalar>, _ pass: Pass<Scalar>) {
    outputs.fillRows(pass.parameters.row(bias))
    outputs.product(states, pass.packed(transposed: pass.parameters[weight]), accumulate: true)
  }

  /// Adds V s to `count` rows of what `begin` returned.
  func forward(rows first: Int, _ count: Int, into outputs: Matrix<Scalar>) {
    guard let packed else { return }
    outputs.rows(first, count).product(states.rows(first, count), packed, accumulate: true)
  }

  /// Adds ∇V = Σ ∇o sᵀ and ∇c = Σ ∇o (eqs. 10.22, 10.24), and returns Vᵀ ∇o, rows × states.
  func backward(_ dOutputs: Matrix<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let dStates = pass.arena.matrix(states.rows, states.columns)
    backward(dOutputs, of: states, into: dStates, pass)
    return dStates
  }

  /// The same for states that are not kept here.
  func backward(
    _ dOutputs: Matrix<Scalar>, of states: Matrix<Scalar>, into target: Matrix<Scalar>,
    _ pass: Pass<Scalar>
  ) {
    addGradients(dOutputs, of: states, pass)
    target.product(dOutputs, pass.packed(pass.parameters[weight]))
  }

  /// The same for a row at each time step, block by block.
  /// - Parameters:
  ///   - dOutputs: ∇o of all rows of the pass
  ///   - states: the states of some time steps, rows × states
  ///   - range: which ones
  ///   - steps: the time steps of the whole pass
  ///   - target: takes Vᵀ ∇o, rows × states
  ///   - pass: weights and gradients
  func backward(
    _ dOutputs: Matrix<Scalar>, states: Matrix<Scalar>, of range: Range<Int>, _ steps: PackedSteps,
    into target: Matrix<Scalar>, _ pass: Pass<Scalar>
  ) {
    let all = steps.rows(of: range)
    steps.forEachBlock(ofRows: pass.blockRows, in: range) { block in
      let rows = steps.rows(of: block)
      addGradients(
        dOutputs.rows(rows.lowerBound, rows.count),
        of: states.rows(rows.lowerBound - all.lowerBound, rows.count), pass)
    }
    target.product(
      dOutputs.rows(all.lowerBound, all.count), pass.packed(pass.parameters[weight]))
  }

  /// Adds ∇V and ∇c alone.
  func addGradients(_ dOutputs: Matrix<Scalar>, _ pass: Pass<Scalar>) {
    addGradients(dOutputs, of: states, pass)
  }

  private func addGradients(
    _ dOutputs: Matrix<Scalar>, of states: Matrix<Scalar>, _ pass: Pass<Scalar>
  ) {
    guard let gradient = pass.gradient else { return }
    gradient[weight].product(transposed: dOutputs, states, beta: 1)
    gradient.row(bias).addColumnSums(dOutputs)
  }
}
