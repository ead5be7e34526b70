import RecurrentNetworks

/// What each rank tells all others of its step: what its parts lost, how long it computed and how
/// long it waited for others. A block of numbers for each rank, in one piece of memory.
final class RankReports {
  /// What one rank told of its newest step.
  struct Report: Equatable {
    /// Seconds of its own work, forward and back.
    var computed: Double
    /// Seconds that it waited for messages since the report before.
    var waited: Double
    /// Bytes that it sent to others since the report before.
    var sent: Double
    /// Whether somebody asked it to stop.
    var isAskedToStop: Bool
  }

  let base: UnsafeMutablePointer<Double>
  private let shares: RankShares
  private let rank: Int
  /// Seconds of waiting since the last report.
  var waited = 0.0
  /// Seconds of work since the last report.
  var computed = 0.0
  /// Whether this process was asked to stop.
  var isAskedToStop = false

  /// Bytes sent to other ranks since the last report.
  var sent = 0.0

  /// Numbers of a rank, and of a part.
  private static let (perRank, perPart) = (4, 4)

  init(_ shares: RankShares, rank: Int) {
    self.shares = shares
    self.rank = rank
    let count = Self.perRank * shares.ranks + Self.perPart * shares.partCount
    base = .allocate(capacity: count)
    base.initialize(repeating: 0, count: count)
  }

  deinit { base.deallocate() }

  /// A rank's block: its own four numbers, and four of each of its parts.
  func range(of rank: Int) -> Range<Int> {
    let parts = shares.parts(of: rank)
    let before = (0..<rank).reduce(0) { $0 + shares.parts(of: $1).count }
    let first = Self.perRank * rank + Self.perPart * before
    return first..<first + Self.perRank + Self.perPart * parts.count
  }

  /// Writes this rank's report: of its parts, and of the time since the last one.
  func put(_ parts: ArraySlice<Replica>) {
    let block = base + range(of: rank).lowerBound
    (block[0], block[1], block[2]) = (computed, waited, isAskedToStop ? 1 : 0)
    block[3] = sent
    (computed, waited, sent) = (0, 0, 0)
    var place = block + Self.perRank
    for part in parts {
      part.total.write(to: place)
      place += Self.perPart
    }
  }

  /// What a part of another rank lost.
  func total(of part: Int) -> LossTotal {
    for rank in 0..<shares.ranks where shares.parts(of: rank).contains(part) {
      let place =
        base + range(of: rank).lowerBound + Self.perRank
        + Self.perPart * (part - shares.parts(of: rank).lowerBound)
      return LossTotal(from: place)
    }
    return LossTotal()
  }

  /// Takes in that a rank told, otherwise than with a step, that it was asked to stop.
  func noteAskedToStop(_ rank: Int) { base[range(of: rank).lowerBound + 2] = 1 }

  /// How many ranks there are.
  var count: Int { shares.ranks }
  /// Whether any rank was asked to stop, as of the newest exchange.
  var isAnyAskedToStop: Bool { (0..<count).contains { self[$0].isAskedToStop } }

  /// What a rank told in the newest exchange.
  subscript(_ rank: Int) -> Report {
    let block = base + range(of: rank).lowerBound
    return Report(
      computed: block[0], waited: block[1], sent: block[3], isAskedToStop: block[2] != 0)
  }
}
