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
  let communicator: any Communicator
  let shares: RankShares
  /// Parts that this rank computes, and slices that it updates.
  let ownParts: Range<Int>
  let ownSlices: Range<Int>
  /// What every rank tells of its step.
  let reports: RankReports
  /// Tells whether a peer that is waited for is gone.
  var health: RankHealth?
  /// Why nothing can be exchanged any more; nil while all is well.
  private(set) var failure: RankFailure?
  /// Whether rank 0 has the sum of all gradients of the newest step, rather than its slices of it.
  private(set) var isGradientWhole = true

  private let slices: ParameterSlices
  private let gradients: Plan
  private let squares: Plan
  private let weights: Plan
  private let gradient: Plan
  /// An instruction's code, and the bytes of what follows it.
  let header: UnsafeMutablePointer<Int64>
  let instructing: Plan
  private let clock = TrainingClock()

  /// Messages of one exchange.
  struct Plan {
    var sending: [RankMessage] = []
    var receiving: [RankMessage] = []
    /// Bytes that leave this rank.
    var bytes: Int { sending.reduce(0) { $0 + $1.bytes } }
  }

  init(
    _ communicator: any Communicator, shares: RankShares, slices: ParameterSlices,
    parts: [Replica], tree: ReductionTree, parameters: ParameterVector<Float>,
    squares: UnsafeMutablePointer<Double>
  ) {
    self.communicator = communicator
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
    header = .allocate(capacity: 2)
    header.initialize(repeating: 0, count: 2)
    instructing = everybody.broadcast(header, 0..<1)
  }

  deinit { header.deallocate() }

  // MARK: A step

  /// Brings each part's gradient of the own slices here, and what all ranks report.
  func shareGradients(_ parts: [Replica]) -> Bool {
    reports.put(parts[ownParts])
    isGradientWhole = false
    guard performInStep(gradients) else { return false }
    for rank in 0..<shares.ranks where rank != communicator.rank {
      for index in shares.parts(of: rank) { parts[index].take(reports.total(of: index)) }
    }
    return true
  }

  /// Σ x² of every slice, to everybody.
  func shareSquares() -> Bool { performInStep(squares) }

  /// The sum of all gradients, to everybody: for what needs it whole.
  func shareGradientSum() -> Bool {
    guard !isGradientWhole else { return true }
    isGradientWhole = perform(gradient)
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
      let message = RankMessage(vector.base, range, with: communicator.rank == 0 ? rank : 0)
      if communicator.rank == 0 { plan.receiving.append(message) }
      if communicator.rank == rank { plan.sending.append(message) }
    }
    return perform(plan)
  }

  /// What parts carry from batch to batch, to rank 0.
  func collectStates(_ states: [CarriedState<Float>]) -> Bool {
    var plan = Plan()
    for rank in 1..<shares.ranks where !states.isEmpty {
      for index in shares.parts(of: rank) {
        let values = states[index].values
        let message = RankMessage(
          values.base, 0..<values.rows * values.columns,
          with: communicator.rank == 0 ? rank : 0)
        if communicator.rank == 0 { plan.receiving.append(message) }
        if communicator.rank == rank { plan.sending.append(message) }
      }
    }
    return perform(plan)
  }

  /// Memory that rank 0 has, to everybody.
  func distribute(_ base: UnsafeMutableRawPointer, bytes: Int) -> Bool {
    guard bytes > 0 else { return true }
    return perform(
      Plan.Maker(communicator, shares).broadcast(
        base.assumingMemoryBound(to: UInt8.self), 0..<bytes))
  }

  /// - Returns: whether all arrived; once something did not, nothing does.
  func perform(_ plan: Plan) -> Bool {
    guard failure == nil else { return false }
    do {
      try communicator.exchange(sending: plan.sending, receiving: plan.receiving) { waited in
        health?.failure(waited: waited, messages: plan.receiving + plan.sending)
      }
    } catch {
      // A message that failed does not say whose fault it was; the table of processes may.
      failure = error.rank == nil ? health?.failure(waited: 0, messages: []) ?? error : error
      return false
    }
    return true
  }

  /// The same, and counts how long it took and what was sent.
  private func performInStep(_ plan: Plan) -> Bool {
    let began = clock.now
    defer { reports.waited += clock.now - began }
    reports.sent += Double(plan.bytes)
    return perform(plan)
  }
}

extension RankMessage {
  /// A range of a vector.
  init<Scalar>(_ base: UnsafeMutablePointer<Scalar>, _ range: Range<Int>, with peer: Int) {
    self.init(
      peer: peer, base: UnsafeMutableRawPointer(base + range.lowerBound),
      bytes: range.count * MemoryLayout<Scalar>.stride)
  }
}
