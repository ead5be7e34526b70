import Foundation
import Synchronization
import Training

/// Ranks that are threads of one process: what one sends is copied and waits until the other takes it.
final class LoopbackCommunicator: Communicator {
  let rank: Int
  let size: Int
  var neighbours: Int { size }
  let thread: ThreadExecutor
  private let post: Post

  /// Messages on their way, and ranks that are gone.
  final class Post: Sendable {
    struct Way: Hashable {
      var from: Int
      var to: Int
    }
    struct State {
      var messages: [Way: [[UInt8]]] = [:]
      var gone: Set<Int> = []
    }
    let state = Mutex(State())
  }

  init(rank: Int, size: Int, post: Post) {
    (self.rank, self.size, self.post) = (rank, size, post)
    thread = ThreadExecutor(label: "rank \(rank)")
  }

  /// As many as there shall be, joined.
  static func job(of size: Int) -> [LoopbackCommunicator] {
    let post = Post()
    return (0..<size).map { LoopbackCommunicator(rank: $0, size: size, post: post) }
  }

  /// From now on this rank neither sends nor receives, as if its process had ended.
  func die() { post.state.withLock { _ = $0.gone.insert(rank) } }

  func exchange(
    sending: [RankMessage], receiving: [RankMessage], isLost: (Double) -> RankFailure?
  ) throws(RankFailure) {
    let isGone = post.state.withLock { state in
      guard !state.gone.contains(rank) else { return true }
      for message in sending {
        let bytes = Array(UnsafeRawBufferPointer(start: message.base, count: message.bytes))
        state.messages[.init(from: rank, to: message.peer), default: []].append(bytes)
      }
      return false
    }
    if isGone { throw RankFailure(rank: rank, reason: "it is gone") }
    for message in receiving {
      let way = Post.Way(from: message.peer, to: rank)
      while true {
        let (bytes, isLost) = post.state.withLock { state -> ([UInt8]?, Bool) in
          if state.messages[way]?.isEmpty == false {
            return (state.messages[way]?.removeFirst(), false)
          }
          return (nil, state.gone.contains(message.peer) || state.gone.contains(rank))
        }
        if isLost { throw RankFailure(rank: message.peer, reason: "it is gone") }
        guard let bytes else {
          usleep(20)
          continue
        }
        precondition(bytes.count == message.bytes, "messages are laid out alike on both ends")
        message.base.copyMemory(from: bytes, byteCount: bytes.count)
        break
      }
    }
  }
}
