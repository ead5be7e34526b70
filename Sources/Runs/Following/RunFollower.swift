import TrainingEvents

/// Follows a run that another process is writing: our own record, or a log of any of the kinds that
/// other programs write. Torn ends wait until they are whole; a file that starts over is a seam.
///
/// It reads when it is asked to and never waits, except for nothing: `follow` asks at intervals.
public struct RunFollower: Sendable {
  private enum Source: Sendable {
    case record(FollowedRecord)
    case log(any ForeignLog)
  }

  private var source: Source
  /// Nil for a record of our own, and for standard input, which cannot be read twice.
  private let place: LogPlace?
  private var run = ForeignRun()
  private let name: String
  /// Another program raises no alerts; our own record holds those that were raised, if it is not of
  /// an earlier version.
  private var watch = AlertWatch()
  private var missingAlerts = MissingAlerts()
  private var hasBegun = false
  /// Whether the other program said that it ended.
  private var hasFinished = false
  private var isSilent = false
  /// Whether the last look took as much as it may, so that more is there already.
  public private(set) var isBehind = false

  /// Whether it is a record of our own.
  public var isRecord: Bool { if case .record = source { true } else { false } }

  /// What is read: a description for messages.
  public let path: String

  /// - Parameter path: a run's directory or record; another program's log (lines of JSON, a table,
  ///   a JSON document, an event file, a `.wandb` file) or a directory of it; or `-` for lines on
  ///   standard input. A file that is not there yet is waited for; its directory must exist.
  /// - Throws: `RunError` when the path cannot lead to any of these.
  public init(_ path: String) throws(RunError) {
    self.path = path
    name = path == "-" ? "standard input" : FileTree.name(of: path)
    guard path != "-" else {
      place = nil
      source = .log(FollowedLines(standardInput: ()))
      return
    }
    let place = try LogPlace.find(path)
    if let log = place.log {
      self.place = place
      source = .log(log)
    } else {
      self.place = nil
      source = .record(
        FileTree.isDirectory(path) ? FollowedRecord(ofRun: path) : FollowedRecord(path))
    }
  }

  /// Follows a log that is open already, for tests.
  init(_ log: some ForeignLog, name: String) {
    path = name
    self.name = name
    place = nil
    source = .log(log)
  }

  /// Whether nothing more can come: standard input was closed, or the run said that it ended.
  public var isAtEnd: Bool {
    switch source {
    case .record(let record): record.isFinished
    case .log(let log): log.isAtEnd && !isBehind
    }
  }

  /// What happened since the last call; none when nothing did.
  ///
  /// - Throws: `RunError` when reading fails for good.
  public mutating func poll() throws(RunError) -> [TrainingEvent] {
    switch source {
    case .record(var record):
      let events = try record.poll()
      source = .record(record)
      return begun(missingAlerts.completing(events))
    case .log(var log):
      // The log has one owner while it reads, so that nothing it holds is copied.
      source = .log(NoLog())
      defer { source = .log(log) }
      let count = try log.read(into: &run)
      isBehind = count >= type(of: log).most
      let events = try drain(&log)
      return events + news(of: log, hasRead: count > 0)
    }
  }

  /// Seconds after which a log that does not grow may have ended.
  static let silence = 600.0

  /// Whether the other program still writes, as far as its log tells.
  private mutating func news(of log: any ForeignLog, hasRead: Bool) -> [TrainingEvent] {
    guard hasBegun, !hasFinished else { return [] }
    let age = log.modified.map { WallClock.now - $0 } ?? 0
    let isSilent = !hasRead && (age > Self.silence || log.isAtEnd && !isBehind)
    guard isSilent != self.isSilent else { return [] }
    self.isSilent = isSilent
    return [.state(isSilent ? .silent : .following)]
  }

  /// Takes what stands behind the last whole line, when nobody waits for its rest.
  mutating func finish() throws(RunError) -> [TrainingEvent] {
    guard case .log(var log) = source else { return [] }
    log.finish(into: &run)
    source = .log(log)
    return begun(run.drain())
  }

  private mutating func drain(_ log: inout any ForeignLog) throws(RunError) -> [TrainingEvent] {
    var events = run.drain()
    // A truer reading of what was told already begins at the beginning.
    for _ in 0..<4 {
      guard run.isMistaken, let again = place?.log else { break }
      let knowledge = run.nextKnowledge
      log = again
      run = ForeignRun(knowing: knowledge)
      hasBegun = false
      isBehind = try log.read(into: &run) >= type(of: log).most
      events = run.drain()
    }
    return begun(events)
  }

  private mutating func begun(_ events: [TrainingEvent]) -> [TrainingEvent] {
    var events = events
    if !hasBegun, !events.isEmpty {
      hasBegun = true
      if !events.contains(where: \.isBeginning) {
        events.insert(contentsOf: [.started(description), .state(.following)], at: 0)
      }
    }
    if case .record = source {
    } else {
      if events.contains(where: { if case .finished = $0 { true } else { false } }) {
        hasFinished = true
      }
      events = events.flatMap { [$0] + watch.observe($0) }
    }
    return Self.newestFrames(events)
  }

  /// What is known of a run that does not describe itself.
  private var description: RunDescription {
    RunDescription(
      name: name, title: "Following \(name)", lecture: "", task: .languageModel, network: "",
      parameterCount: 0, optimizer: "", totalSteps: nil, clipNorm: nil, learningRate: nil,
      lossUnit: .unknown, lossName: run.lossName, targetName: "target", architecture: nil)
  }

  /// Of frames that came at once, only the newest of each kind is worth drawing, but for those that
  /// are drawn over training.
  private static func newestFrames(_ events: [TrainingEvent]) -> [TrainingEvent] {
    var seen: Set<ProbeFrame.Kind> = []
    let kept = events.reversed().filter { event in
      guard case .frame(let frame) = event else { return true }
      return seen.insert(frame.kind).inserted || frame.isKeptOverTraining
    }
    return kept.reversed()
  }
}

/// Stands in a follower's place of a log while that is read.
private struct NoLog: ForeignLog {
  mutating func read(into run: inout ForeignRun) throws(RunError) -> Int { 0 }
}

extension TrainingEvent {
  fileprivate var isBeginning: Bool {
    if case .started = self { true } else { false }
  }
}
