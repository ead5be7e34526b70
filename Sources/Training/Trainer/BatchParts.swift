/// The fixed parts of a batch, whose gradients are computed side by side and added in a fixed order.
extension TrainingConfiguration {
  /// How many there are.
  var partCount: Int { max(1, min(parts, batch)) }

  /// Sequences of a part at most, where they go on from batch to batch.
  var sequencesPerPart: Int { (batch + partCount - 1) / partCount }

  /// The sequences of a part where they go on from batch to batch: neighbours, the same in each batch.
  ///
  /// - Parameters:
  ///   - index: a part
  ///   - count: sequences of the batch, of which the last of an epoch has fewer
  func sequences(ofPart index: Int, of count: Int) -> Range<Int> {
    let first = min(index * sequencesPerPart, count)
    return first..<min(first + sequencesPerPart, count)
  }
}
