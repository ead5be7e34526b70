import RecurrentNetworks
import SequenceData

/// What each rank of a job computes: some of a batch's fixed parts, neighbours, and the update of some
/// slices of the weights. Neither changes a result: the gradients of all parts are added slice by
/// slice in the order of a tree over the parts, wherever they were computed.
struct RankShares: Equatable {
  let ranks: Int
  /// Fixed parts of a batch.
  let partCount: Int
  let sliceCount: Int

  /// Parts of a rank; none where there are more ranks than parts.
  func parts(of rank: Int) -> Range<Int> {
    let working = min(ranks, partCount)
    guard rank < working else { return 0..<0 }
    return rank * partCount / working..<(rank + 1) * partCount / working
  }

  /// The additions of branches that no rank has wholly, in their order.
  func additions(above tree: ReductionTree) -> [ReductionTree.Addition] {
    let within = (0..<ranks).flatMap { tree.additions(in: parts(of: $0)) }
    return tree.additions.filter { !within.contains($0) }
  }

  /// Slices of the weights that a rank updates.
  func slices(of rank: Int) -> Range<Int> {
    rank * sliceCount / ranks..<(rank + 1) * sliceCount / ranks
  }

  /// A rank's slices as a range of the flat vector.
  func scalars(of rank: Int, _ slices: ParameterSlices) -> Range<Int> {
    let own = self.slices(of: rank)
    guard let first = own.first, let last = own.last else { return 0..<0 }
    return slices[first].lowerBound..<slices[last].upperBound
  }
}

extension TaskData {
  /// The data that a rank needs beside rank 0, which looks at all of them.
  ///
  /// A long text is read side by side in fixed slices, of which each part of a batch has its own: of
  /// the training text the stretch that the rank's parts read is kept in memory. Of lines and examples
  /// it may need any, since their order is drawn anew in each epoch.
  ///
  /// - Parameters:
  ///   - rank: the rank, of `ranks`
  ///   - training: how batches are made and cut into parts
  func kept(by rank: Int, of ranks: Int, training: TrainingConfiguration) -> TaskData {
    guard rank > 0, case .stream(let tokens) = train else { return self }
    let source = BatchSource(
      train, batch: training.batch, sequenceLength: training.sequenceLength, seed: 0,
      order: .asGiven, lineEnd: 0)
    let shares = RankShares(ranks: ranks, partCount: training.partCount, sliceCount: 0)
    let slices = shares.parts(of: rank).flatMap {
      training.sequences(ofPart: $0, of: min(training.batch, max(1, train.targetCount)))
    }
    let ranges = slices.compactMap { source.range(ofSlice: $0) }
    var task = self
    // The last target stands behind the last input.
    let end = ranges.last.map { $0.upperBound + 1 } ?? 0
    task.train = .stream(tokens.keeping((ranges.first?.lowerBound ?? end)..<end))
    return task
  }
}
