/// What a dashboard needs to know of a run before its first step.
public struct RunDescription: Sendable, Equatable {
  /// Name of the preset or file, such as `words`.
  public var name: String
  /// The preset's title in prose.
  public var title: String
  /// The part of the lecture that the preset shows.
  public var lecture: String
  /// What is being learned, which chooses the task panel.
  public var task: TaskKind
  /// The network in a few words, such as `tanh 128`.
  public var network: String
  /// Trainable values; 0 where nobody said.
  public var parameterCount: Int
  /// By name, such as `adam`.
  public var optimizer: String
  /// Steps after which the run is complete; nil when it goes on until it is stopped.
  public var totalSteps: Int?
  /// The step the run continues from; 0 for a new one.
  public var firstStep: Int
  /// The longest gradient before it is shortened; nil where nothing is, or nobody said.
  public var clipNorm: Double?
  /// The learning rate before its schedule; nil where nothing is learned or nobody said.
  public var learningRate: Double?
  /// What the loss is measured in.
  public var lossUnit: LossUnit
  /// The name under which another program logs what stands in the loss's place; nil in runs of our
  /// own, whose loss is one.
  public var lossName: String?
  /// The task's own measure beside the loss, such as accuracy; nil when there is none.
  public var metric: MetricDescription?
  /// Singular name of a target: `character`, `label`, `frame`, `step`.
  public var targetName: String
  /// Nil where nothing is known of a network, as in another program's log.
  public var architecture: Architecture?
  /// A person's own file that the run trains on, without its folders; nil for a preset's own data.
  public var ownData: String?
  /// Where the run is recorded; nil when it is not.
  public var directory: String?
  /// Settings that can change while it trains, with their values; empty where nothing can.
  public var hyperparameters: [Hyperparameter]
  /// Whether its inputs are symbols, so that a person can type some.
  public var readsText: Bool
  /// The machine of each rank of a job, in their order; empty for a run of one process.
  public var hosts: [String] = []
  /// Whether the network is validated and writes with an average of its weights over the updates.
  public var averagesWeights = false

  public init(
    name: String, title: String, lecture: String, task: TaskKind, network: String,
    parameterCount: Int, optimizer: String, totalSteps: Int?, firstStep: Int = 0,
    clipNorm: Double?, learningRate: Double?, lossUnit: LossUnit,
    lossName: String? = nil, metric: MetricDescription? = nil, targetName: String,
    architecture: Architecture?,
    directory: String? = nil, hyperparameters: [Hyperparameter] = [], readsText: Bool = false
  ) {
    self.name = name
    self.title = title
    self.lecture = lecture
    self.task = task
    self.network = network
    self.parameterCount = parameterCount
    self.optimizer = optimizer
    self.totalSteps = totalSteps
    self.firstStep = firstStep
    self.clipNorm = clipNorm
    self.learningRate = learningRate
    self.lossUnit = lossUnit
    self.lossName = lossName
    self.metric = metric
    self.targetName = targetName
    self.architecture = architecture
    self.directory = directory
    self.hyperparameters = hyperparameters
    self.readsText = readsText
  }

  /// Singular name of a target as a person reads it: a step through time is never called as one of
  /// training is.
  public var unitOfTarget: String { targetName == "step" ? "time step" : targetName }

  /// Singular name of a step through time. Where every step has a target, it is the target's.
  public var stepName: String {
    switch task {
    case .languageModel, .sequenceLabelling: unitOfTarget
    default: "time step"
    }
  }
}

/// The kinds of task a preset can name.
public enum TaskKind: String, Sendable, Equatable, CaseIterable, Codable {
  /// The next symbol, at every step.
  case languageModel = "language-model"
  /// One class for a whole sequence.
  case sequenceClassification = "sequence-classification"
  /// One class for every step.
  case sequenceLabelling = "sequence-labelling"
  /// A sequence of another length.
  case sequenceToSequence = "sequence-to-sequence"
  /// A sequence for an image, or for one vector.
  case captioning
  /// Values that follow, at every step or at the end.
  case forecasting
  /// Values that a state without input gives.
  case autonomous
  /// A language, by a network whose weights were set by hand.
  case handBuilt = "hand-built"
}

