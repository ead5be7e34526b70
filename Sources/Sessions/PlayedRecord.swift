import Dispatch
import Runs
import Synchronization
import TerminalGraphics
import TrainingEvents

/// A run played back from its record: the keys of training go through its steps.
struct PlayedRecord: Sendable {
  private var replay: Replay
  /// Whether the run's end was told; it is told once, and nothing goes on behind it.
  private var hasToldEnd = false
  /// Whether time goes backwards.
  private var isRewinding = false
  /// Why a command cannot be carried out where nothing trains.
  private let refusal: String

  /// Seconds in which the whole run passes unless a speed was asked for.
  private static let length = 40.0

  /// - Parameters:
  ///   - replay: stands where it is until `perform` plays it
  ///   - speed: seconds of the run that pass in one; nil for all of it in 40 s
  init(_ replay: Replay, speed: Double? = nil, refusal: String) {
    self.replay = replay
    self.refusal = refusal
    self.replay.setSpeed(speed ?? max(replay.duration, 0.01) / Self.length)
    self.replay.pause()
  }

  /// Whether everything in the record was told, the run's end too.
  var isAtEnd: Bool { replay.isFinished && hasToldEnd }

  /// Goes to the record's end: what a person who opens it sees first.
  mutating func end() -> [RunNews] {
    attempt { (played: inout PlayedRecord) throws(RunError) in
      try played.moment { (replay: inout Replay) throws(RunError) in
        try replay.jump(to: replay.duration)
      }
    }
  }

  /// Does what a key of training asks for.
  /// - Returns: what is to be shown
  mutating func perform(_ command: TrainingCommand) -> [RunNews] {
    if case .watch(let request) = command {
      // What a panel wants to see is asked of every source; nobody pressed a key for it.
      return request.pastStep.map { [.told([.past(replay.past(step: $0))])] } ?? []
    }
    let wasRewinding = isRewinding
    isRewinding = false
    return attempt { (played: inout PlayedRecord) throws(RunError) in
      switch command {
      case .rewind:
        guard !wasRewinding, played.replay.position > 0 else { return played.pause() }
        played.replay.pause()
        (played.isRewinding, played.hasToldEnd) = (true, false)
        return [.told([.event(.state(.training))])]
      case .resume:
        let start = played.replay.isFinished ? try played.beginning() : []
        played.replay.play()
        return start + [.told([.event(.state(.training))])]
      case .pause: return played.pause()
      case .step(let count):
        let start = played.replay.isFinished ? try played.beginning() : []
        played.replay.pause()
        return start + played.told(try played.replay.advance(steps: count)) + played.pause()
      case .run(until: .step(let step)) where step >= played.replay.run.history.steps.last ?? 0:
        return try played.moment { (replay: inout Replay) throws(RunError) in
          try replay.jump(to: replay.duration)
        }
      case .run(until: .step(let step)):
        return try played.moment { (replay: inout Replay) throws(RunError) in
          try replay.jump(toStep: max(0, step))
        }
      case .restart: return try played.beginning()
      default: return [.told([.event(.refused(played.refusal))])]
      }
    }
  }

  /// Goes through the record faster or slower.
  mutating func changeSpeed(faster: Bool) -> [RunNews] {
    replay.setSpeed(replay.speed * (faster ? 2 : 0.5))
    return [.answer("\(NumberText.brief(replay.speed, 3)) seconds of the run pass in one")]
  }

  /// Lets time pass.
  mutating func advance(by seconds: Double) -> [RunNews] {
    if isRewinding { return rewind(by: seconds) }
    guard replay.isPlaying else { return [] }
    return attempt { (played: inout PlayedRecord) throws(RunError) in
      let news = played.told(try played.replay.advance(by: seconds))
      // A run that was killed has no end in its record.
      return played.replay.isFinished ? news + played.pause() : news
    }
  }

  // MARK: Parts of these

