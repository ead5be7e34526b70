/// Everything an engine (or a replayed run, or another program) tells its one reader.
public enum TrainingEvent: Sendable, Equatable {
  /// The run is set up; comes first, and again when a run starts over.
  case started(RunDescription)
  /// Steps since the last such event, each exactly once and in order.
  case steps(StepBatch)
  /// What a pass over the validation set gave.
  case validation(ValidationRecord)
  /// Numbers with names of their own, as other programs' runs have them.
  case values([NamedValues])
  /// The run went from one state to another.
  case state(TrainingState)
  /// A command that changed training was carried out: a marker on the curves.
  case command(CommandRecord)
  /// A command could not be carried out: why, in one line.
  case refused(String)
  /// What a probe saw of the network.
  case frame(ProbeFrame)
  /// The answer to a text that a person typed.
  case reading(ReadingFrame)
  /// A copy of the whole state, for whoever keeps it; comes behind the steps that led to it.
  case checkpoint(CheckpointRecord)
  /// A snapshot stands whole on disk.
  case snapshot(SnapshotRecord)
  /// Something is wrong.
  case warning(WarningRecord)
  /// What a warning spoke of is over.
  case recovered(RecoveryRecord)
  /// The last event of a run.
  case finished(FinishRecord)
}

/// What training is doing.
public enum TrainingState: String, Sendable, Equatable {
  /// Steps are done.
  case training
  /// It waits between two steps.
  case paused
  /// Its last step is done, or it was stopped.
  case finished
  /// A loss or a gradient was not finite, and it waits.
  case diverged
  /// Another program's log is followed: what that program does is not known.
  case following
  /// Another program's log that has not grown for long: it may have ended.
  case silent
}

/// Loss and the task's own measure on held-out data.
public struct ValidationRecord: Sendable, Equatable {
  /// The training step after which it was measured.
  public var step: Int
  /// Nil where it was not logged, as `elapsed`.
  public var epoch: Double?
  /// Mean over the real targets of the validation set, in the unit of the training loss.
  public var loss: Double
  /// The task's own measure, in the unit of `RunDescription.metric`.
  public var metric: Double?
  /// Seconds of training.
  public var elapsed: Double?
  /// Whether this is the lowest loss so far.
  public var isBest: Bool

  public init(
    step: Int, epoch: Double? = nil, loss: Double, metric: Double? = nil, elapsed: Double? = nil,
    isBest: Bool
  ) {
    self.step = step
    self.epoch = epoch
    self.loss = loss
    self.metric = metric
    self.elapsed = elapsed
    self.isBest = isBest
  }
}

/// Values of one series under the name that its program gave it, and the step of each.
///
/// A log has thousands of series with thousands of values: those of one series travel together.
public struct NamedValues: Sendable, Equatable {
  /// As the other program logs it.
  public var name: String
  /// The steps that have a value, rising.
  public var steps: [Int]
  /// As many as `steps`.
  public var numbers: [Double]

  public init(name: String, steps: [Int], numbers: [Double]) {
    self.name = name
    self.steps = steps
    self.numbers = numbers
  }
}

/// A command that took effect between two steps.
public struct CommandRecord: Sendable, Equatable {
  /// The last step finished before the command took effect.
  public var step: Int
  /// Seconds of training; nil where nobody knows.
  public var elapsed: Double?
  /// The key it changed, such as `learning-rate`, or what it did, such as `pause`.
  public var name: String
  /// What happened in words, such as `learning rate 0.004 → 0.002`.
  public var text: String
  /// A few characters for a marker on a curve, such as `lr ÷2`; nil when the curves need none.
  public var marker: String?
  /// The new value of a key that is a number, such as a clipping norm; nil when it is none.
  public var value: Double?
  /// The value before, written so that setting it takes the change back, such as `0.004` or `none`;
  /// nil for what is no change of a hyperparameter.
  public var previous: String?
  /// The set of units that is followed from then on, or no longer; nil for any other command.
  public var units: KeptUnits?

  /// The names of commands that speak of a set of units.
  public static let (keep, drop) = ("keep", "drop")

  public init(
    step: Int, elapsed: Double? = nil, name: String, text: String, marker: String? = nil,
    value: Double? = nil, previous: String? = nil, units: KeptUnits? = nil
  ) {
    self.step = step
    self.elapsed = elapsed
    self.name = name
    self.text = text
    self.marker = marker
    self.value = value
    self.previous = previous
    self.units = units
  }
}

/// A snapshot that is on disk.
public struct SnapshotRecord: Sendable, Equatable {
  /// The training step that it holds.
  public var step: Int
  /// Its directory.
  public var path: String
  /// Bytes of its files; nil where a job does not say.
  public var bytes: Int?
  /// Why it was made; nil in records that do not say.
  public var reason: SnapshotReason?

  public init(step: Int, path: String, bytes: Int?, reason: SnapshotReason? = nil) {
    self.step = step
    self.path = path
    self.bytes = bytes
    self.reason = reason
  }
}

/// Something a person should know, with what people do about it.
public struct WarningRecord: Sendable, Equatable {
  /// The training step at which it was noticed.
  public var step: Int
  /// One word to tell warnings apart: `vanishing`, `exploding`, `not-finite`, `plateau`, ….
  public var kind: String
  /// What is wrong, in a sentence.
  public var text: String
  /// One sentence on what people do about it.
  public var advice: String?

  public init(step: Int, kind: String, text: String, advice: String? = nil) {
    self.step = step
    self.kind = kind
    self.text = text
    self.advice = advice
  }
}

/// The end of what a warning of the same kind spoke of.
public struct RecoveryRecord: Sendable, Equatable {
  /// The training step at which it was over.
  public var step: Int
  /// The same as the warning's.
  public var kind: String

  public init(step: Int, kind: String) {
    self.step = step
    self.kind = kind
  }
}

/// How a run ended.
public struct FinishRecord: Sendable, Equatable {
  /// Why it ended.
  public enum Reason: String, Sendable, Equatable {
    /// All its steps are done.
    case completed
    /// Somebody ended it.
    case stopped
    /// A number was not finite.
    case diverged
  }

  /// Why it ended.
  public var reason: Reason
  /// The last step done.
  public var step: Int
  /// Seconds of training; nil where nobody knows.
  public var elapsed: Double?

  public init(reason: Reason, step: Int, elapsed: Double? = nil) {
    self.reason = reason
    self.step = step
    self.elapsed = elapsed
  }
}
