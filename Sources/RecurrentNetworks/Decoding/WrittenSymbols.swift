/// A sequence in writing: the last thing that it wrote, and how likely all of it is.
struct WrittenHypothesis {
  /// Place of its last symbol in `WrittenSymbols`; nil before the first.
  var last: Int?
  /// log p of all that was written, in nats.
  var logProbability = 0.0
}

/// What all hypotheses of a search have written. Each symbol is kept once with the one before it,
/// since hypotheses that go on from the same beginning share it.
struct WrittenSymbols {
  private var symbols: [Int32] = []
  private var before: [Int?] = []
  /// α at each symbol; empty where attention is not kept.
  private var attention: [[Double]] = []

  /// Notes a symbol after what a hypothesis wrote, with α at it where there is attention.
  /// - Returns: the hypothesis that it ends in.
  mutating func append(
    _ next: Continuation, to hypothesis: WrittenHypothesis, attention weights: [Double] = []
  ) -> WrittenHypothesis {
    symbols.append(next.symbol)
    before.append(hypothesis.last)
    if !weights.isEmpty { attention.append(weights) }
    return WrittenHypothesis(last: symbols.count - 1, logProbability: next.logProbability)
  }

  /// All that a hypothesis wrote; the symbol that ended a complete one is not part of it.
  func sequence(_ hypothesis: WrittenHypothesis, isComplete: Bool) -> DecodedSequence {
    var places: [Int] = []
    var place = hypothesis.last
    while let here = place {
      places.append(here)
      place = before[here]
    }
    places.reverse()
    var result = DecodedSequence()
    result.symbols = (isComplete ? places.dropLast() : places[...]).map { symbols[$0] }
    result.attention = attention.isEmpty ? [] : places.map { attention[$0] }
    result.logProbability = hypothesis.logProbability
    result.isComplete = isComplete
    return result
  }
}
