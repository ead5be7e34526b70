/// Everything a preset's `network` block can say.
public struct NetworkConfiguration: Sendable, Equatable {
  /// In which direction of time layers read.
  public enum Direction: String, Sendable, CaseIterable {
    /// From a sequence's start to its end.
    case forward
    /// In both, each with weights of its own (GBC fig. 10.11).
    case bidirectional
  }

  /// Where a network has outputs.
  public enum Output: String, Sendable, CaseIterable {
    /// At each step (GBC fig. 10.3).
    case everyStep = "every-step"
    /// One at each sequence's end (GBC fig. 10.5).
    case final
  }

  /// What feeds the next step: the hidden state (GBC fig. 10.3) or the output (fig. 10.4).
  public enum Recurrence: String, Sendable, CaseIterable {
    /// s(t−1).
    case hidden
    /// o(t−1), or the true output.
    case output
  }

  /// How a decoder looks back at its source.
  public enum Attention: String, Sendable, CaseIterable {
    /// Through the context C alone (GBC fig. 10.12).
    case none
    /// Bahdanau et al. 2015.
    case additive
  }

  /// s(0).
  public enum InitialState: String, Sendable, CaseIterable {
    /// Zeros.
    case zero
    /// A parameter, the same for all sequences, that begins as zeros.
    case learned
  }

  /// How an image becomes a sequence.
  public enum ImageReading: String, Sendable, CaseIterable {
    /// One row of pixels at each step.
    case rows
    /// A state at every pixel block, from the left and from above (Graves et al. 2007).
    case twoDimensional = "two-dimensional"
  }

  /// What becomes of the states that a two-dimensional recurrence brings from several corners.
  public enum CornerCombination: String, Sendable, CaseIterable {
    /// Side by side.
    case concatenation
    /// Added up, so that there are as many as of one corner.
    case sum
  }

  /// Starting values of the recurrent matrix.
  public enum RecurrentInitialization: String, Sendable, CaseIterable {
    /// Uniform in ±1/√hidden, PyTorch's default.
    case uniform
    /// Glorot and Bengio 2010.
    case glorot
    /// Saxe et al. 2014.
    case orthogonal
    /// The identity (Le et al. 2015), for cells without gates.
    case identity
  }

  /// The cell of all layers.
  public var cell: CellKind = .tanh
  /// Units of each layer and direction.
  public var hidden = 128
  /// Numbers of s(t), fewer than `hidden`, that a matrix makes of an LSTM's units (PyTorch's
  /// `proj_size`); nil hands the units on as they are.
  public var projectionSize: Int?
  /// Whether an LSTM's gates see its cell, too (Gers and Schmidhuber 2000).
  public var peepholes = false
  /// Layers above each other; each reads what the one below hands on.
  public var layers = 1
  /// Whether every layer but the first hands on its states plus what it read, instead of its states
  /// alone.
  public var residual = false
  /// Whether U x and W s are normalised on their way into a cell (Ba, Kiros and Hinton 2016).
  public var layerNorm = false
  /// In which direction layers read; a decoder always writes forward.
  public var direction: Direction = .forward
  /// Where forecasts are made; other tasks have outputs where their targets are.
  public var output: Output = .everyStep
  /// What W is multiplied by.
  public var recurrence: Recurrence = .hidden
  /// Share of steps in which the true previous output is fed back, from 0 to 1.
  public var teacherForcing = 1.0
  /// Size of the input embedding; nil feeds one-hot symbols or vectors as they are.
  public var embedding: Int?
  /// Whether V is E, one table for the symbols that are read and those that are written (Press and Wolf
  /// 2017).
  public var tieWeights = false
  /// Whether a decoder looks back at its source.
  public var attention: Attention = .none
  /// Probability of dropping a value between layers while training.
  public var dropout = 0.0
  /// Probability that W reads none of a unit's states throughout a sequence while training.
  public var recurrentDropout = 0.0
  /// Probability that an input symbol is read as the zero vector throughout a sequence while training.
  public var embeddingDropout = 0.0
  /// Probability that a unit keeps its value of the step before while training (Krueger et al. 2017);
  /// elsewhere that share of it is kept.
  public var zoneout = 0.0
  /// What layers begin from; a decoder begins from its context instead.
  public var initialState: InitialState = .zero
  /// How images are read, where inputs are images.
  public var imageReading: ImageReading = .rows
  /// Width and height in pixels of the blocks that a two-dimensional recurrence has a state for.
  public var imageBlock = 2
  /// Corners that a two-dimensional recurrence starts from, 1 to 4: top left, then bottom right,
  /// top right and bottom left.
  public var imageCorners = 4
  /// How states of several corners are joined.
  public var cornerCombination: CornerCombination = .concatenation
  /// Starting values of W; those of U are uniform, or `glorot` where W's are not.
  public var initialization: RecurrentInitialization = .uniform
  /// Added to the LSTM's forget gate bias at the start (Jozefowicz et al. 2015).
  public var forgetBias = 0.0
  /// Steps that have U, W and b of their own instead of sharing them over time; nil shares them.
  public var unsharedSteps: Int?
  /// What training lowers; nil takes cross-entropy for classes and squared error for numbers.
  public var loss: Objective?

  public init() {}

  /// Numbers of s(t) of each layer and direction.
  public var stateSize: Int { projectionSize ?? hidden }
}
