/// What a source of a run tells beside its events: an engine, a started job, or the process that
/// serves either.
public enum RunMessage: Sendable, Equatable {
  /// What the source can be asked; first, and again when that changes.
  case hello(RunAbilities)
  /// Something that the run tells.
  case event(TrainingEvent)
  /// A line of a job's output as it stands now.
  case console(ConsoleLine)
  /// What the processes of the run use.
  case usage(ResourceUsage)
  /// A job's process ended.
  case exit(JobExit)
  /// What the run's record holds of a past step.
  case past(PastFrames)
}

/// What a run can be asked.
public struct RunAbilities: Sendable, Equatable {
  /// One thing that a run may be asked.
  public enum Ability: String, Sendable, CaseIterable {
    /// To stop between two steps, and to go on.
    case pause
    /// To do so many steps and pause.
    case step
    /// To take another value for a setting.
    case set
    /// To save its state.
    case snapshot
    /// To end.
    case stop
    /// To make frames of what somebody looks at.
    case watch
    /// To read a text that a person typed.
    case read
    /// To train until a limit.
    case run
    /// To do no more than so many steps a second.
    case pace
    /// To go back to the newest snapshot of the session.
    case undo
    /// To go back to the weights of the best validation.
    case best
    /// To begin again from its first step.
    case restart
    /// To try learning rates on a copy of the network.
    case testRates
    /// To follow a set of units.
    case keep
  }

  /// What it can be asked now.
  public var can: Set<Ability>
  /// Settings that can be set, with their values.
  public var hyperparameters: [Hyperparameter]
  /// Whether pausing stops the processes themselves, since the job does not listen.
  public var pausesBySignal: Bool

  public init(
    can: Set<Ability>, hyperparameters: [Hyperparameter] = [], pausesBySignal: Bool = false
  ) {
    self.can = can
    self.hyperparameters = hyperparameters
    self.pausesBySignal = pausesBySignal
  }

  /// An engine of our own.
  public static func engine(_ hyperparameters: [Hyperparameter]) -> RunAbilities {
    RunAbilities(can: Set(Ability.allCases), hyperparameters: hyperparameters)
  }

  /// A job that does not speak: its processes can be stopped, continued and ended.
  public static let processes = RunAbilities(can: [.pause, .stop], pausesBySignal: true)

  /// A log that is only read.
  public static let none = RunAbilities(can: [])

  /// Whether a command can be carried out.
  public func allows(_ command: TrainingCommand) -> Bool {
    can.contains(command.ability)
  }
}

extension TrainingCommand {
  /// What has to be able to carry it out.
  public var ability: RunAbilities.Ability {
    switch self {
    case .pause, .resume: .pause
    case .step: .step
    case .run, .rewind: .run
    case .scaleLearningRate, .set: .set
    case .snapshot: .snapshot
    case .undo: .undo
    case .goBackToBest: .best
    case .restart: .restart
    case .testRates: .testRates
    case .keep, .drop: .keep
    case .watch: .watch
    case .pace: .pace
    case .read: .read
    case .stop: .stop
    }
  }
}

/// One line of a job's output. Lines count from 0; one that comes again replaces what it was.
public struct ConsoleLine: Sendable, Equatable {
  /// From 0.
  public var number: Int
  /// Its text with colours as escape sequences (`ESC [ … m`), and no other control character.
  public var text: String

  public init(number: Int, text: String) {
    self.number = number
    self.text = text
  }
}

extension ConsoleLine {
  /// The text without its colours.
  public var plainText: String {
    guard text.utf8.contains(0x1B) else { return text }
    var plain = String.UnicodeScalarView()
    var isColor = false
    for scalar in text.unicodeScalars {
      if isColor {
        isColor = scalar != "m"
      } else if scalar == "\u{1B}" {
        isColor = true
      } else {
        plain.append(scalar)
      }
    }
    return String(plain)
  }
}

/// What the processes of a run use, all together.
public struct ResourceUsage: Sendable, Equatable {
  /// Processor time since the last look, in processors: 1.5 is one and a half of them.
  public var processors: Double?
  /// Resident memory, in bytes.
  public var memoryBytes: Int
  /// How many processes there are.
  public var processes: Int
  /// How many threads they have.
  public var threads: Int
  /// Share of the graphics processors' time, from 0 to 1; nil where none is known.
  public var graphicsShare: Double?
  /// Memory of graphics processors, in bytes; nil where none is known.
  public var graphicsBytes: Int?

  public init(
    processors: Double?, memoryBytes: Int, processes: Int, threads: Int,
    graphicsShare: Double? = nil, graphicsBytes: Int? = nil
  ) {
    self.processors = processors
    self.memoryBytes = memoryBytes
    self.processes = processes
    self.threads = threads
    self.graphicsShare = graphicsShare
    self.graphicsBytes = graphicsBytes
  }
}

/// How a job's process ended.
public struct JobExit: Sendable, Equatable {
  /// Its exit status, or 128 and the signal that killed it.
  public var status: Int
  /// In words, such as `exit status 1` or `killed by signal 9`.
  public var text: String

  public init(status: Int) {
    self.status = status
    text = status > 128 ? "killed by signal \(status - 128)" : "exit status \(status)"
  }
}
