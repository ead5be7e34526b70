import Runs
import TrainingEvents

/// Where a run's dashboard gets what it shows, and what it can ask there: another process that
/// serves its run, a started job, a log that is followed.
package protocol RunSource: Sendable {
  /// Everything that is told, several messages at a time; ends when nothing more can come.
  var messages: AsyncStream<[RunMessage]> { get }
  /// Asks for something. Answers come as messages.
  func perform(_ command: TrainingCommand)
}

/// A run that another process serves on its socket.
extension RunConnection: RunSource {
  package func perform(_ command: TrainingCommand) { send(command) }
}

/// A log that another program writes, which is only read.
package struct FollowedSource: RunSource {
  private let follower: RunFollower

  package init(_ follower: RunFollower) { self.follower = follower }

  package var messages: AsyncStream<[RunMessage]> {
    let events = follower.follow()
    return AsyncStream { continuation in
      continuation.yield([.hello(.none)])
      let reading = Task {
        for await event in events { continuation.yield([.event(event)]) }
        continuation.finish()
      }
      continuation.onTermination = { _ in reading.cancel() }
    }
  }

  package func perform(_ command: TrainingCommand) {}
}
