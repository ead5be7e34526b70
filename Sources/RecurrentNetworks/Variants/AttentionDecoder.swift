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
  private let parts: DecoderParts<Scalar>
  private let attention: AdditiveAttention<Scalar>
  private let time: StepwiseStack<Scalar>
  private var contexts = Matrix<Scalar>.empty
  /// Each target's length, and where each sequence's target stands, in the last pass.
  private var lengths: [Int] = []
  private var standing: [Int] = []
  /// U h_i of the sources that are written for; nil where contexts are multiplied by U instead.
  private var entering: Matrix<Scalar>?

  /// `sizes.outputs` target symbols; the source is symbols or vectors of `sizes.width`.
  public init(_ configuration: NetworkConfiguration, sizes: ModelSizes) {
    (parts, attention) = DecoderParts.build(configuration, sizes: sizes) { size, layout in
      AdditiveAttention(
        states: size, sources: size, size: configuration.hidden, layout: &layout)
    }
    time = StepwiseStack(parts.decoder, contextSize: parts.encoder.outputSize)
  }

  public var layout: ParameterLayout { parts.layout }
  public var roles: ParameterRoles { parts.roles(attention: attention.roles) }
  public var stacks: [StackView<Scalar>] { parts.stacks }

  // MARK: Forward

  public func outputs(_ batch: SequenceBatch<Scalar>, _ pass: Pass<Scalar>) -> Matrix<Scalar> {
    let steps = batch.targetSteps
    let (source, places, start) = parts.encode(batch, pass)
    keep(steps)
    attention.read(source, pass)
    attention.begin(pairs: pairCount(steps, places), count: steps.sequenceCount, pass)
    time.begin(
      parts.input(batch, pass), steps: steps, start: InitialState(state: start),
      pass: pass.ofDecoder)
    contexts = pass.arena.matrix(steps.rowCount, start.columns)
    for t in 0..<steps.stepCount {
      let context = contexts.rows(steps.offsets[t], steps.active[t])
      attention.attend(time.previousStates(step: t, steps), places: places, into: context, pass)
      time.advance(t, steps, context: context)
    }
    return parts.head.forward(time.output, pass)
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
    guard let places = parts.places else { return }
    let (size, steps) = (parts.encoder.outputSize, batch.targetSteps)
    time.beginBackward(parts.head.backward(dOutputs, pass), steps: steps, pass: pass)
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
    parts.backward(dTargetContext: dStart, dStates: dStates, batch, pass)
  }
}

extension AttentionDecoder: GeneratingModel {
  public func readSources(
    _ batch: SequenceBatch<Scalar>, hypotheses: Int, _ pass: Pass<Scalar>
  ) {
    let source = parts.encoder.forward(batch, pass)
    parts.source = source
    attention.read(source, pass)
    // One hypothesis alone asks for about as many contexts as there are source steps.
    entering = hypotheses > 1 ? parts.entering(attention.memory, pass) : nil
  }

  public var generationWidth: Int { parts.decoder.carriedWidth }

  public func writeStart(
    source: Int, to state: UnsafeMutablePointer<Scalar>, parameters: ParameterVector<Scalar>
  ) {
    parts.writeStart(source: source, to: state, parameters)
  }

  public func advance(
    _ hypotheses: Hypotheses<Scalar>, _ pass: Pass<Scalar>
  ) -> Matrix<Scalar> {
    parts.advance(hypotheses, pass, entering: entering?.columns) { _, places, context in
      let pairs = (0..<hypotheses.count).reduce(0) { $0 + attention.length(Int(places[$1])) }
      attention.begin(pairs: pairs, count: hypotheses.count, pass)
      attention.attend(
        parts.decoder.topStates(of: hypotheses), places: places, over: entering, into: context,
        oneByOne: true, pass)
    }
  }

  public func attention(hypothesis: Int, _ hypotheses: Hypotheses<Scalar>) -> [Double] {
    guard let source = parts.source else { return [] }
    let places = hypotheses.sources.map { Int32(source.steps.places[$0]) }
    return attention.weights(call: 0, query: hypothesis, places: places).map { Double($0) }
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
    guard let places = parts.places, parts.source == nil, standing.indices.contains(sequence)
    else { return [] }
    let k = standing[sequence]
    return (0..<lengths[k]).map { t in
      attention.weights(call: t, query: k, places: places).map { Double($0) }
    }
  }
}
