import RecurrentNetworks

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
