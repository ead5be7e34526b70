/// One run among many: how it is doing and how good it was, without its curves.
public struct RunOverview: Sendable, Equatable, Identifiable {
  /// How a run is doing.
  public enum State: Int, Sendable, CaseIterable {
    /// Some process trains it.
    case live
    /// Some process holds it, and waits.
    case paused
    /// Another program's log that has not grown for long, and does not say that it ended.
    case silent
    /// It has yet to begin: one of a sweep whose turn has not come.
    case waiting
    /// All its steps are done.
    case finished
    /// Somebody ended it before its last step.
    case stopped
    /// A number was not finite, or its program ended with an error.
    case failed
    /// Nobody trains it, and it never said that it ended.
    case killed
    /// There is something in its place that makes no sense.
    case unreadable
    /// It was here and is no more.
    case gone
  }

  /// A loss that is the lowest so far.
  public struct Best: Sendable, Equatable {
    /// In the unit of the run's loss.
    public var loss: Double
    /// The training step that it was measured at.
    public var step: Int
    /// Whether it was measured on held-out data; else it is the loss of a training step.
    public var isValidation: Bool

    public init(loss: Double, step: Int, isValidation: Bool) {
      (self.loss, self.step, self.isValidation) = (loss, step, isValidation)
    }
  }

  /// Its directory, or its log.
  public let id: String
  /// Its path from the folder that is looked at.
  public var name: String
  /// Nil until it was read.
  public var state: State?
  /// What it says of itself; nil before it began.
  public private(set) var description: RunDescription?
  /// What it was set up with, as far as it is known.
  public var hyperparameters: [HyperparameterValue] = []
  /// What is wrong with it, in one line.
  public var problem: String?
  /// The last training step; nil before there is one.
  public private(set) var step: Int?
  /// The training loss of that step.
  public private(set) var lastLoss: Double?
  /// How it ended; nil while it goes on, and when it was cut off.
  public private(set) var end: FinishRecord.Reason?
  /// Whether a person paused it.
  public private(set) var isPaused = false
  /// Whether its log has not grown for long, so that it may have ended.
  public private(set) var isSilent = false
  /// Whether its program ended with an error.
  public private(set) var hasFailed = false

  private var lowestLoss = RunningMinimum()
  private var lowestValidation = RunningMinimum()

  public init(id: String, name: String) {
    (self.id, self.name) = (id, name)
  }

  /// The best validation; the best training step of a run that has no validation.
  public var best: Best? {
    if let found = lowestValidation.lowest {
      return Best(loss: found.value, step: found.step, isValidation: true)
    }
    return lowestLoss.lowest.map { Best(loss: $0.value, step: $0.step, isValidation: false) }
  }

  /// Forgets everything but its place: the run is read from its beginning.
  public mutating func restart() {
    self = RunOverview(id: id, name: name).with(hyperparameters)
  }

  private func with(_ hyperparameters: [HyperparameterValue]) -> RunOverview {
    var copy = self
    copy.hyperparameters = hyperparameters
    return copy
  }

  /// Takes in what happened.
  public mutating func take(_ event: TrainingEvent) {
    switch event {
    case .started(let run):
      if run.firstStep == 0 {
        (step, lastLoss) = (nil, nil)
        (lowestLoss, lowestValidation) = (RunningMinimum(), RunningMinimum())
      }
      description = run
      (end, isPaused, hasFailed) = (nil, false, false)
    case .steps(let batch):
      for bucket in batch.thinned {
        take(bucket.last, from: bucket.firstStep, lowest: bucket.loss.minimum)
      }
      for record in batch.records { take(record, from: record.step, lowest: record.loss) }
    case .validation(let record):
      lowestValidation.rewind(before: record.step)
      lowestValidation.add(record.loss, step: record.step)
    case .state(let state):
      if state == .paused || state == .training { isPaused = state == .paused }
      if state == .silent || state == .following { isSilent = state == .silent }
    // A run that goes on in the same record.
    case .command(let record) where record.name == "resume": (end, hasFailed) = (nil, false)
    case .warning(let record):
      if record.kind == "exit" { hasFailed = true }
      if record.kind == "follow" { problem = problem ?? record.text }
    case .finished(let record): end = record.reason
    default: break
    }
  }

  private mutating func take(_ record: StepRecord, from first: Int, lowest: Double) {
    if let step, first <= step {
      lowestLoss.rewind(before: first)
      lowestValidation.rewind(before: first)
    }
    lowestLoss.add(lowest, step: record.step)
    (step, lastLoss) = (record.step, record.loss)
  }

  /// Says how it is doing by what was read.
  /// - Parameter isHeld: whether some process holds it; nil for another program's log, of which
  ///   nobody knows
  public mutating func judge(isHeld: Bool?) {
    state =
      switch (isHeld, end) {
      case (true?, _): isPaused ? .paused : .live
      case (_, .completed?): .finished
      case (_, .diverged?): .failed
      case (_, .stopped?): hasFailed ? .failed : .stopped
      case (_, nil) where step == nil && problem != nil: .unreadable
      case (false?, nil): .killed
      case (nil, nil): isSilent ? .silent : .live
      }
  }
}

/// One setting of a run: a key as it was given, and its value as text.
public struct HyperparameterValue: Sendable, Equatable {
  /// Such as `training.optimizer.learning-rate`.
  public var key: String
  /// As it was written.
  public var value: String

  /// A key and its value, as they were written.
  public init(_ key: String, _ value: String) {
    (self.key, self.value) = (key, value)
  }
}

/// A run's curves, for drawing it over others.
public struct RunCurves: Sendable {
  /// As its `RunOverview`'s.
  public var id: String
  /// Loss, gradient norm and metrics over its training steps.
  public var history: RunHistory
  /// The newest; nil where nobody measured it.
  public var gradientByLag: GradientByLag?

  public init(id: String, history: RunHistory, gradientByLag: GradientByLag? = nil) {
    (self.id, self.history, self.gradientByLag) = (id, history, gradientByLag)
  }
}

/// The lowest of a series of values, also after going back to an earlier step.
struct RunningMinimum: Sendable, Equatable {
  /// More values than this are thinned: who goes back then may find a neighbour of the lowest.
  private static let most = 4096

  private struct Entry: Sendable, Equatable {
    var value: Double
    var step: Int
  }

  /// Each lower than the one before.
  private var entries: [Entry] = []

  var lowest: (value: Double, step: Int)? { entries.last.map { ($0.value, $0.step) } }

  mutating func add(_ value: Double, step: Int) {
    guard value.isFinite, value < entries.last?.value ?? .infinity else { return }
    entries.append(Entry(value: value, step: step))
    guard entries.count > Self.most else { return }
    let last = entries.count - 1
    entries = entries.enumerated().filter { $0.offset % 2 == last % 2 }.map(\.element)
  }

  /// Forgets what came from a step on.
  mutating func rewind(before step: Int) {
    while let last = entries.last, last.step >= step { entries.removeLast() }
  }
}
