import Foundation
import SequenceData

/// Ranks that found out, before anything began, that they cannot train together.
public struct RankDisagreement: Error, CustomStringConvertible {
  /// What keeps them from it, for rank 0 to say.
  public var description: String
}

/// The ranks of a job that agreed on what they train.
public struct RankGroup: Sendable {
  /// How their memory travels.
  public let communicator: any Communicator
  /// All of them.
  public let ranks: [RankIdentity]

  /// What a person should know of a preset that so many ranks train; nil where all have work.
  public func note(of preset: Preset) -> String? {
    let parts = preset.training.partCount
    let idle = ranks.count - parts
    guard idle > 0 else { return nil }
    return "training.parts: \(parts): of \(ranks.count) ranks \(idle) "
      + "\(idle == 1 ? "has" : "have") no part of a batch; --set training.parts=\(ranks.count) gives "
      + "each one, and rounds otherwise"
  }

  /// Bytes of an identity: a problem's text is cut to fit.
  private static let longest = 2048

  /// Compares what all ranks are about to train. Every rank must call this, those that cannot train,
  /// too.
  ///
  /// - Throws: `RankDisagreement` on every rank where one of them cannot or trains something else
  public static func agree(
    _ communicator: any Communicator, on own: RankIdentity
  ) throws(RankDisagreement) -> RankGroup {
    let answer: Result<[RankIdentity], RankFailure> = communicator.thread.sync {
      do throws(RankFailure) {
        return .success(try exchange(own, communicator))
      } catch {
        return .failure(error)
      }
    }
    switch answer {
    case .failure(let failure): throw RankDisagreement(description: "\(failure)")
    case .success(let ranks):
      if let problem = RankIdentity.disagreement(ranks) {
        throw RankDisagreement(description: problem)
      }
      return RankGroup(communicator: communicator, ranks: ranks)
    }
  }

  /// Compares a preset and its data.
  public static func agree(
    _ communicator: any Communicator, on preset: Preset, _ task: TaskData
  ) throws(RankDisagreement) -> RankGroup {
    try agree(communicator, on: RankIdentity(preset: preset, task: task))
  }

  private static func exchange(
    _ own: RankIdentity, _ communicator: any Communicator
  ) throws(RankFailure) -> [RankIdentity] {
    var own = own
    own.problem = own.problem.map { String($0.prefix(400)) }
    let blocks = UnsafeMutableRawPointer.allocate(
      byteCount: longest * communicator.size, alignment: 16)
    defer { blocks.deallocate() }
    blocks.initializeMemory(as: UInt8.self, repeating: 0x20, count: longest * communicator.size)
    let text = (try? JSONEncoder().encode(own)) ?? Data()
    let mine = UnsafeMutableRawBufferPointer(
      start: blocks + communicator.rank * longest, count: longest)
    mine.copyBytes(from: text.prefix(longest))
    let others = (0..<communicator.size).filter { $0 != communicator.rank }
    try communicator.exchange(
      sending: others.map {
        RankMessage(peer: $0, base: blocks + communicator.rank * longest, bytes: longest)
      },
      receiving: others.map {
        RankMessage(peer: $0, base: blocks + $0 * longest, bytes: longest)
      },
      isLost: { _ in nil })
    var ranks: [RankIdentity] = []
    for rank in 0..<communicator.size {
      let bytes = Data(bytes: blocks + rank * longest, count: longest)
      guard let identity = try? JSONDecoder().decode(RankIdentity.self, from: bytes) else {
        throw RankFailure(rank: rank, reason: "it runs another version of the program")
      }
      ranks.append(identity)
    }
    return ranks
  }
}
