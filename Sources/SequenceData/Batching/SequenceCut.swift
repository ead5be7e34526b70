extension SequenceBatch {
  /// One sequence in two pieces.
  /// - Parameters:
  ///   - n: which one
  ///   - step: time steps of the first piece, fewer than the sequence has
  ///   - targetsAtSteps: whether there is a target for each time step of the input, which is cut as
  ///     well; else both pieces have all targets
  /// - Returns: both pieces, as batches of one sequence
  public func cut(
    _ n: Int, at step: Int, targetsAtSteps: Bool
  ) -> (before: SequenceBatch, after: SequenceBatch) {
    let length = inputLengths[n]
    let step = min(max(0, step), length)
    return (
      piece(n, 0..<step, targetsAtSteps: targetsAtSteps),
      piece(n, step..<length, targetsAtSteps: targetsAtSteps)
    )
  }

  private func piece(_ n: Int, _ range: Range<Int>, targetsAtSteps: Bool) -> SequenceBatch {
    var piece = SequenceBatch()
    let targets = targetsAtSteps ? range.clamped(to: 0..<targetLengths[n]) : 0..<targetLengths[n]
    let scoredFrom = targetsAtSteps ? scoredFrom[n] - targets.lowerBound : scoredFrom[n]
    piece.open(
      indices[n], inputLength: range.count, targetLength: targets.count,
      scoredFrom: min(max(0, scoredFrom), targets.count))
    (piece.inputWidth, piece.targetWidth) = (inputWidth, targetWidth)
    if !inputTokens.isEmpty {
      let start = inputStarts[n]
      piece.inputTokens += inputTokens[start + range.lowerBound..<start + range.upperBound]
    }
    if inputWidth > 0 {
      let first = (inputStarts[n] + range.lowerBound) * inputWidth
      piece.inputValues += inputValues[first..<first + range.count * inputWidth]
    }
    let start = targetStarts[n] + targets.lowerBound
    if targetWidth > 0 {
      piece.targetValues +=
        targetValues[start * targetWidth..<(start + targets.count) * targetWidth]
    } else if !targetTokens.isEmpty {
      piece.targetTokens += targetTokens[start..<start + targets.count]
    }
    return piece
  }
}
