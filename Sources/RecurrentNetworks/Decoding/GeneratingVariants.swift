import LinearAlgebra

extension EncoderDecoder: GeneratingModel {
  public func readSources(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) {
    source = encoder.forward(batch, pass)
  }

  public var generationWidth: Int { decoder.carriedWidth }

  public func writeStart(
    source n: Int, to state: UnsafeMutablePointer<Scalar>, parameters: ParameterVector<Scalar>
  ) {
    guard let source else { return }
    decoder.writeStart(to: state, given: source.context.row(source.steps.places[n]), parameters)
  }

  public func advance(
    _ hypotheses: Hypotheses<Scalar>, _ pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    var input = reader.input(hypotheses.previous.base, as: Scalar.self)
    if let source {
      let context = pass.arena.matrix(hypotheses.count, encoder.outputSize)
      context.gather(
        source.context, rows: hypotheses.places(in: source.steps, arena: pass.arena))
      input.context = context
    }
    return head.forward(decoder.advance(input, hypotheses, pass), pass)
  }
}

extension AttentionDecoder: GeneratingModel {
  public func readSources(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) {
    let source = encoder.forward(batch, pass)
    self.source = source
    attention.read(source, pass)
  }

  public var generationWidth: Int { decoder.carriedWidth }

  public func writeStart(
    source n: Int, to state: UnsafeMutablePointer<Scalar>, parameters: ParameterVector<Scalar>
  ) {
    guard let source else { return }
    decoder.writeStart(to: state, given: source.context.row(source.steps.places[n]), parameters)
  }

  public func advance(
    _ hypotheses: Hypotheses<Scalar>, _ pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    var input = reader.input(hypotheses.previous.base, as: Scalar.self)
    if let source {
      let places = hypotheses.places(in: source.steps, arena: pass.arena)
      let pairs = (0..<hypotheses.count).reduce(0) { $0 + attention.length(Int(places[$1])) }
      let context = pass.arena.matrix(hypotheses.count, encoder.outputSize)
      attention.begin(pairs: pairs, count: hypotheses.count, pass)
      attention.attend(
        decoder.topStates(of: hypotheses), places: places, into: context, pass)
      input.context = context
    }
    return head.forward(decoder.advance(input, hypotheses, pass), pass)
  }

  public func attention(hypothesis: Int, _ hypotheses: Hypotheses<Scalar>) -> [Double] {
    guard let source else { return [] }
    let places = hypotheses.sources.map { Int32(source.steps.places[$0]) }
    return attention.weights(call: 0, query: hypothesis, places: places).map { Double($0) }
  }
}

extension VectorToSequence: GeneratingModel {
  public func readSources(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) {
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
  fileprivate func advance(
    _ input: LayerInput<Scalar>, _ hypotheses: Hypotheses<Scalar>, _ pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    let states = forward(
      input, steps: hypotheses.steps, start: .carried(hypotheses.states), pass: pass)
    store(in: hypotheses.states, steps: hypotheses.steps)
    return states
  }
}
