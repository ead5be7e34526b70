import TrainingEvents

/// A recorded run played back: events by their time, faster or slower, from any moment on.
///
/// It has no clock of its own: whoever shows it says how much time passed.
public struct Replay: Sendable {
  /// Speeds that a person steps through.
  public static let speeds: [Double] = [0.25, 0.5, 1, 2, 5, 10, 30, 100, 300, 1000]

  /// Where a jump lands.
  public struct Jump: Sendable {
    /// The curves up to the moment.
    public var history: RunHistory
    /// What else a dashboard must know then: description, markers, the newest frames.
    public var events: [TrainingEvent]
  }

  /// What is replayed.
  public let run: RecordedRun
  /// Seconds from the record's beginning.
  public private(set) var position = 0.0
  /// Seconds of the run that pass in one second.
  public private(set) var speed = 1.0
  /// Whether time goes on.
  public private(set) var isPlaying = true
  /// The last step shown.
  public private(set) var step = 0

  private var reader: RecordReader
  private var clock = ReplayClock()
  /// Read already, but still to come.
  private var upcoming: [TrainingEvent] = []
  private var isAtEnd = false
  /// Alerts told that the record does not hold.
  private var alertCount = 0
  private static let piece = 1 << 16

  /// - Throws: `RunError` when there is no record or it cannot be read.
  public init(_ path: String) throws(RunError) {
    try self.init(RecordedRun(path))
  }

  /// - Throws: `RunError` when the record cannot be opened any more
  public init(_ run: RecordedRun) throws(RunError) {
    self.run = run
    reader = try RecordReader(run.file)
  }

  /// Seconds from the record's beginning to its end.
  public var duration: Double { run.duration }
  /// Whether everything recorded was told.
  public var isFinished: Bool { isAtEnd && upcoming.isEmpty }

  /// Lets time go on from where it stopped.
  public mutating func play() { isPlaying = true }
  /// Stops time; jumps and steps are possible still.
  public mutating func pause() { isPlaying = false }

  /// Sets how many seconds of the run pass in one second, from 0.01 to 100,000.
  public mutating func setSpeed(_ speed: Double) {
    guard speed.isFinite else { return }
    self.speed = min(max(speed, 0.01), 100_000)
  }

  /// The next faster or slower of the usual speeds.
  public mutating func changeSpeed(faster: Bool) {
    let next =
      faster ? Self.speeds.first { $0 > speed * 1.001 } : Self.speeds.last { $0 < speed * 0.999 }
    speed = next ?? speed
  }

  /// Lets time pass.
  ///
  /// - Parameter seconds: of the viewer's clock.
  /// - Returns: what happened meanwhile; none while paused.
  public mutating func advance(by seconds: Double) throws(RunError) -> [TrainingEvent] {
    guard isPlaying, seconds > 0, seconds.isFinite else { return [] }
    return try advance(to: min(duration, position + seconds * speed))
  }

  /// Goes on by whole steps, playing or not.
  public mutating func advance(steps count: Int) throws(RunError) -> [TrainingEvent] {
    var left = max(1, count)
    var events: [TrainingEvent] = []
    while left > 0, let event = try next() {
      guard case .steps(let batch) = event, batch.records.count > left else {
        if case .steps(let batch) = event { left -= batch.stepCount }
        take(event, into: &events)
        continue
      }
      take(.steps(StepBatch(Array(batch.records[..<left]))), into: &events)
      upcoming.append(.steps(StepBatch(Array(batch.records[left...]))))
      left = 0
    }
    position = max(position, clock.now)
    return events + missingAlerts()
  }

  /// Jumps to a moment, given in seconds from the beginning.
  public mutating func jump(to seconds: Double) throws(RunError) -> Jump {
    let target = min(max(0, seconds.isFinite ? seconds : 0), duration)
    let mark = run.marks.last { $0.clock.now <= target }
    try start(at: mark)
    let base: RunHistory
    if let mark, let last = mark.last {
      let stretch =
        mark.stretch < run.abandoned.count ? run.abandoned[mark.stretch] : run.history
      base = stretch.through(last)
    } else {
      base = RunHistory(smoothing: run.history.smoothing)
    }
    let offset = reader.offset
    var events = earlier(before: offset)
    var history = base
    for event in try advance(to: target) {
      switch event {
      case .steps(let batch): history.append(batch)
      case .validation(let record): history.append(record)
      case .values(let records): history.append(records)
      case .started(let description) where description.firstStep == 0:
        history = RunHistory(smoothing: history.smoothing)
        events.append(event)
      default: events.append(event)
      }
    }
    step = history.steps.last ?? 0
    return Jump(history: history, events: events)
  }

