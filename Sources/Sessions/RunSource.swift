import Dashboard
import Runs
import TrainingEvents

/// Where a run's dashboard gets what it shows, and what it can ask there: another process that
/// serves its run, a log that is followed, a record that is played back.
package protocol RunSource: Sendable {
  /// Everything that is told; ends when nothing more can come.
  var news: AsyncStream<RunNews> { get }
  /// Whether something trains behind it, which can be asked to stop, and go away.
  var trains: Bool { get }
  /// Whether it is a record, whose steps can be gone through forwards and backwards.
  var isRecord: Bool { get }
  /// Asks for something. Answers come as news.
  func perform(_ command: TrainingCommand)
  /// Goes through a record faster or slower.
  func changeSpeed(faster: Bool)
}

/// What a source of a run tells.
package enum RunNews: Sendable {
  /// What goes on, several messages at a time.
  case told([RunMessage])
  /// The run as it was at one moment, in place of all that was told before.
  case moment(Replay.Jump)
  /// An answer for a few seconds.
  case answer(String)
}

extension DashboardState {
  mutating func apply(_ news: RunNews) {
    switch news {
    case .told(let messages): for message in messages { apply(message) }
    case .moment(let jump): self.jump(to: jump.history, events: jump.events)
    case .answer(let text): tell(text)
    }
  }
}

/// A run that another process serves on its socket.
extension RunConnection: RunSource {
  package var trains: Bool { true }
  package var isRecord: Bool { false }

  package var news: AsyncStream<RunNews> {
    let messages = messages
    return AsyncStream { continuation in
      let reading = Task {
        for await told in messages { continuation.yield(.told(told)) }
        continuation.finish()
      }
      continuation.onTermination = { _ in reading.cancel() }
    }
  }

  package func perform(_ command: TrainingCommand) { send(command) }

  package func changeSpeed(faster: Bool) {}
}

/// A log that another program writes, which is only read.
package struct FollowedSource: RunSource {
  package let news: AsyncStream<RunNews>
  private let answers: AsyncStream<RunNews>.Continuation

  package var trains: Bool { false }
  package var isRecord: Bool { false }

  package init(_ follower: RunFollower) {
    let (news, continuation) = AsyncStream.makeStream(of: RunNews.self)
    let events = follower.follow()
    let reading = Task {
      for await event in events { continuation.yield(.told([.event(event)])) }
      continuation.finish()
    }
    continuation.onTermination = { _ in reading.cancel() }
    (self.news, answers) = (news, continuation)
  }

  package func perform(_ command: TrainingCommand) {
    // What a panel wants to see is asked of every source; nobody pressed a key for it.
    if case .watch = command { return }
    refuse()
  }

  package func changeSpeed(faster: Bool) { refuse() }

  private func refuse() {
    answers.yield(
      .told([.event(.refused("this run is trained elsewhere: unfold only follows it"))]))
  }
}