/// What the loss counts, so that no number stands without its unit.
public enum LossUnit: Sendable, Equatable {
  /// Cross-entropy in nats for each real target, such as a character.
  case natsPerTarget
  /// Mean squared error over the real targets, in squared units of the data as the network sees it.
  case squaredError
  /// Another program's loss, which does not say.
  case unknown
}

/// A task's own measure, such as accuracy or word error rate.
public struct MetricDescription: Sendable, Equatable {
  /// Such as `accuracy`.
  public var name: String
  /// `%` or empty.
  public var unit: String
  /// Whether more is better.
  public var higherIsBetter: Bool

  public init(name: String, unit: String, higherIsBetter: Bool) {
    self.name = name
    self.unit = unit
    self.higherIsBetter = higherIsBetter
  }
}

/// The network's computational graph, for the folded and unfolded drawings.
public struct Architecture: Sendable, Equatable {
  /// How inputs, states and outputs are joined.
  public enum Shape: String, Sendable, Equatable {
    /// An output and a loss at every step (GBC fig. 10.3).
    case everyStep
    /// One output at each sequence's end (GBC fig. 10.5).
    case final
    /// Recurrence from the previous output (GBC fig. 10.4).
    case outputRecurrence
    /// One vector conditions a whole sequence (GBC fig. 10.9).
    case vectorToSequence
    /// Encoder and decoder joined by a context (GBC fig. 10.12).
    case encoderDecoder
    /// No input: the state unrolls itself (GBC eq. 10.1).
    case autonomous
    /// Set by hand, not trained.
    case handBuilt
  }

  /// How inputs, states and outputs are joined.
  public var shape: Shape
  /// `tanh`, `lstm` or `gru`.
  public var cell: String
  /// Symbols, or numbers of an input vector; 0 before the data are known.
  public var inputSize: Int
  /// Units of a layer in one direction.
  public var hiddenSize: Int
  /// Classes, or numbers of an output; 0 before the data are known.
  public var outputSize: Int
  /// Layers above each other.
  public var layers: Int
  /// Whether every layer but the first hands on its states plus what it read.
  public var isResidual: Bool
  /// Whether layers read in both directions of time.
  public var bidirectional: Bool
  /// Whether a decoder looks back at its source.
  public var attention: Bool
  /// States come from the left and from above (a two-dimensional recurrence over an image).
  public var twoDimensional: Bool
  /// How large images are in blocks of pixels, and where their states begin; nil where there are
  /// none, or nobody said.
  public var grid: Grid?
  /// Share of steps at which a fed-back output is the true one when training begins; nil where
  /// nothing is fed back, or nobody said.
  public var teacherForcing: Double?
  /// Whether one loss sums over all ways to lay the targets along the steps (CTC).
  public var isAligned: Bool
  /// Steps that have U, W and b of their own; nil where all steps share them.
  public var unsharedSteps: Int?

  /// Images that are read in two dimensions.
  public struct Grid: Sendable, Equatable {
    /// Rows of blocks, of the tallest image.
    public var rows: Int
    /// Columns of blocks.
    public var columns: Int
    /// Which way each of the recurrences goes, such as `↘`.
    public var corners: [String]
    /// Whether their states are added up instead of standing one behind the other.
    public var isSum: Bool

    /// So many blocks, with a recurrence from each corner that is named.
    public init(rows: Int, columns: Int, corners: [String], isSum: Bool) {
      (self.rows, self.columns) = (rows, columns)
      (self.corners, self.isSum) = (corners, isSum)
    }
  }

  public init(
    shape: Shape, cell: String, inputSize: Int, hiddenSize: Int, outputSize: Int, layers: Int = 1,
    isResidual: Bool = false, bidirectional: Bool = false, attention: Bool = false,
    twoDimensional: Bool = false, teacherForcing: Double? = nil, isAligned: Bool = false,
    unsharedSteps: Int? = nil, grid: Grid? = nil
  ) {
    self.isResidual = isResidual
    self.grid = grid
    self.unsharedSteps = unsharedSteps
    self.isAligned = isAligned
    self.shape = shape
    self.cell = cell
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.outputSize = outputSize
    self.layers = layers
    self.bidirectional = bidirectional
    self.attention = attention
    self.twoDimensional = twoDimensional
    self.teacherForcing = teacherForcing
  }
}
