import Glibc
import LinearAlgebra

/// Finds likely sequences for sources: the likeliest symbol at each step (greedy), or the best of
/// several hypotheses kept side by side (beam search).
///
/// All sources of a batch are written at once. A hypothesis that ends leaves the beam, which narrows
/// by one, so that a source is done when as many have ended as the beam was wide. Equally likely
/// symbols are taken in their order, so the same network always writes the same.
public final class BeamSearch<Scalar: NetworkScalar> {
  private let model: any GeneratingModel<Scalar>
  private let sourceArena = Arena<Scalar>()
  private let stepArena = Arena<Scalar>()
  /// Weights laid out once for all steps of a batch, not once for each.
  private let weights: PackedWeightCache<Scalar>
  private let ownsWeights: Bool
  private var room: Hypotheses<Scalar>?

  /// Searches what a model may write; the model's memory is used for it.
  /// - Parameters:
  ///   - model: what writes
  ///   - weights: its weights laid out, kept from batch to batch and shared by several searches:
  ///     whoever changes the weights tells it. nil lays them out for each batch.
  public init(
    _ model: any GeneratingModel<Scalar>, weights: PackedWeightCache<Scalar>? = nil
  ) {
    self.model = model
    self.weights = weights ?? PackedWeightCache(smallestShared: 0)
    ownsWeights = weights == nil
  }

  /// Writes a sequence for each source of a batch.
  /// - Returns: for each source in its original order, the hypotheses of its beam, complete ones
  ///   first, then by score.
  public func decode(
    _ batch: SequenceBatch<Scalar>, parameters: ParameterVector<Scalar>,
    options: DecodingOptions = DecodingOptions()
  ) -> [[DecodedSequence]] {
    let (sources, width) = (batch.sequenceCount, max(1, options.beamWidth))
    var finished = [[DecodedSequence]](repeating: [], count: sources)
    guard sources > 0 else { return finished }
    if ownsWeights { weights.weightsChanged() }
    sourceArena.reset()
    model.readSources(
      batch, hypotheses: width,
      Pass(parameters: parameters, arena: sourceArena, weightCache: weights))
    let hypotheses = hypotheses(sources * width)
    hypotheses.begin(sources: sources) { source, state in
      model.writeStart(source: source, to: state, parameters: parameters)
    }
    let begun = (0..<sources).filter { options.maximumLength(source: $0) > 0 }
    if begun.count < sources { hypotheses.keep(begun.map { ($0, -1) }) }
    for source in 0..<sources where options.maximumLength(source: source) <= 0 {
      finished[source].append(DecodedSequence())
    }
    var (written, continuations) = (WrittenSymbols(), Continuations())
    var live = [WrittenHypothesis](repeating: WrittenHypothesis(), count: begun.count)
    var length = 0
    while !live.isEmpty {
      length += 1
      stepArena.reset()
      let outputs = model.advance(
        hypotheses, Pass(parameters: parameters, arena: stepArena, weightCache: weights))
      let scales = logSumExp(outputs)
      var kept: [(parent: Int, symbol: Int32)] = []
      var goingOn: [WrittenHypothesis] = []
      for group in groups(hypotheses.sources) {
        let source = hypotheses.sources[group.lowerBound]
        continuations.begin(room: width - finished[source].count)
        for parent in group {
          continuations.add(
            outputs.row(parent), count: outputs.columns, scale: scales[parent], parent: parent,
            logProbability: live[parent].logProbability)
        }
        for next in continuations.best {
          let hypothesis = written.append(
            next, to: live[next.parent],
            attention: options.keepsAttention
              ? model.attention(hypothesis: next.parent, hypotheses) : [])
          let isComplete = next.symbol == options.endSymbol
          if isComplete || length >= options.maximumLength(source: source) {
            finished[source].append(written.sequence(hypothesis, isComplete: isComplete))
          } else {
            kept.append((next.parent, next.symbol))
            goingOn.append(hypothesis)
          }
        }
      }
      hypotheses.keep(kept)
      live = goingOn
    }
    return finished.map { ranked($0, options) }
  }

  /// Room for hypotheses, kept from batch to batch.
  private func hypotheses(_ capacity: Int) -> Hypotheses<Scalar> {
    let width = model.generationWidth
    if let room, room.capacity >= capacity, room.width == width { return room }
    let made = Hypotheses<Scalar>(capacity: capacity, width: width)
    room = made
    return made
  }

  private func logSumExp(_ outputs: Matrix<Scalar>) -> [Double] {
    [Double](unsafeUninitializedCapacity: outputs.rows) { result, count in
      guard let base = result.baseAddress else { return }
      Scalar.logSumExp(
        rows: outputs.rows, columns: outputs.columns, x: outputs.base, stride: outputs.stride,
        y: base)
      count = outputs.rows
    }
  }

  /// Runs of hypotheses of the same source, which stand side by side.
  private func groups(_ sources: [Int]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = 0
    for end in 1...max(1, sources.count)
    where end == sources.count || sources[end] != sources[start] {
      result.append(start..<end)
      start = end
    }
    return result
  }

  private func ranked(
    _ sequences: [DecodedSequence], _ options: DecodingOptions
  ) -> [DecodedSequence] {
    let scored = sequences.map { sequence in
      var result = sequence
      result.score = options.score(
        logProbability: sequence.logProbability, length: sequence.length)
      return result
    }
    // Equal ones keep their order.
    return scored.enumerated().sorted { a, b in
      if a.element.isComplete != b.element.isComplete { return a.element.isComplete }
      if a.element.score != b.element.score { return a.element.score > b.element.score }
      return a.offset < b.offset
    }.map(\.element)
  }
}
