import TrainingEvents

/// A run's record taken in as a whole: its curves, what else happened, and where in the file
/// everything stands.
///
/// Curves cost about 28 bytes a step; probe frames stay in the file until they are asked for.
public struct RecordedRun: Sendable {
  /// The run's directory, or the record where it stands alone.
  public let path: String
  /// The record itself.
  let file: String
  /// The newest description of the run; nil before it began.
  public private(set) var description: RunDescription?
  /// The run's curves as they stand at the record's end.
  public private(set) var history = RunHistory()
  /// Commands, in order.
  public private(set) var commands: [CommandRecord] = []
  /// Seconds since 1970 when it was first begun; nil in records that do not say.
  public private(set) var started: Double?
  /// How the run ended; nil while it goes on, and when it was cut off.
  public private(set) var finish: FinishRecord?
  /// Lines that made no sense.
  public private(set) var malformedCount = 0
  /// The first line that made no sense, and why; nil where all did.
  public private(set) var firstMalformed: RunError?
  /// Length of the replay in seconds.
  public private(set) var duration = 0.0
  /// What a person should know of another program's log: how it was understood, and what of it is
  /// damaged or not shown.
  public private(set) var notes: [String] = []

  /// A place in the record from which reading can go on.
  struct Mark: Sendable {
    var offset: Int
    /// Time and last step before it; nil before the first.
    var clock: ReplayClock
    var last: StepRecord?
    /// Which stretch between two returns to an earlier step that last step lies in.
    var stretch: Int
  }

  /// Something other than a step or a frame.
  struct Moment: Sendable {
    var offset: Int
    var time: Double
    var event: TrainingEvent
  }

  /// An alert, or its end, that the record does not tell of.
  struct MissingAlert: Sendable {
    var time: Double
    var event: TrainingEvent
  }

  private(set) var marks: [Mark] = []
  private(set) var moments: [Moment] = []
  /// Where the record's frames stand, and when they were made.
  private(set) var framePlaces: [(offset: Int, time: Double)] = []
  private var index = FrameIndex()
  /// What is kept of frames over training.
  private(set) var frames = FrameStore()
  /// The curves as they stood just before each return to an earlier step.
  private(set) var abandoned: [RunHistory] = []
  /// The alerts of a record that has none of its own, in order.
  private(set) var missingAlerts: [MissingAlert] = []
  private var watch = MissingAlerts()
  private var clock = ReplayClock()
  /// Bytes that kept curves may cost. Copies share most of what they hold: what does not is about
  /// two bytes a step and half a megabyte.
  private static let abandonedBudget = 64 << 20
  private var abandonedCost = 0

  /// Takes in a record.
  ///
  /// - Parameter path: a run's directory, or a record such as `events.jsonl`.
  /// - Throws: `RunError` when there is no record or it cannot be read.
  public init(_ path: String) throws(RunError) {
    self.path = path
    var reader = try RecordReader(path)
    file = reader.path
    try reader.read(frames: { kind, step, offset in
      index.add(kind, step: step, at: offset)
      framePlaces.append((offset, clock.now))
      return true
    }) { event, offset in
      take(event, at: offset)
    }
    started = reader.started
    malformedCount = reader.malformedCount
    firstMalformed = reader.firstMalformed
    duration = clock.now
  }

  /// Takes in a record, or another program's log as a whole: its curves, without a place in time.
  ///
  /// - Parameter path: what `follow` takes, but standard input.
  /// - Throws: `RunError` when there is no run or log, or it cannot be read.
  public static func read(_ path: String) throws(RunError) -> RecordedRun {
    _ = try FileTree.examine(path)
    let place = try LogPlace.find(path)
    return try place.kind == .record ? RecordedRun(path) : RecordedRun(log: place, path: path)
  }

  /// Whether it is another program's log, which has curves but no record to be replayed.
  public private(set) var isLog = false

  private init(log place: LogPlace, path: String) throws(RunError) {
    self.path = path
    file = place.path
    isLog = true
    var follower = try RunFollower(path)
    var events = try follower.poll()
    repeat {
      for event in events { take(ofLog: event) }
      events = try follower.poll()
    } while !events.isEmpty || follower.isBehind
    for event in try follower.finish() { take(ofLog: event) }
  }

