/// Memory that one rank sends to another, or receives from it.
public struct RankMessage {
  /// The rank at the other end.
  public var peer: Int
  /// Read from or written to until the exchange is over.
  public var base: UnsafeMutableRawPointer
  /// How much of it.
  public var bytes: Int

  public init(peer: Int, base: UnsafeMutableRawPointer, bytes: Int) {
    (self.peer, self.base, self.bytes) = (peer, base, bytes)
  }
}

/// Processes that train one network together, and the way their memory travels. Ranks are numbered
/// from 0; rank 0 leads: it alone decides, writes and talks to people.
///
/// All messages are sent and received on `thread`, so that an engine of messages need not lock.
public protocol Communicator: AnyObject, Sendable {
  /// This process's number.
  var rank: Int { get }
  /// How many there are.
  var size: Int { get }
  /// How many of them share this machine, this one among them.
  var neighbours: Int { get }
  /// The one thread that calls `exchange`.
  var thread: ThreadExecutor { get }

  /// Sends and receives all messages, and returns when each has arrived. Between two ranks messages
  /// arrive in the order in which they were sent.
  ///
  /// - Parameters:
  ///   - sending: messages to other ranks
  ///   - receiving: messages from other ranks
  ///   - isLost: asked now and then while messages are outstanding, with the seconds waited so far; a
  ///     failure that it returns ends the wait
  func exchange(
    sending: [RankMessage], receiving: [RankMessage], isLost: (Double) -> RankFailure?
  ) throws(RankFailure)
}

/// A rank that does not answer any more, which is the end of the job.
public struct RankFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// Which one; nil where nobody can tell.
  public var rank: Int?
  /// The machine that it ran on.
  public var host: String?
  /// What is known of why.
  public var reason: String

  /// The kind of the warning that tells of it.
  public static let kind = "rank"

  public init(rank: Int? = nil, host: String? = nil, reason: String) {
    (self.rank, self.host, self.reason) = (rank, host, reason)
  }

  public var description: String {
    let who = rank.map { "rank \($0)" } ?? "a rank"
    return who + (host.map { " on \($0)" } ?? "") + ": " + reason
  }
}
