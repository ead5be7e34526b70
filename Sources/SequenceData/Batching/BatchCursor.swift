/// Where a batcher stands. With the same data, batch size and sequence length, a batcher set to a
/// saved cursor goes on with exactly the batches that would have come.
public struct BatchCursor: Codable, Sendable, Equatable {
  /// Orders every epoch anew, together with the epoch's number.
  public var seed: UInt64
  /// Passes finished.
  public var epoch: Int
  /// Batches given in the current pass.
  public var position: Int
  /// Steps of a stream by which the batches of this pass stand further on than their number times
  /// their length, after the length was changed in its midst; nil when it was not.
  public var shift: Int?

  public init(seed: UInt64, epoch: Int = 0, position: Int = 0) {
    self.seed = seed
    self.epoch = epoch
    self.position = position
  }
}

/// In which order a batcher goes through its data.
public enum BatchOrder: Sendable, Equatable {
  /// Anew each epoch, from the seed.
  case shuffled
  /// As the data stands, in every epoch, as evaluation wants it.
  case asGiven
}