  private mutating func rewind(by seconds: Double) -> [RunNews] {
    let target = replay.position - max(0, seconds) * replay.speed
    isRewinding = target > 0
    return attempt { (played: inout PlayedRecord) throws(RunError) in
      let news = try played.moment { (replay: inout Replay) throws(RunError) in
        try replay.jump(to: max(0, target))
      }
      guard target > 0 else { return news }
      played.hasToldEnd = false
      return news.filter(\.isMoment) + [.told([.event(.state(.training))])]
    }
  }

  private mutating func beginning() throws(RunError) -> [RunNews] {
    try moment { (replay: inout Replay) throws(RunError) in try replay.jump(to: 0) }
  }

  /// Stands at another moment.
  private mutating func moment(
    _ jump: (inout Replay) throws(RunError) -> Replay.Jump
  ) throws(RunError) -> [RunNews] {
    replay.pause()
    let moment = try jump(&replay)
    hasToldEnd = moment.events.contains(where: \.isEnd)
    return [.moment(moment)] + pause()
  }

  private mutating func pause() -> [RunNews] {
    replay.pause()
    return hasToldEnd ? [] : [.told([.event(.state(.paused))])]
  }

  /// States of the record are the run's; whether the replay goes on is a person's.
  private mutating func told(_ events: [TrainingEvent]) -> [RunNews] {
    if events.contains(where: \.isEnd) { hasToldEnd = true }
    let messages = events.filter { !$0.isState }.map(RunMessage.event)
    return messages.isEmpty ? [] : [.told(messages)]
  }

  private mutating func attempt(
    _ body: (inout PlayedRecord) throws(RunError) -> [RunNews]
  ) -> [RunNews] {
    do throws(RunError) {
      return try body(&self)
    } catch {
      return pause()
        + [.told([.event(.refused("the record cannot be read on: \(error)"))])]
    }
  }
}

extension TrainingEvent {
  fileprivate var isEnd: Bool { if case .finished = self { true } else { false } }
  fileprivate var isState: Bool { if case .state = self { true } else { false } }
}

extension RunNews {
  fileprivate var isMoment: Bool { if case .moment = self { true } else { false } }
}

/// A record that a person opened to look at: it keeps the time by itself.
package final class RecordedSource: RunSource {
  private let news: AsyncStream<RunNews>
  private let continuation: AsyncStream<RunNews>.Continuation
  private let played: Mutex<PlayedRecord>

  package var isRecord: Bool { true }

  /// Seconds between looks at the clock.
  private static let interval = 0.1

  /// Opens at the run's end, or plays from a step or the beginning on.
  ///
  /// - Parameters:
  ///   - speed: seconds of the run that pass in one; nil for all of it in 40 s
  ///   - step: where to begin to play
  package init(_ replay: Replay, speed: Double? = nil, from step: Int? = nil) {
    (news, continuation) = AsyncStream.makeStream(of: RunNews.self)
    var played = PlayedRecord(
      replay, speed: speed, refusal: "this is a replay: nothing is being trained")
    var opening: [RunNews] = []
    if let step {
      opening = played.perform(.run(until: .step(step))) + played.perform(.resume)
    } else if speed != nil {
      opening = played.perform(.restart) + played.perform(.resume)
    } else {
      opening = played.end()
    }
    self.played = Mutex(played)
    for news in opening { continuation.yield(news) }
    let ticking = Task { [weak self] in
      var last = DispatchTime.now().uptimeNanoseconds
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(Self.interval))
        let now = DispatchTime.now().uptimeNanoseconds
        self?.tell { $0.advance(by: Double(now - last) * 1e-9) }
        last = now
      }
    }
    continuation.onTermination = { _ in ticking.cancel() }
  }

  deinit { continuation.finish() }

  package func tell(to receive: @escaping @Sendable (RunNews) async -> Void) async {
    for await piece in news { await receive(piece) }
  }

  package func perform(_ command: TrainingCommand) { tell { $0.perform(command) } }

  package func changeSpeed(faster: Bool) { tell { $0.changeSpeed(faster: faster) } }

  /// Tells what a change of the record's place brings, in the order of the changes.
  private func tell(_ body: (inout PlayedRecord) -> [RunNews]) {
    played.withLock { played in
      for news in body(&played) { continuation.yield(news) }
    }
  }
}
