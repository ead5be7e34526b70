/// Everything a preset's `network` block can say.
public struct NetworkConfiguration: Sendable, Equatable {
  public enum Direction: String, Sendable, CaseIterable {
    case forward
    case bidirectional
  }

  public enum Output: String, Sendable, CaseIterable {
    case everyStep = "every-step"
    case final
  }

  /// What feeds the next step: the hidden state (GBC fig. 10.3) or the output (fig. 10.4).
  public enum Recurrence: String, Sendable, CaseIterable {
    case hidden
    case output
  }

  public enum Attention: String, Sendable, CaseIterable {
    case none
    /// Bahdanau et al. 2015.
    case additive
  }

  public enum InitialState: String, Sendable, CaseIterable {
    case zero
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
    /// The identity (Le et al. 2015), for tanh cells.
    case identity
  }

  public var cell: CellKind = .tanh
  public var hidden = 128
  public var layers = 1
  public var direction: Direction = .forward
  public var output: Output = .everyStep
  public var recurrence: Recurrence = .hidden
  /// Share of steps in which the true previous output is fed back, from 0 to 1.
  public var teacherForcing = 1.0
  /// Size of the input embedding; nil feeds one-hot symbols or vectors as they are.
  public var embedding: Int?
  public var attention: Attention = .none
  /// Probability of dropping a value between layers while training.
  public var dropout = 0.0
  public var initialState: InitialState = .zero
  public var imageReading: ImageReading = .rows
  /// Width and height in pixels of the blocks that a two-dimensional recurrence has a state for.
  public var imageBlock = 2
  /// Corners that a two-dimensional recurrence starts from, 1 to 4: top left, then bottom right,
  /// top right and bottom left.
  public var imageCorners = 4
  public var cornerCombination: CornerCombination = .concatenation
  public var initialization: RecurrentInitialization = .uniform
  /// Added to the LSTM's forget gate bias at the start (Jozefowicz et al. 2015).
  public var forgetBias = 0.0
  /// Steps that have U, W and b of their own instead of sharing them over time; nil shares them.
  public var unsharedSteps: Int?
  /// What training lowers; nil takes cross-entropy for classes and squared error for numbers.
  public var loss: Objective?

  public init() {}
}