  /// Jumps to the moment at which a step had just been done; the last such moment where the run
  /// did it several times.
  public mutating func jump(toStep step: Int) throws(RunError) -> Jump {
    let mark = run.marks.last { ($0.last?.step ?? 0) < step } ?? run.marks.first
    try start(at: mark)
    var time = clock.now
    search: while let event = try next() {
      guard case .steps(let batch) = event else {
        time = max(time, clock.advance(to: event))
        continue
      }
      for record in batch.records {
        time = clock.advance(elapsed: record.elapsed)
        if record.step >= step { break search }
      }
      clock.advance(to: event)
    }
    return try jump(to: time)
  }

  // MARK: Reading

  private mutating func start(at mark: RecordedRun.Mark?) throws(RunError) {
    reader = try RecordReader(run.path, offset: mark?.offset ?? 0)
    clock = mark?.clock ?? ReplayClock()
    position = clock.now
    step = mark?.last?.step ?? 0
    upcoming = []
    isAtEnd = false
    alertCount = run.missingAlerts.prefix { $0.time <= position }.count
  }

  /// Those up to the position that were not told yet.
  private mutating func missingAlerts() -> [TrainingEvent] {
    let alerts = run.missingAlerts[alertCount...].prefix { $0.time <= position }
    alertCount += alerts.count
    return alerts.map(\.event)
  }

  /// What was told before an offset, other than curves: everything light, the newest frames, and
  /// what pictures over training keep of older ones.
  private func earlier(before offset: Int) -> [TrainingEvent] {
    var events = run.moments.prefix { $0.offset < offset }.map(\.event)
    events.removeAll {
      switch $0 {
      case .validation, .values: true
      default: false
      }
    }
    events += run.missingAlerts.prefix(alertCount).map(\.event)
    events += run.frames.frames(through: step).map(TrainingEvent.frame)
    events += run.frames(before: offset).map(TrainingEvent.frame)
    return events
  }

  /// What the record has of a step that was done before the moment shown.
  public func past(step: Int) -> PastFrames {
    PastFrames(step: step, frames: run.frames(through: step, before: reader.offset))
  }

  private mutating func advance(to target: Double) throws(RunError) -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    while let event = try next() {
      var after = clock
      if after.advance(to: event) <= target {
        take(event, into: &events)
        continue
      }
      // A batch reaches beyond the moment: a part of it belongs to what has happened.
      guard case .steps(let batch) = event else {
        wait(with: event, target)
        break
      }
      var cut = 0
      var time = clock
      while cut < batch.records.count, time.advance(elapsed: batch.records[cut].elapsed) <= target {
        cut += 1
      }
      if cut > 0 { take(.steps(StepBatch(Array(batch.records[..<cut]))), into: &events) }
      wait(with: .steps(StepBatch(Array(batch.records[cut...]))), target)
      break
    }
    position = isFinished ? duration : max(target, position)
    return events + missingAlerts()
  }

  /// Keeps an event for later. What a run that goes on has added behind its end since it was read is
  /// no part of the replay.
  private mutating func wait(with event: TrainingEvent, _ target: Double) {
    if target < duration { upcoming.append(event) } else { (upcoming, isAtEnd) = ([], true) }
  }

  private mutating func take(_ event: TrainingEvent, into events: inout [TrainingEvent]) {
    clock.advance(to: event)
    if case .steps(let batch) = event { step = batch.records.last?.step ?? step }
    events.append(event)
  }

  /// The next event, or nil at the record's end.
  private mutating func next() throws(RunError) -> TrainingEvent? {
    while upcoming.isEmpty, !isAtEnd {
      var found: [TrainingEvent] = []
      let count = try reader.read(limit: Self.piece) { event, _ in found.append(event) }
      isAtEnd = count == 0
      upcoming = found.reversed()
    }
    return upcoming.popLast()?.asSeam(after: step)
  }
}
