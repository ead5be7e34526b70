import RecurrentNetworks
import SequenceData

extension Probe {
  /// Time steps that are looked at of a sequence that training reads in bounded memory.
  static let lookedAt = 2048

  /// The last time steps of a sequence that is longer than what is looked at, where a run bounds its
  /// memory. What stands before them is read first, so that the states are those of the whole sequence.
  struct LongSequence {
    /// Its last time steps, as the only sequence of a batch.
    let batch: DataBatch
    /// Its time steps in all.
    let steps: Int

    /// What is shown, in words.
    var note: String {
      let first = steps - batch.longestInput + 1
      return "Of \(steps) time steps the last \(batch.longestInput), of which 1 here is number "
        + "\(first): they begin with the state that those before have left."
    }
  }

  /// Packs the end of a long sequence; the caller's own packing holds where nil is returned.
  /// - Parameters:
  ///   - batch: what it is part of
  ///   - sequences: which ones are looked at, of which the first long one is taken
  ///   - parameters: the weights with which what stands before the end is read
  /// - Returns: nil where memory is not bounded, or no sequence is longer than what is looked at
  func packEnd(
    _ batch: DataBatch, of sequences: some Sequence<Int>, _ parameters: ParameterVector<Float>
  ) -> LongSequence? {
    part.batch.carried = nil
    guard let memory, network.targetRowsAreSteps || network.rows.targets == .sequences,
      network.objective != .connectionistTemporalClassification,
      let n = sequences.first(where: { batch.inputLengths[$0] > Self.lookedAt })
    else { return nil }
    let length = batch.inputLengths[n]
    let (before, after) = batch.cut(
      n, at: length - Self.lookedAt, targetsAtSteps: network.targetRowsAreSteps)
    part.batch.carried = CarriedState<Float>(sequences: 1, width: part.model.stateWidth)
    part.packer.pack(before, sequences: CollectionOfOne(0), into: part.batch)
    part.arena.reset()
    _ = part.model.outputs(
      part.batch, Pass(parameters: parameters, arena: part.arena, memory: memory))
    part.batch.carried?.isKept = true
    part.packer.pack(after, sequences: CollectionOfOne(0), into: part.batch)
    return LongSequence(batch: after, steps: length)
  }
}
