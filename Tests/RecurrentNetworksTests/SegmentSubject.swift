import LinearAlgebra

@testable import RecurrentNetworks

extension SegmentTests {
  /// A network and a batch, and what comes of them.
  struct Subject<Scalar: NetworkScalar> {
    let model: any SequenceModel<Scalar>
    let batch = SequenceBatch<Scalar>()
    let parameters: ParameterVector<Scalar>
    let blockRows: Int
    let given: Case
    let dropout: DropoutSource
    let hidden: Int
    let outputs: Int
    let width: Int
    /// Where the batch begins; nil where not at the end of another one.
    private let carried: [Scalar]?

    init(_ given: Case, hidden: Int, blockRows: Int) {
      self.blockRows = blockRows
      (self.given, self.hidden) = (given, hidden)
      let more = given.dropsMore ? 0.2 : 0
      dropout = DropoutSource(probability: 0.3, recurrent: more, symbols: more, seed: 11)
      var network = NetworkConfiguration.checked(given.cell, layers: given.layers)
      network.hidden = hidden
      network.embedding = given.reads.rawValue.lowercased().contains("embeddings") ? 3 : nil
      if given.isTied { (network.tieWeights, network.embedding) = (true, hidden) }
      network.initialState = given.start == .learned ? .learned : .zero
      network.residual = given.isResidual
      let symbols = given.reads == .manyEmbeddings ? 1000 : 7
      outputs = given.isTied ? symbols : 4
      width = given.reads == .vectors ? 2 : 0
      let isFinal = given.output == .final
      let sizes = ModelSizes(symbols: width > 0 ? nil : symbols, width: width, outputs: outputs)
      model = ModelBuilder(network, isFinal ? .final : .everyStep, sizes: sizes).makeModel()
      parameters = ParameterVector(model.layout)
      var random = SeededRandom(seed: 5)
      for i in 0..<parameters.count { parameters.base[i] = Scalar(random.uniform(-0.4, 0.4)) }
      batch.steps.assign(lengths: given.lengths)
      batch.width = width
      let rows = batch.steps.rowCount
      batch.vectors.assign((0..<rows * width).map { _ in Scalar(random.normal()) })
      batch.tokens.assign((0..<rows).map { _ in Int32(random.index(below: symbols)) })
      batch.targets.assign(
        (0..<(isFinal ? given.lengths.count : rows)).map { _ in Int32(random.index(below: 4)) })
      let width = model.stateWidth
      carried =
        given.start == .carried
        ? (0..<given.lengths.count * width).map { _ in Scalar(random.uniform(-0.5, 0.5)) } : nil
      if model.carriedWidth > 0 || carried != nil {
        batch.carried = CarriedState(sequences: given.lengths.count, width: width)
      }
    }

    /// Bytes a row where a pass is read in one slice.
    var shortRoom: Int { given.layers * hidden * MemoryLayout<Scalar>.stride }

    /// A bound that leaves room for so many rows of states.
    func memory(rows: Int) -> StateMemory {
      var memory = StateMemory(measuring: model, width: width, dropout: dropout, bytes: 0)
      let steps = batch.steps
      let own =
        given.output == .final
        ? steps.sequenceCount * (outputs + 2 * hidden) : steps.rowCount * outputs
      let kept = StateMemory.kept(
        own + steps.rowCount * shortRoom / MemoryLayout<Scalar>.stride, rows: steps.rowCount,
        sequences: steps.sequenceCount, carried: model.stateWidth,
        blockRows: blockRows)
      memory.bytes =
        memory.fixedBytes + kept * MemoryLayout<Scalar>.stride
        + (rows + steps.sequenceCount) * memory.bytesPerRow
      return memory
    }

    struct Outcome: Equatable {
      var outputs: [Scalar]
      var gradient: [Scalar]
      var carried: [Scalar]
      var taken = 0
      var held = 0
      var segments = 1
    }

    func run(_ memory: StateMemory?) -> Outcome {
      let arena = Arena<Scalar>()
      let gradient = ParameterVector<Scalar>(model.layout)
      begin()
      let pass = pass(memory, gradient, arena)
      let outputs = model.outputs(batch, pass)
      var outcome = Outcome(
        outputs: outputs.elements, gradient: [], carried: batch.carried?.values.elements ?? [])
      _ = Objective.crossEntropy.evaluate(outputs, batch, scale: 1)
      outcome.segments =
        model.stacks[0].states[0].values.rows == batch.steps.rowCount ? 1 : 2
      model.backward(outputs, batch, pass)
      outcome.gradient = (0..<gradient.count).map { gradient.base[$0] }
      (outcome.taken, outcome.held) = (arena.usedBytes, arena.bytes)
      return outcome
    }

    private func begin() {
      guard let state = batch.carried else { return }
      state.clear()
      guard let carried else { return }
      state.isFresh = false
      for n in 0..<state.values.rows {
        for c in 0..<state.width { state.values.row(n)[c] = carried[n * state.width + c] }
      }
    }

    func training(_ memory: StateMemory) -> () -> Void {
      let arena = Arena<Scalar>()
      let gradient = ParameterVector<Scalar>(model.layout)
      let pass = pass(memory, gradient, arena)
      let (model, batch) = (model, batch)
      return {
        arena.reset()
        let outputs = model.outputs(batch, pass)
        _ = Objective.crossEntropy.evaluate(outputs, batch, scale: 1)
        model.backward(outputs, batch, pass)
      }
    }

    private func pass(
      _ memory: StateMemory?, _ gradient: ParameterVector<Scalar>, _ arena: Arena<Scalar>
    ) -> Pass<Scalar> {
      var pass = Pass(
        parameters: parameters, gradient: gradient, arena: arena,
        dropout: dropout, truncation: given.truncation, memory: memory)
      pass.blockRows = blockRows
      return pass
    }
  }
}