  private mutating func take(ofLog event: TrainingEvent) {
    switch event {
    case .started(let run):
      // A log that turned out to mean something else is told from its beginning.
      (description, history, commands, notes) = (
        run, RunHistory(smoothing: history.smoothing), [], []
      )
    case .steps(let batch): history.append(batch)
    case .validation(let record): history.append(record)
    case .values(let records): history.append(records)
    case .command(let record):
      if record.marker != nil { commands.append(record) }
      notes.append(record.text)
    case .warning(let record): notes.append(record.text)
    case .finished(let record): finish = record
    default: break
    }
  }

  private mutating func take(_ event: TrainingEvent, at offset: Int) {
    noteAlerts(event)
    if case .steps(let batch) = event {
      let first = batch.thinned.first?.firstStep ?? batch.records.first?.step ?? 0
      marks.append(
        Mark(offset: offset, clock: clock, last: history.last, stretch: abandoned.count))
      if let last = history.steps.last, first <= last { noteReturn() }
      history.append(batch)
      clock.advance(to: event)
      return
    }
    let original = event
    let event = event.asSeam(after: history.steps.last ?? 0)
    let time = clock.advance(to: event)
    index.add(original, at: offset)
    if case .frame(let frame) = event {
      framePlaces.append((offset, time))
      return frames.keep(overTraining: frame)
    }
    moments.append(Moment(offset: offset, time: time, event: event))
    if case .started(var run) = original {
      // The record as a whole begins where its first session did.
      run.firstStep = description?.firstStep ?? run.firstStep
      description = run
    }
    switch event {
    case .started(let run):
      if run.firstStep == 0, !history.isEmpty {
        noteReturn()
        history = RunHistory(smoothing: history.smoothing)
      }
      finish = nil
    case .validation(let record): history.append(record)
    case .values(let records): history.append(records)
    case .command(let record):
      commands.append(record)
      if record.isSeam { finish = nil }
    case .finished(let record): finish = record
    default: break
    }
  }

  private mutating func noteAlerts(_ event: TrainingEvent) {
    let alerts = watch.observe(event)
    if watch.hasOwn { missingAlerts = [] }
    for alert in alerts {
      var clock = clock
      if case .steps(let batch) = event {
        let records = batch.records.prefix { $0.step <= alert.alertStep }
        for record in records { clock.advance(elapsed: record.elapsed) }
      } else {
        clock.advance(to: event)
      }
      missingAlerts.append(MissingAlert(time: clock.now, event: alert))
    }
  }

  private mutating func noteReturn() {
    abandonedCost += (1 << 19) + 2 * history.count
    if abandonedCost <= Self.abandonedBudget { abandoned.append(history) }
  }

  /// Of each kind the newest frame that the run had at a step or before it; from the newest snapshot
  /// where the record has none, as when nobody watched.
  /// - Parameter offset: what stands from there on in the record had not happened yet
  func frames(through step: Int = .max, before offset: Int = .max) -> [ProbeFrame] {
    var reader = FrameReader(path)
    return reader.frames(in: index, through: step, before: offset)
  }
}

extension TrainingEvent {
  /// A run that goes on in the same record is a seam in its curves, not a new beginning; every other
  /// event is what it is.
  func asSeam(after step: Int) -> TrainingEvent {
    guard case .started(let run) = self, run.firstStep > 0, step > 0 else { return self }
    return .command(
      CommandRecord(
        step: run.firstStep, name: CommandRecord.seamName,
        text: "went on from the snapshot at step \(run.firstStep)", marker: "resumed"))
  }
}

extension TrainingEvent {
  /// The step of an alert or of its end.
  fileprivate var alertStep: Int {
    switch self {
    case .warning(let record): record.step
    case .recovered(let record): record.step
    default: .max
    }
  }
}

extension CommandRecord {
  static let seamName = "resume"
  var isSeam: Bool { name == Self.seamName }
}
