import Foundation
import Glibc
import Synchronization

/// Who the ranks of a job are, and which of them are gone.
final class RankHealth: Sendable {
  /// All ranks, in their order.
  let ranks: [RankIdentity]
  private let own: Int
  /// Seconds that a rank on another machine may take longer than ever before.
  private static let patience = 10.0
  private let longest = Mutex(0.0)

  init(_ ranks: [RankIdentity], own: Int) {
    (self.ranks, self.own) = (ranks, own)
  }

  /// Remembers how long a step took, so that a slow network is not taken for a dead rank.
  func note(step seconds: Double) {
    longest.withLock { $0 = max($0, seconds) }
  }

  /// Which rank is gone: of the processes of this machine the system knows, and of others that they
  /// have not answered for much longer than a step takes.
  ///
  /// - Parameter waited: seconds that messages have been outstanding
  func failure(waited: Double, messages: [RankMessage]) -> RankFailure? {
    if let gone = ranks.indices.first(where: { isGone($0) }) {
      return RankFailure(
        rank: gone, host: ranks[gone].host,
        reason: "its process \(ranks[gone].process) is gone")
    }
    // A rank that leads may pause for as long as it likes; those that follow answer at once.
    guard own == 0, waited > max(Self.patience, 10 * longest.withLock { $0 }),
      let silent = messages.map(\.peer).first(where: { !isNeighbour($0) })
    else { return nil }
    return RankFailure(
      rank: silent, host: ranks[silent].host,
      reason: "it has not answered for \(Int(waited)) seconds")
  }

  /// Whether a rank's process has ended, as far as this machine knows.
  func isGone(_ rank: Int) -> Bool {
    rank != own && isNeighbour(rank) && Self.hasEnded(ranks[rank].process)
  }

  /// Whether a process runs no more, also while whoever started it has not yet asked how it ended: from
  /// then on a launcher may end the others before they can say a word.
  static func hasEnded(_ process: Int32) -> Bool {
    guard kill(process, 0) == 0 else { return errno == ESRCH }
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return false }
    // After the name comes the state: Z is a zombie, X is dead.
    return text[end...].dropFirst(2).first.map { "ZX".contains($0) } ?? false
  }

  /// Whether this is the first rank that is still there: of several that notice, it says so.
  var isFirstLeft: Bool { (0..<own).allSatisfy(isGone) }

  private func isNeighbour(_ rank: Int) -> Bool { ranks[rank].machine == ranks[own].machine }
}
