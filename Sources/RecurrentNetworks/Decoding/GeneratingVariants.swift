import LinearAlgebra

extension VectorToSequence: GeneratingModel {
  public func readSources(
    _ batch: SequenceBatch<Scalar>, hypotheses: Int, _ pass: Pass<Scalar>
  ) {
    sources = batch.steps
    entered = entering(batch.inputMatrix, pass)
  }

  public var generationWidth: Int { stack.carriedWidth }

  public func writeStart(
    source: Int, to state: UnsafeMutablePointer<Scalar>, parameters: ParameterVector<Scalar>
  ) {
    stack.writeStart(to: state, given: nil, parameters)
  }

  public func advance(
    _ hypotheses: Hypotheses<Scalar>, _ pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    var input = reader.input(hypotheses.previous.base, as: Scalar.self)
    let addend = pass.arena.matrix(hypotheses.count, entered.columns)
    addend.gather(entered, rows: hypotheses.places(in: sources, arena: pass.arena))
    input.addend = addend
    return head.forward(stack.advance(input, hypotheses, pass), pass)
  }
}

extension RecurrentStack {
  /// Runs one step of every hypothesis and keeps the states that it ends in.
  func advance(
    _ input: LayerInput<Scalar>, _ hypotheses: Hypotheses<Scalar>, _ pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    let states = forward(
      input, steps: hypotheses.steps, start: .carried(hypotheses.states.values), pass: pass)
    store(in: hypotheses.states, steps: hypotheses.steps)
    return states
  }
}
