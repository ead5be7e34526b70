import LinearAlgebra
import RecurrentNetworks

/// What the ranks of a job tell each other in a step: each one's gradients, summed over branches of the
/// tree of parts, slice by slice to the rank that updates the slice; squared lengths; and the new weights,
/// to everybody.
///
/// The rank that has a slice receives it from every branch and adds up the tree, as one process does: however many ranks there are, a sum comes out the same to the last bit. Moments of a
/// slice live on the rank that updates it, and nowhere else.
///
/// All messages are laid out once: a step allocates nothing.
final class RankExchange {
  let channel: RankChannel
  let shares: RankShares
  /// Parts that this rank computes, and slices that it updates.
  let ownParts: Range<Int>
  let ownSlices: Range<Int>
  /// What every rank tells of its step.
  let reports: RankReports
  /// Whether rank 0 has the sum of all gradients of the newest step, rather than its slices of it.
  private(set) var isGradientWhole = true

  private let slices: ParameterSlices
  private let gradients: Plan
  private let squares: Plan
  private let weights: Plan
  private let gradient: Plan
  let instructing: Plan
  private let clock = TrainingClock()

  typealias Plan = RankChannel.Plan

  init(
    _ communicator: any Communicator, shares: RankShares, slices: ParameterSlices,
    parts: [Replica], tree: ReductionTree, parameters: ParameterVector<Float>,
    squares: UnsafeMutablePointer<Double>
  ) {
    channel = RankChannel(communicator)
    self.shares = shares
    self.slices = slices
    (ownParts, ownSlices) = (
      shares.parts(of: communicator.rank), shares.slices(of: communicator.rank)
    )
    reports = RankReports(shares, rank: communicator.rank)
    let everybody = Plan.Maker(communicator, shares)
    gradients = everybody.reduceScatter(
      parts.map { $0.gradient.base }, tree, slices, with: reports)
    self.squares = everybody.allGather { rank in (squares, shares.slices(of: rank)) }
    weights = everybody.allGather { rank in
      (parameters.base, shares.scalars(of: rank, slices))
    }
    gradient = everybody.allGather { rank in
      (parts[0].gradient.base, shares.scalars(of: rank, slices))
    }
    instructing = channel.broadcast(channel.header, 0..<1)
  }

  // MARK: A step

  /// Brings each part's gradient of the own slices here, and what all ranks report.
  func shareGradients(_ parts: [Replica]) -> Bool {
    reports.put(parts[ownParts])
    isGradientWhole = false
    guard performInStep(gradients) else { return false }
    for rank in 0..<shares.ranks where rank != channel.rank {
      for index in shares.parts(of: rank) { parts[index].take(reports.total(of: index)) }
    }
    return true
  }

  /// Σ x² of every slice, to everybody.
  func shareSquares() -> Bool { performInStep(squares) }

  /// The sum of all gradients, to everybody: for what needs it whole.
  func shareGradientSum() -> Bool {
    guard !isGradientWhole else { return true }
    isGradientWhole = channel.perform(gradient)
    return isGradientWhole
  }

  /// The new weights, to everybody.
  func shareWeights() -> Bool { performInStep(weights) }

  // MARK: Between steps

  /// Everybody's slices of a vector, such as the moments, to rank 0.
  func collect(_ vector: ParameterVector<Float>) -> Bool {
    var plan = Plan()
    for rank in 1..<shares.ranks {
      let range = shares.scalars(of: rank, slices)
      guard !range.isEmpty else { continue }
      let message = RankMessage(vector.base, range, with: channel.rank == 0 ? rank : 0)
      if channel.rank == 0 { plan.receiving.append(message) }
      if channel.rank == rank { plan.sending.append(message) }
    }
    return channel.perform(plan)
  }

  /// What parts carry from batch to batch, to rank 0.
  func collectStates(_ states: [CarriedState<Float>]) -> Bool {
    var plan = Plan()
    for rank in 1..<shares.ranks where !states.isEmpty {
      for index in shares.parts(of: rank) {
        let values = states[index].values
        let message = RankMessage(
          values.base, 0..<values.rows * values.columns,
          with: channel.rank == 0 ? rank : 0)
        if channel.rank == 0 { plan.receiving.append(message) }
        if channel.rank == rank { plan.sending.append(message) }
      }
    }
    return channel.perform(plan)
  }

  /// Exchanges, and counts how long it took and what was sent.
  private func performInStep(_ plan: Plan) -> Bool {
    let began = clock.now
    defer { reports.waited += clock.now - began }
    reports.sent += Double(plan.bytes)
    return channel.perform(plan)
  }
}
