import Dashboard
import Runs
import TrainingEvents

/// Where a run's dashboard gets what it shows, and what it can ask there: the engine of this process,
/// another process that serves its run, a log that is followed, a record that is played back.
package protocol RunSource: Sendable {
  /// Whether something trains behind it, which can be asked to stop, and go away.
  var trains: Bool { get }
  /// Whether it is a record, whose steps can be gone through forwards and backwards.
  var isRecord: Bool { get }
  /// The run where this process trains it: it ends with this process, and has to be saved before.
  var own: LiveRun? { get }
  /// Tells everything, one piece after the other as fast as the receiver takes it; returns when
  /// nothing more can come. Called once.
  func tell(to receive: @escaping @Sendable (RunNews) async -> Void) async
  /// Asks for something. Answers come as news.
  func perform(_ command: TrainingCommand) async
  /// Goes through a run that has ended.
  func playBack(_ command: TrainingCommand) async
  /// Goes through a record faster or slower.
  func changeSpeed(faster: Bool) async
}

extension RunSource {
  package var trains: Bool { false }
  package var isRecord: Bool { false }
  package var own: LiveRun? { nil }
  package func playBack(_ command: TrainingCommand) async { await perform(command) }
  package func changeSpeed(faster: Bool) async {}
}

/// What a source of a run tells.
package enum RunNews: Sendable {
  /// What goes on, several messages at a time.
  case told([RunMessage])
  /// The run as it was at one moment, in place of all that was told before.
  case moment(Replay.Jump)
  /// The curves of a resumed run up to where it goes on.
  case goneOn(from: RunHistory)
  /// An answer for a few seconds.
  case answer(String)
  /// A line for the log.
  case noted(String)
  /// What the second of two networks tells, which train side by side.
  case companion(TrainingEvent)
  /// An earlier run, to be drawn under this one's curves.
  case earlier(name: String, RunHistory)
  /// Whether what comes is played back from the record from now on.
  case playing(Bool)
  /// A snapshot to be written, which lacks only what the dashboard has: curves and the screen.
  case checkpoint(SnapshotContents)
  /// The run could not be saved before its end, for a reason; what is to be done is a person's wish.
  case unsaved(reason: String)
  /// The run leaves the screen, for good or to be come back to.
  case left(NextAct, forGood: Bool)
}

extension DashboardState {
  mutating func apply(_ news: RunNews) {
    switch news {
    case .told(let messages): for message in messages { apply(message) }
    case .moment(let jump): self.jump(to: jump.history, events: jump.events)
    case .goneOn(let history): jump(to: history, events: [])
    case .answer(let text): tell(text)
    case .noted(let line): log(line)
    case .companion(let event): if !companions.isEmpty { companions[0].apply(event) }
    case .earlier(let name, let history): addComparison(name: name, history: history)
    case .playing(let isPlaying): isReplaying = isPlaying
    case .unsaved(let reason): askAboutUnsaved(reason)
    case .checkpoint, .left: break
    }
  }
}

/// A run that another process serves on its socket.
extension RunConnection: RunSource {
  package var trains: Bool { true }

  package func tell(to receive: @escaping @Sendable (RunNews) async -> Void) async {
    for await messages in messages { await receive(.told(messages)) }
  }

  package func perform(_ command: TrainingCommand) { send(command) }
}

/// A log that another program writes, which is only read.
package struct FollowedSource: RunSource {
  private let follower: RunFollower
  private let answers = AsyncStream.makeStream(of: RunNews.self)
  /// What a record of our own has of past steps; nil for another program's log.
  private let recorded: RecordedFrames?

  package init(_ follower: RunFollower) {
    self.follower = follower
    recorded = follower.isRecord ? RecordedFrames(follower.path) : nil
  }

  package func tell(to receive: @escaping @Sendable (RunNews) async -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for await answer in answers.stream { await receive(answer) } }
      for await event in follower.follow() { await receive(.told([.event(event)])) }
      group.cancelAll()
    }
  }

  package func perform(_ command: TrainingCommand) {
    // What a panel wants to see is asked of every source; nobody pressed a key for it.
    guard case .watch(let request) = command else { return refuse() }
    guard let step = request.pastStep, let recorded else { return }
    Task.detached { [answers] in
      answers.continuation.yield(.told([.past(recorded.past(step: step))]))
    }
  }

  package func changeSpeed(faster: Bool) { refuse() }

  private func refuse() {
    answers.continuation.yield(
      .told([.event(.refused("this run is trained elsewhere: unfold only follows it"))]))
  }
}
