import RecurrentNetworks
import SequenceData

/// The ranks of a job that judge held-out data together: each takes some of the batches, and rank 0
/// gets what all found, in the order of the batches, with the figures of one process.
final class RankJudges {
  let channel: RankChannel

  init(_ group: RankGroup) {
    let health = RankHealth(group.ranks, own: group.communicator.rank)
    // Nobody knows how long a batch takes; a rank that is slow is not lost.
    health.note(step: .infinity)
    channel = RankChannel(group.communicator, health: health)
  }

  /// Whether this rank judges a batch.
  func isOwn(_ batch: Int) -> Bool { batch % channel.ranks == channel.rank }

  /// Brings what was found of each batch to rank 0.
  ///
  /// - Parameter results: of all batches in their order; nil for those of other ranks
  /// - Returns: all of them on rank 0, and this rank's own elsewhere or where another one is lost
  func gather<Result: Codable>(_ results: [Result?]) -> [Result] {
    let own = results.compactMap(\.self)
    guard let all = channel.collect(own) else { return own }
    return results.indices.compactMap { batch in
      let (rank, place) = (batch % channel.ranks, batch / channel.ranks)
      return all[rank].indices.contains(place) ? all[rank][place] : nil
    }
  }
}
