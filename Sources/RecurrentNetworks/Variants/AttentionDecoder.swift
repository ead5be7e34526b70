import LinearAlgebra

/// An encoder–decoder whose context is a new one at every step: what additive attention picks from
/// all of the source (Bahdanau et al. 2015).
///
///     s(0) = C, the encoder's state at the source's end
///     c(t) = attention of s(t−1) over h_1 … h_S
///     s(t) = cell(s(t−1), [y(t−1); c(t)])        y(0) = 0
///     o(t) = c + V s(t)
///
/// With several layers, attention looks with the top layer's state and feeds the first one.
public final class AttentionDecoder<Scalar: NetworkScalar>: SequenceModel {
  public let layout: ParameterLayout
  let encoder: any SourceEncoder<Scalar>
  let reader: TargetReader
  let decoder: RecurrentStack<Scalar>
  let attention: AdditiveAttention<Scalar>
  let head: OutputLayer<Scalar>
  private let time: StepwiseStack<Scalar>
  /// What the encoder made of sources that sequences are written for. Training keeps none of it:
  /// a second owner of the steps would cost a copy of them at the next batch.
  var source: EncodedSource<Scalar>?
  private var contexts = Matrix<Scalar>.empty
  private var places: UnsafeMutablePointer<Int32>?
  /// Each target's length, and where each sequence's target stands, in the last pass.
  private var lengths: [Int] = []
  private var standing: [Int] = []

  /// `sizes.outputs` target symbols; the source is symbols or vectors of `sizes.width`.
  public convenience init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    var layout = ParameterLayout()
    let encoder = sourceEncoder(configuration, sizes: sizes, of: Scalar.self, layout: &layout)
    self.init(configuration, sizes: sizes, encoder: encoder, layout: layout)
  }

  /// A decoder behind any encoder, whose parameters stand in `layout` already.
  init(
    _ configuration: NetworkConfiguration, sizes: ModelSizes,
    encoder: any SourceEncoder<Scalar>, layout: ParameterLayout
  ) {
    var layout = layout
    self.encoder = encoder
    let size = encoder.outputSize
    reader = TargetReader(configuration, symbols: sizes.outputs, layout: &layout)
    attention = AdditiveAttention(
      states: size, sources: size, size: configuration.hidden, layout: &layout)
    decoder = RecurrentStack(
      inputSize: reader.width + size, hidden: size, layers: configuration.layers,
      bidirectional: false, prefix: "decoder.", configuration: configuration.startingFromContext,
      layout: &layout)
    time = StepwiseStack(decoder, contextSize: size)
    head = OutputLayer(states: size, outputs: sizes.outputs, layout: &layout)
    self.layout = layout
  }

  public var roles: ParameterRoles {
    ParameterRoles(
      head, inputEmbedding: encoder.embedding, targetEmbedding: reader.embedding,
      attention: attention.roles)
  }
  public var stacks: [StackView<Scalar>] {
    encoder.stacks + [decoder.view(of: .decoder)]
  }

  // MARK: Forward

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let steps = batch.targetSteps
    let source = encoder.forward(batch, pass)
    self.source = nil
    keep(steps)
    let places = steps.places(in: source.steps, arena: pass.arena)
    self.places = places
    let start = pass.arena.matrix(steps.sequenceCount, encoder.outputSize)
    start.gather(source.context, rows: places)
    attention.read(source, pass)
    attention.begin(pairs: pairCount(steps, places), count: steps.sequenceCount, pass)
    time.begin(
      reader.input(steps.previous(of: batch.targets.base, arena: pass.arena), as: Scalar.self),
      steps: steps, start: InitialState(state: start), pass: pass.ofDecoder)
    contexts = pass.arena.matrix(steps.rowCount, encoder.outputSize)
    for t in 0..<steps.stepCount {
      let context = contexts.rows(steps.offsets[t], steps.active[t])
      attention.attend(time.previousStates(step: t, steps), places: places, into: context, pass)
      time.advance(t, steps, context: context)
    }
    return head.forward(time.states, pass)
  }

  /// Pairs of a target step and a source step of the same sequence.
  private func pairCount(_ steps: PackedSteps, _ places: UnsafePointer<Int32>) -> Int {
    var count = 0
    for k in 0..<steps.sequenceCount {
      count += steps.lengths[k] * attention.length(Int(places[k]))
    }
    return count
  }

  private func keep(_ steps: PackedSteps) {
    lengths.removeAll(keepingCapacity: true)
    lengths.append(contentsOf: steps.lengths)
    standing.removeAll(keepingCapacity: true)
    standing.append(contentsOf: steps.places)
  }

  // MARK: Backward

  public func backward(
    _ dOutputs: Matrix<Scalar>, _ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>
  ) {
    guard let places else { return }
    let (size, steps) = (encoder.outputSize, batch.targetSteps)
    time.beginBackward(head.backward(dOutputs, pass), steps: steps, pass: pass)
    attention.beginBackward(rows: steps.rowCount, pass)
    let dStart = pass.arena.zeros(steps.sequenceCount, size)
    let dContexts = pass.arena.matrix(steps.sequenceCount, size)
    for t in (0..<steps.stepCount).reversed() {
      let count = steps.active[t]
      time.retreat(t, steps, dContext: dContexts.rows(0, count))
      let past =
        t == 0
        ? dStart.rows(0, count) : time.topGradient.rows(steps.offsets[t - 1], count)
      attention.retreat(
        call: t, row: steps.offsets[t], dContexts.rows(0, count), places: places, dStates: past,
        pass)
    }
    time.finishBackward(
      contexts: contexts, steps: steps, dStart: InitialState(state: dStart), pass: pass)
    let dStates = attention.finishBackward(previous: time.allPreviousStates(steps, pass), pass)
    let dContext = pass.arena.zeros(batch.sequenceCount, size)
    dContext.scatterAdd(dStart, rows: places)
    encoder.backward(dContext: dContext, dStates: dStates, batch, pass)
  }
}

/// A network whose decoder looks back at its source.
public protocol AttendingModel<Scalar>: SequenceModel {
  /// α of the last pass for one sequence of the batch: one row a target step, one weight a source
  /// step, each row summing to 1.
  func attentionWeights(sequence: Int) -> [[Double]]
}

extension AttentionDecoder: AttendingModel {
  public func attentionWeights(sequence: Int) -> [[Double]] {
    guard let places, source == nil, standing.indices.contains(sequence) else { return [] }
    let k = standing[sequence]
    return (0..<lengths[k]).map { t in
      attention.weights(call: t, query: k, places: places).map { Double($0) }
    }
  }
}
